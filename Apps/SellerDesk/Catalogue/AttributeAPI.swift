import Kernel
import Vocabulary
import Web

/// What is asked of things, for programs.
struct AttributeAPI {
    struct CategoryPath: Described { let category: ID<Kernel.Category> }

    func mount(on api: API, tag: String) {
        api.get(
            "/categories/{category}/attributes", "What is asked of the things of a category",
            tag: tag
        )
        .path(CategoryPath.self).openToScopes()
        .handle(as: SignedIn.self) { call, _ in
            Listed(
                items: try await call.marketplace.attributes(askedIn: call.path.category)
                    .map { AttributeAnswer($0) }, next: nil)
        }
    }
}

/// What is said of a thing when one attribute is asked.
struct AttributeBody: Described {
    /// The attribute's handle.
    let attribute: String
    /// Handles: up to ten of a choice, `yes` or `no` of a flag, none of a number.
    let values: [String]?
    /// Of a number.
    let number: Int?

    static let rules: [String: [Rule]] = [
        "attribute": [.length(1...40), .pattern(.slug)],
        "values": [.count(0...60), .each([.length(0...40)])], "number": [.range(0...1_000_000)],
    ]

    /// What is blank was not chosen.
    var said: ListingAttribute {
        ListingAttribute(
            attribute, values: (values ?? []).filter { !$0.isEmpty }, number: number)
    }
}

struct AttributeAnswer: Codable, Sendable {
    enum Kind: String, Codable, Sendable, CaseIterable { case choice, flag, number }

    struct AttributeValueAnswer: Codable, Sendable {
        let handle: String
        /// In English.
        let name: String
    }

    let handle: String
    /// In English.
    let name: String
    let kind: Kind
    /// Of a number.
    let unit: String?
    let least: Int?
    let most: Int?
    /// What can be chosen.
    let values: [AttributeValueAnswer]

    init(_ attribute: Attribute) {
        handle = attribute.handle
        name = attribute.name
        switch attribute.kind {
        case .choice: kind = .choice
        case .flag: kind = .flag
        case .number: kind = .number
        }
        unit = attribute.unit
        least = attribute.least
        most = attribute.most
        values = attribute.offered.map {
            AttributeValueAnswer(handle: $0.handle, name: $0.name)
        }
    }
}

struct SaidAttributeAnswer: Codable, Sendable {
    /// The attribute's handle.
    let attribute: String
    /// Handles of its values.
    let values: [String]
    let number: Int?

    init(_ said: ListingAttribute) {
        attribute = said.attribute
        values = said.values
        number = said.number
    }
}
