import Kernel
import Vocabulary
import Web

/// The model of `thing.mustache`: a listing in a grid.
struct ThingCard: Fragment {
    static let template = "thing"

    let href: String
    let title: String
    let seller: String
    let price: String
    let picture: ShownPicture?
    let soldOut: Bool
    let rating: String?
    let ratingCount: Int
    /// The same for whoever hears it.
    let ratingWords: String?

    /// Two in a row on a telephone, four or five on a desk.
    private static let sizes = "(max-width: 44rem) 46vw, 18rem"

    init(_ card: ListingCard, _ turn: ShownPicture.Turn = .whenNear) {
        href = Links.listing(card.id)
        title = card.title
        seller = card.sellerName
        let least = Format.money(card.price)
        price = card.hasSeveralPrices ? localized("from \(least)") : least
        picture = card.image.map { ShownPicture($0, sizes: Self.sizes, text: "", turn) }
        soldOut = !card.inStock
        rating = card.rating.text.map { Format.decimal($0) }
        ratingCount = card.rating.count
        ratingWords = rating.map { RatingWords.of($0, card.rating.count) }
    }

    /// A page's first list, whose first row is seen at once.
    static func page(_ cards: [ListingCard]) -> [ThingCard] {
        cards.enumerated().map { ThingCard($0.element, $0.offset < seenAtOnce ? .soon : .whenNear) }
    }

    private static let seenAtOnce = 4
}
