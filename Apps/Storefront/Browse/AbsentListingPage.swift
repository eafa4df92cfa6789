import Kernel
import Vocabulary
import Web

/// The model of `listing-absent.mustache`: what an old link led to.
struct AbsentListingPage {
    let title: String
    let seller: String
    /// Nil while the shop has no page.
    let sellerHref: String?
    /// When its maker is back; nil when it is gone.
    let back: String?
    let alike: [ThingCard]
    let hasAlike: Bool

    init(_ thing: AbsentListing, alike: [ListingCard]) {
        title = thing.title
        seller = thing.sellerName
        sellerHref = thing.sellerIsOpen ? Links.seller(thing.sellerSlug) : nil
        back = thing.backAt.map { Format.date($0) }
        self.alike = alike.map { ThingCard($0) }
        hasAlike = !alike.isEmpty
    }
}
