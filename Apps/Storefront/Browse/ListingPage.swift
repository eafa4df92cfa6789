import Kernel
import Vocabulary
import Web

/// The model of `listing.mustache`.
struct ListingPage {
    struct Picture {
        let href: String
        let picture: ShownPicture
    }
    struct Choice {
        let id: String
        let label: String
        let price: String
        let stock: String
        let isSoldOut: Bool
        let isChosen: Bool
        /// Its own picture, where it has one.
        let choicePicture: String?
        let choiceThumb: String?
    }

    let id: String
    let title: String
    /// Nil for a guest, who is asked to sign in first.
    let isWished: Bool?
    let isGuest: Bool
    let crumbs: [CategoryLink]
    let seller: String
    let sellerHref: String
    let rating: String?
    let ratingCount: Int
    let price: String
    let was: String?
    let taxNote: String
    /// When what is ordered now leaves, while the maker is on holiday.
    let leavesAfter: String?
    let delivery: DeliveryLine
    let picture: ShownPicture?
    let morePictures: [Picture]
    let hasMorePictures: Bool
    let isForSale = true
    let optionNames: String
    let choices: [Choice]
    let hasChoices: Bool
    let only: Choice?
    let canBuy: Bool
    let description: String
    let facts: [Fact]
    let hasFacts: Bool
    let reviews: [ReviewCard]
    let hasReviews: Bool
    let more: [ThingCard]
    let hasMore: Bool
    let together: [ThingCard]
    let hasTogether: Bool
    let seen: [ThingCard]
    let hasSeen: Bool

    struct Fact {
        let name: String
        let value: String
    }

    init(
        _ listing: PublicListing, crumbs: [Kernel.Category], reviews: [ReviewCard],
        isWished: Bool?, holiday: Holiday?, delivery: DeliveryLine, more: [ListingCard],
        together: [ListingCard],
        seen: [ListingCard]
    ) {
        id = listing.id.description
        title = listing.title
        self.isWished = isWished
        isGuest = isWished == nil
        self.crumbs = crumbs.map { CategoryLink($0) }
        seller = listing.seller.name
        sellerHref = Links.seller(listing.seller.slug)
        ratingCount = listing.rating.count
        rating = listing.rating.average.map { average in "\(average)" }
        let isRange = Set(listing.variants.map(\.price)).count > 1
        price = (isRange ? "from " : "") + Format.money(listing.price)
        let first = listing.variants.first
        was = listing.variants.count == 1 ? first?.compareAt.map { Format.money($0) } : nil
        leavesAfter = holiday?.lastDay
        self.delivery = delivery
        taxNote = "plus shipping; taxes are shown before you pay"
        (picture, morePictures) = Self.gallery(listing)
        hasMorePictures = !morePictures.isEmpty
        optionNames = listing.optionNames.joined(separator: " and ")
        let bought = listing.variants.first { $0.available > 0 }?.id
        let all = listing.variants.map { variant in
            Choice(
                id: variant.id.description, label: variant.options.joined(separator: ", "),
                price: Format.money(variant.price), stock: Self.stock(variant.available),
                isSoldOut: variant.available == 0, isChosen: variant.id == bought,
                choicePicture: Self.own(variant, listing).map { ShownPicture.path($0, 1280) },
                choiceThumb: Self.own(variant, listing).map { ShownPicture.thumb($0) })
        }
        hasChoices = listing.variants.count > 1 || !listing.optionNames.isEmpty
        choices = hasChoices ? all : []
        only = hasChoices ? nil : all.first
        canBuy = bought != nil
        description = Format.paragraphs(listing.description)
        var facts: [Fact] = []
        if !listing.productType.isEmpty {
            facts.append(Fact(name: "Kind", value: listing.productType))
        }
        if !listing.tags.isEmpty {
            facts.append(Fact(name: "Words", value: listing.tags.joined(separator: ", ")))
        }
        self.facts = facts
        hasFacts = !facts.isEmpty
        self.reviews = reviews
        hasReviews = !reviews.isEmpty
        self.more = more.map { ThingCard($0) }
        hasMore = !more.isEmpty
        self.together = together.map { ThingCard($0) }
        hasTogether = !together.isEmpty
        self.seen = seen.map { ThingCard($0) }
        hasSeen = !seen.isEmpty
    }

    /// The first picture, and the others.
    private static func gallery(
        _ listing: PublicListing
    ) -> (first: ShownPicture?, more: [Picture]) {
        let images = listing.images.filter { $0.hash != nil }
        let first = images.first.flatMap { image in
            image.shown.map {
                ShownPicture(
                    $0, sizes: sizes, text: image.alt.isEmpty ? listing.title : image.alt, .first)
            }
        }
        let more = images.dropFirst().compactMap { image in
            image.shown.map {
                Picture(
                    href: Links.picture($0.hash),
                    picture: ShownPicture($0, sizes: smallSizes, text: image.alt, .whenNear))
            }
        }
        return (first, more)
    }

    /// A choice's own photo, where it has one.
    private static func own(
        _ choice: PublicListing.Choice, _ listing: PublicListing
    ) -> ContentHash? {
        choice.imageId.flatMap { id in listing.images.first { $0.id == id }?.hash }
    }

    private static let sizes = "(max-width: 56rem) 94vw, 44rem"
    private static let smallSizes = "(max-width: 56rem) 18vw, 8.5rem"

    /// Ten stands for ten or more.
    private static func stock(_ available: Int) -> String {
        switch available {
        case 0: "sold out"
        case 1: "the last one"
        case 2...9: "\(available) left"
        default: "in stock"
        }
    }
}

/// What somebody said of a thing or of a maker.
struct ReviewCard {
    let author: String
    let stars: String
    let starsText: String
    let date: String
    let body: String
    let reply: String?

    init(author: String, stars: Int, at: Instant, body: String, reply: String? = nil) {
        self.author = author
        self.stars = Format.stars(stars)
        starsText = "\(stars) of 5 stars"
        date = Format.date(at)
        self.body = Format.paragraphs(body)
        self.reply = reply.map { Format.paragraphs($0) }
    }
}
