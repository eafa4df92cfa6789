import Vocabulary

/// What lists are narrowed to by one attribute: any of these values, or a number in any of these
/// ranges.
public struct AttributeWish: Hashable, Sendable {
    /// The attribute's handle.
    public var attribute: String
    /// Handles.
    public var values: [String]
    public var ranges: [ClosedRange<Int>]

    public init(_ attribute: String, values: [String] = [], ranges: [ClosedRange<Int>] = []) {
        self.attribute = attribute
        self.values = values
        self.ranges = ranges
    }

    /// By how many values and ranges a list is narrowed at once, over all attributes.
    public static let termsMax = 20

    /// `material:stoneware`, `height:10..20`, `height:10..` and `height:..20`, those of one
    /// attribute together, in their order. What is none of these is left out.
    public static func list(_ texts: [String]) -> [AttributeWish] {
        var wishes: [AttributeWish] = []
        for text in texts {
            guard let wish = AttributeWish(text) else { continue }
            guard let place = wishes.firstIndex(where: { $0.attribute == wish.attribute }) else {
                wishes.append(wish)
                continue
            }
            wishes[place].values += wish.values.filter { !wishes[place].values.contains($0) }
            wishes[place].ranges += wish.ranges.filter { !wishes[place].ranges.contains($0) }
        }
        return wishes
    }

    /// Nil for a text that is none.
    private init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Slug.isSlug(String(parts[0])) else { return nil }
        let (attribute, said) = (String(parts[0]), String(parts[1]))
        if let range = Self.range(said) {
            self.init(attribute, ranges: [range])
        } else if Slug.isSlug(said) {
            self.init(attribute, values: [said])
        } else {
            return nil
        }
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        guard let dots = text.firstRange(of: "..") else { return nil }
        let (from, to) = (text[..<dots.lowerBound], text[dots.upperBound...])
        let least = from.isEmpty ? 0 : number(from)
        let most = to.isEmpty ? Attribute.numberMax : number(to)
        guard let least, let most else { return nil }
        return min(least, most)...max(least, most)
    }

    private static func number(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), text.utf8.count <= 7 else {
            return nil
        }
        return Int(text).map { min($0, Attribute.numberMax) }
    }

    /// How each part of it is written in an address.
    public var texts: [String] {
        values.map { "\(attribute):\($0)" } + ranges.map { Self.text(attribute, $0) }
    }

    static func text(_ attribute: String, _ range: ClosedRange<Int>) -> String {
        "\(attribute):\(range.lowerBound)..\(range.upperBound)"
    }

    /// Has lists narrowed by a bounded number of them.
    /// - Throws: ``InputRefusal`` at `attribute`.
    static func check(_ wishes: [AttributeWish]) throws(InputRefusal) {
        let count = wishes.reduce(0) { $0 + $1.values.count + $1.ranges.count }
        guard count <= termsMax else {
            throw InputRefusal(
                .wrong("Ask for at most \(termsMax) values at once."), field: "attribute")
        }
    }
}

extension Marketplace {
    /// Of these, what is asked of things at present, and no more than a list is narrowed by at
    /// once: for pages, which leave out what makes no sense.
    public func known(_ wishes: [AttributeWish]) async throws -> [AttributeWish] {
        guard !wishes.isEmpty else { return [] }
        let asked = try await attributes().filter { !$0.isRetired && $0.isFacet }
        let known = wishes.compactMap { wish -> AttributeWish? in
            guard let attribute = asked.first(where: { $0.handle == wish.attribute }) else {
                return nil
            }
            let handles = attribute.offered.map(\.handle)
            let values = wish.values.filter { handles.contains($0) }
            let ranges = attribute.kind == .number ? wish.ranges : []
            guard !values.isEmpty || !ranges.isEmpty else { return nil }
            return AttributeWish(wish.attribute, values: values, ranges: ranges)
        }
        return AttributeWish.list(
            Array(known.flatMap(\.texts).prefix(AttributeWish.termsMax)))
    }
}
