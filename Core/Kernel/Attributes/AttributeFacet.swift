import Vocabulary

/// How much of what fits a question there is of each of an attribute's values.
public struct AttributeFacet: Sendable, Equatable {
    public struct Choice: Sendable, Equatable {
        /// What narrows the list down to it: `material:stoneware`, `height:10..19`.
        public let term: String
        /// Nil for numbers.
        public let value: AttributeValue?
        /// Of numbers; both included.
        public let range: ClosedRange<Int>?
        public let count: Int
        /// The list is narrowed to it, perhaps beside others.
        public let isChosen: Bool
    }

    public let attribute: Attribute
    /// Values with the most frequent first, numbers from low to high.
    public let choices: [Choice]

    /// How many attributes are counted at once: those that most things say something of.
    public static let countMax = 8
    public static let choicesMax = 12
    /// Of so many attributes that a list is narrowed by, alternatives are counted: each takes a
    /// look of its own.
    static let alternativesMax = 4
    /// How many bands numbers are put into, about.
    static let bandsMax = 5

    /// - Parameter counts: how many things have each term.
    init?(_ attribute: Attribute, _ counts: [String: Int], wish: AttributeWish?) {
        self.attribute = attribute
        choices =
            attribute.kind == .number
            ? Self.bands(attribute, counts, wish) : Self.values(attribute, counts, wish)
        guard !choices.isEmpty else { return nil }
    }

    private static func values(
        _ attribute: Attribute, _ counts: [String: Int], _ wish: AttributeWish?
    ) -> [Choice] {
        let all = attribute.offered.compactMap { value -> Choice? in
            let term = "\(attribute.handle):\(value.handle)"
            let isChosen = wish?.values.contains(value.handle) ?? false
            guard let count = counts[term] ?? (isChosen ? 0 : nil) else { return nil }
            return Choice(term: term, value: value, range: nil, count: count, isChosen: isChosen)
        }
        // Sorting is not stable; ties stand in the operator's order.
        let sorted = all.enumerated().sorted {
            ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
        }
        return sorted.map(\.element).enumerated().filter {
            $0.offset < choicesMax || $0.element.isChosen
        }.map(\.element)
    }

    /// Each number by itself while there are few, else bands of one width: 1, 2 or 5 times a
    /// power of ten, so that the same bands come back.
    private static func bands(
        _ attribute: Attribute, _ counts: [String: Int], _ wish: AttributeWish?
    ) -> [Choice] {
        let prefix = attribute.handle + ":"
        let numbers = counts.compactMap { term, count in
            term.hasPrefix(prefix) ? Int(term.dropFirst(prefix.count)).map { ($0, count) } : nil
        }
        guard let least = numbers.map(\.0).min(), let most = numbers.map(\.0).max() else {
            return (wish?.ranges ?? []).map { choice(attribute, $0, 0, wish) }
        }
        let width = numbers.count <= bandsMax ? 1 : width(most - least)
        let inBands = Dictionary(numbers.map { ($0.0 / width * width, $0.1) }, uniquingKeysWith: +)
        var choices = inBands.sorted { $0.key < $1.key }.map { start, count in
            choice(
                attribute, start...min(start + width - 1, Attribute.numberMax), count, wish)
        }
        for range in wish?.ranges ?? [] where !choices.contains(where: { $0.range == range }) {
            let count = numbers.reduce(0) { $0 + (range.contains($1.0) ? $1.1 : 0) }
            choices.append(choice(attribute, range, count, wish))
        }
        return choices
    }

    private static func choice(
        _ attribute: Attribute, _ range: ClosedRange<Int>, _ count: Int, _ wish: AttributeWish?
    ) -> Choice {
        Choice(
            term: AttributeWish.text(attribute.handle, range), value: nil, range: range,
            count: count, isChosen: wish?.ranges.contains(range) ?? false)
    }

    static func width(_ span: Int) -> Int {
        var power = 1
        while true {
            for width in [power, 2 * power, 5 * power] where span < width * bandsMax {
                return width
            }
            power *= 10
        }
    }
}

extension Marketplace {
    /// What attributes say of the things that fit `query`, which was understood before. What a
    /// list is narrowed to by an attribute is left out of its own counts, so that they say how
    /// much there is of the others.
    /// - Parameter whole: how many of the things have each term.
    func attributeFacets(
        _ query: CardQuery, _ whole: [String: Int]
    ) async throws -> [AttributeFacet] {
        let asked = try await facetAttributes(of: query)
        guard !asked.isEmpty else { return [] }
        let chosen = query.attributes.prefix(AttributeFacet.alternativesMax)
            .filter { wish in asked.contains { $0.handle == wish.attribute } }
        let counts = try await withThrowingTaskGroup(of: (String, [String: Int]).self) { group in
            for wish in chosen {
                group.addTask {
                    var others = query
                    others.attributes.removeAll { $0.attribute == wish.attribute }
                    let counts = try await database.attributeFacets
                        .count(others, of: wish.attribute)
                    return (wish.attribute, counts)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let facets = asked.compactMap { attribute in
            AttributeFacet(
                attribute, counts[attribute.handle] ?? whole,
                wish: query.attributes.first { $0.attribute == attribute.handle })
        }
        guard facets.count > AttributeFacet.countMax else { return facets }
        let fullest = facets.enumerated().sorted {
            ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
        }
        let shown = Set(fullest.prefix(AttributeFacet.countMax).map(\.offset))
        return facets.enumerated().filter { shown.contains($0.offset) }.map(\.element)
    }

    /// Those that something in the category may say something of.
    private func facetAttributes(of query: CardQuery) async throws -> [Attribute] {
        let asked = try await attributes().filter { $0.isFacet && !$0.isRetired }
        guard !asked.isEmpty, let category = query.category else { return asked }
        let tree = try await categories()
        return asked.filter { attribute in
            guard let own = attribute.category else { return true }
            return category.path.contains(own)
                || tree.contains { $0.id == own && $0.path.contains(category.id) }
        }
    }
}

extension AttributeFacet {
    /// One that is chosen stays where it can be seen.
    fileprivate var weight: Int {
        choices.contains(where: \.isChosen)
            ? Int.max : choices.reduce(0) { $0 + $1.count }
    }
}
