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
    let picture: String?
    let soldOut: Bool
    let rating: String?
    let ratingCount: Int

    init(_ card: ListingCard) {
        href = Links.listing(card.id)
        title = card.title
        seller = card.sellerName
        price = Format.money(card.price)
        picture = card.imageHash.map { Links.picture($0) }
        soldOut = !card.inStock
        rating = card.rating.text
        ratingCount = card.rating.count
    }
}
