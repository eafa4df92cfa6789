import Kernel
import Vocabulary
import Web

/// What is asked of things, for programs.
struct AttributeAPI {
    struct AttributesQuery: Described {
        /// A category's slug: what is asked of its things; left out, of all things.
        let category: String?
        static let rules: [String: [Rule]] = ["category": [.length(1...60)]]
    }

    func mount(on api: API, tag: String) {
        api.get("/attributes", "What is asked of things, and what can be said", tag: tag)
            .query(AttributesQuery.self).refuses(.missing)
            .handle(as: Visitor.self) { call, _ in
                guard let slug = call.query.category else {
                    let all = try await call.marketplace.attributes()
                    return Listed(
                        items: all.filter { !$0.isRetired }.map { AttributeAnswer($0) },
                        next: nil)
                }
                let category = try await call.marketplace.category(slug: slug).id
                return Listed(
                    items: try await call.marketplace.attributes(askedIn: category)
                        .map { AttributeAnswer($0) }, next: nil)
            }
    }
}

struct AttributeAnswer: Codable, Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable { case choice, flag, number }

    struct AttributeValueAnswer: Codable, Sendable {
        let handle: String
        /// In English.
        let name: String
        /// Absent where it has its English name.
        let nameDe: String?
        let nameFr: String?
    }

    let handle: String
    /// In English.
    let name: String
    /// Absent where it has its English name.
    let nameDe: String?
    let nameFr: String?
    let kind: Kind
    /// Asked of its things and of those of all below it; absent is asked of everything.
    let categoryId: ID<Kernel.Category>?
    /// Of a number.
    let unit: String?
    /// Whether `/facets` counts it.
    let isFacet: Bool
    /// What can be said; `yes` and `no` of a flag, nothing of a number.
    let values: [AttributeValueAnswer]

    init(_ attribute: Attribute) {
        handle = attribute.handle
        name = attribute.name
        nameDe = attribute.names.de
        nameFr = attribute.names.fr
        switch attribute.kind {
        case .choice: kind = .choice
        case .flag: kind = .flag
        case .number: kind = .number
        }
        categoryId = attribute.category
        unit = attribute.unit
        isFacet = attribute.isFacet
        values = attribute.offered.map {
            AttributeValueAnswer(
                handle: $0.handle, name: $0.name, nameDe: $0.names.de, nameFr: $0.names.fr)
        }
    }
}

/// How much there is of what an attribute says.
struct AttributeFacetAnswer: Codable, Sendable {
    struct AttributeChoiceAnswer: Codable, Sendable {
        /// What `attribute` narrows a list down by: `material:stoneware`, `height:10..19`.
        let attribute: String
        /// In English; absent for numbers.
        let name: String?
        /// Of numbers, both included.
        let least: Int?
        let most: Int?
        let count: Int
    }

    let handle: String
    /// In English.
    let name: String
    let unit: String?
    let choices: [AttributeChoiceAnswer]

    init(_ facet: AttributeFacet) {
        handle = facet.attribute.handle
        name = facet.attribute.name
        unit = facet.attribute.unit
        choices = facet.choices.map {
            AttributeChoiceAnswer(
                attribute: $0.term, name: $0.value?.name, least: $0.range?.lowerBound,
                most: $0.range?.upperBound, count: $0.count)
        }
    }
}

extension TextPattern {
    /// An attribute's handle, a colon, and a value's handle or two numbers with dots between them.
    static let attribute = TextPattern(
        "^[a-z0-9](-?[a-z0-9])*:([a-z0-9](-?[a-z0-9])*|[0-9]{0,7}\\.\\.[0-9]{0,7})$",
        "an attribute and a value, like material:stoneware or height:10..20"
    ) { text in
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, slug.matches(parts[0]) else { return false }
        let ends = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard ends.count == 3, ends[1].isEmpty else { return slug.matches(parts[1]) }
        return [ends[0], ends[2]].allSatisfy { end in
            end.utf8.count <= 7 && end.utf8.allSatisfy { (48...57).contains($0) }
        }
    }
}
