import Vocabulary

/// What comes one after the other where a list is in the order of prices.
///
/// Prices of two currencies cannot be compared, and nothing vanishes from a list because it is put
/// in order. So what is sold in the currency that is asked for comes first, and then everything
/// else, one currency after the other. An index has each stretch in its order; across them none
/// could.
enum PriceStretch: Hashable, Sendable {
    case asked
    /// The currencies whose codes are less, or more, than that of the one that is asked for.
    case before, behind
}

extension CardQuery {
    /// The stretches of this list in their order, from the one in which a page begins.
    func stretches(from cursor: CardCursor?) -> [PriceStretch] {
        let all: [PriceStretch] =
            asksForPrice
            ? [.asked]
            : sort == .priceUp ? [.asked, .before, .behind] : [.asked, .behind, .before]
        guard let code = cursor?.currency?.code, code != currency.code else { return all }
        let first: PriceStretch = code < currency.code ? .before : .behind
        return Array(all.drop { $0 != first })
    }
}
