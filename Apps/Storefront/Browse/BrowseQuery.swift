import Kernel
import Vocabulary
import Web

/// What the filter form and the links of a list ask for.
struct BrowseQuery: Described {
    let text: String?
    /// A category's slug.
    let category: String?
    /// A seller's slug.
    let maker: String?
    /// Major units as people write them: `12.50`.
    let from: String?
    let to: String?
    /// In which prices are asked for, shown in bands and put in order.
    let currency: String?
    let inStock: Bool?
    /// What is sent to this country, ISO 3166-1 alpha-2.
    let sentTo: String?
    /// What its maker says that it is.
    let kind: String?
    /// One of its maker's words for it.
    let tag: String?
    /// `4`: rated with four stars or more.
    let stars: String?
    /// What attributes say: `material:stoneware`, `height:10..20`; those of one attribute are
    /// alternatives.
    let attribute: [String]?
    let sort: String?
    let after: String?

    static let rules: [String: [Rule]] = [
        "text": [.length(0...200)], "category": [.length(0...60)],
        "maker": [.length(0...60)], "kind": [.length(0...120)], "tag": [.length(0...120)],
        "from": [.length(0...16)],
        "to": [.length(0...16)], "currency": [.length(0...5)], "sort": [.length(0...20)],
        "sentTo": [.length(0...2)],
        "stars": [.length(0...1)],
        "attribute": [.count(0...60), .each([.length(0...100)])],
        "after": [.length(1...400)],
    ]

    var wishes: [AttributeWish] { AttributeWish.list(attribute ?? []) }

    /// The kernel's question, but for attributes, of which only those that are asked count. A
    /// price or a sort that makes no sense is left out, not refused: whoever looks at things
    /// should see things.
    func cardQuery(in branch: Kernel.Category? = nil) -> CardQuery {
        var query = CardQuery()
        query.language = Words.current.language
        if let text, !text.allSatisfy(\.isWhitespace) { query.text = text }
        query.category = branch
        query.currency = prices
        query.priceMin = amount(from)
        query.priceMax = amount(to)
        query.inStockOnly = inStock ?? false
        query.sentTo = sentTo.flatMap { VisitorCountry.known($0) }
        query.starsMin = stars.flatMap { Int($0) }.flatMap { (1...5).contains($0) ? $0 : nil }
        query.kind = kind
        query.tag = tag
        query.sort =
            sort.flatMap(CardQuery.Sort.init(rawValue:))
            ?? (query.text == nil ? .newest : .relevance)
        return query
    }

    var isFiltered: Bool {
        maker != nil || kind != nil || tag != nil || from != nil || to != nil || inStock == true
            || sentTo != nil || stars != nil || sort != nil || !wishes.isEmpty
            || isElsewhere
    }

    /// In which prices are asked for: the market's where nobody said, or nobody knows it.
    var prices: Currency { currency.flatMap { Currency($0) } ?? Self.ownCurrency }

    private var isElsewhere: Bool { prices != Self.ownCurrency }

    static let ownCurrency = CardQuery().currency

    private func amount(_ text: String?) -> Int64? {
        text.flatMap { TypedAmount.guess($0, prices) }.map { max(0, $0.amount) }
    }

    /// The same list with some of the question changed; nil takes that part of it away. It begins
    /// anew unless `after` is among the changes.
    /// - Parameter wishes: other attributes than those of the question.
    func link(
        _ action: String, _ changes: [String: String?], wishes: [AttributeWish]? = nil
    ) -> String {
        let kept: [(String, String?)] = [
            ("text", text), ("category", category), ("maker", maker), ("from", from), ("to", to),
            ("currency", isElsewhere ? prices.code : nil),
            ("inStock", inStock == true ? "true" : nil), ("sentTo", sentTo), ("kind", kind),
            ("tag", tag), ("stars", stars),
            ("sort", sort), ("after", nil),
        ]
        let attributes = (wishes ?? self.wishes).flatMap(\.texts).map {
            "attribute=\(QueryText.encode($0))"
        }
        let items =
            attributes
            + kept.compactMap { name, value -> String? in
                let value = changes[name] ?? value
                return value.flatMap { $0.isEmpty ? nil : "\(name)=\(QueryText.encode($0))" }
            }
        return items.isEmpty ? action : "\(action)?\(items.joined(separator: "&"))"
    }
}

extension [AttributeWish] {
    /// With one more, or without it.
    func toggling(_ term: String) -> [AttributeWish] {
        let texts = flatMap(\.texts)
        return AttributeWish.list(
            texts.contains(term) ? texts.filter { $0 != term } : texts + [term])
    }
}
