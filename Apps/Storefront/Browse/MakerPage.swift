import Kernel
import Vocabulary
import Web

/// The model of `maker.mustache`.
struct MakerPage {
    let name: String
    let place: String
    let since: String
    let about: String
    /// What they say of returns and care; nil when they say nothing.
    let policies: String?
    let rating: String?
    let ratingCount: String
    /// The same for whoever hears it.
    let ratingWords: String?
    let isAway: Bool
    /// Until when and why the shop rests; nil while it does not.
    let holiday: String?
    let holidayNote: String
    /// What is ordered meanwhile leaves afterwards.
    let sendsLater: Bool
    let things: [ThingCard]
    let hasThings: Bool
    /// Where their things begin; nil at the beginning.
    let first: String?
    let next: String?
    let ratings: [ReviewCard]
    let hasRatings: Bool
    /// Where all of them are, in an order of one's own; nil while there are few.
    let allRatings: String?

    init(
        _ seller: Seller, _ cards: Page<ListingCard>, isFirst: Bool, next: String?,
        ratings: Page<ReviewCard>,
        holiday: Holiday?, policies: String?
    ) {
        name = seller.name
        place = [seller.origin?.city, Countries.name(seller.country)].compactMap { $0 }
            .joined(separator: ", ")
        since = Format.date(seller.createdAt)
        about = Format.paragraphs(seller.about)
        self.policies = policies.map { Format.paragraphs($0) }
        rating = seller.rating.text.map { Format.decimal($0) }
        ratingWords = rating.map { RatingWords.of($0, seller.rating.count) }
        ratingCount = Format.count(seller.rating.count, "customer", "customers")
        isAway = !seller.isOpen
        self.holiday = holiday?.lastDay
        holidayNote = holiday?.isOn == true ? Format.paragraphs(holiday?.note ?? "") : ""
        sendsLater = holiday?.staysOpen == true
        things = ThingCard.page(cards.items)
        hasThings = !things.isEmpty
        first = isFirst ? nil : Links.seller(seller.slug)
        self.next = next.map { "\(Links.seller(seller.slug))?after=\(QueryText.encode($0))" }
        self.ratings = ratings.items
        hasRatings = !ratings.items.isEmpty
        allRatings = ratings.items.count > 3 ? Links.seller(seller.slug) + "/reviews" : nil
    }
}

extension Holiday {
    /// The last day of a holiday that has begun; nil before.
    var lastDay: String? { isOn ? Format.date(endsAt.advanced(by: .seconds(-1))) : nil }
}
