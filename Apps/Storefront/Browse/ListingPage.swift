import Kernel
import Vocabulary
import Web

/// The model of `listing.mustache`.
struct ListingPage {
    struct Picture {
        /// Its place on the page, for links to it.
        let anchor: String
        /// The photo by itself, as large as it is.
        let href: String
        let picture: ShownPicture
        let thumb: String
        /// `Picture 2 of 5`
        let label: String
    }
    struct Choice {
        let id: String
        let label: String
        let price: String
        let stock: String
        let isSoldOut: Bool
        let isChosen: Bool
        /// The anchor of its own picture, where it has one.
        let choicePicture: String?
        let choiceThumb: String?
    }

    let id: String
    let title: String
    let isWished: Bool
    let crumbs: [CategoryLink]
    let seller: String
    let sellerHref: String
    /// Who made it, in a card; nil while they may not sell.
    let maker: HomePage.Maker?
    let rating: String?
    let ratingCount: Int
    /// The same for whoever hears it.
    let ratingWords: String?
    let price: String
    let was: String?
    /// How much there is of the choice that was asked for.
    let stock: String
    /// Whether its link chose one.
    let isAsked: Bool
    let taxNote: String
    /// What the maker says of returns and care; nil when they say nothing.
    let policies: String?
    /// When what is ordered now leaves, while the maker is on holiday.
    let leavesAfter: String?
    let delivery: DeliveryLine
    let pictures: [Picture]
    let hasPictures: Bool
    let hasMorePictures: Bool
    let isForSale = true
    let optionNames: String
    let choices: [Choice]
    let hasChoices: Bool
    let only: Choice?
    /// One choice for each option, where it has several.
    let options: OptionAxes?
    /// The anchor of the picture of what is chosen of them.
    let chosenPicture: String?
    let canBuy: Bool
    let isSoldOut: Bool
    /// Whether it is sold out because the reader's own checkout holds it.
    let isHeld: Bool
    let description: String
    let facts: [Fact]
    let hasFacts: Bool
    let reviews: [ReviewCard]
    let hasReviews: Bool
    /// Where all are, in whichever order; nil where this is all.
    let allReviews: String?
    /// Of the same category, where few things were bought together with it.
    let alike: [ThingCard]
    let hasAlike: Bool
    let category: String
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
        _ listing: PublicListing, asked: PublicListing.Choice?, options: OptionAxes?,
        crumbs: [Kernel.Category],
        attributes: [Attribute], reviews: Page<ReviewCard>,
        isWished: Bool, isHeld: Bool, maker: Seller?, holiday: Holiday?, policies: String?,
        delivery: DeliveryLine,
        more: [ListingCard],
        together: [ListingCard], alike: [ListingCard],
        seen: [ListingCard]
    ) {
        id = listing.id.description
        title = listing.title
        self.isWished = isWished
        self.crumbs = crumbs.map { CategoryLink($0) }
        seller = listing.seller.name
        sellerHref = Links.seller(listing.seller.slug)
        self.maker = maker.map { HomePage.Maker($0) }
        ratingCount = listing.rating.count
        rating = listing.rating.average.map { average in Format.decimal("\(average)") }
        ratingWords = rating.map { RatingWords.of($0, listing.rating.count) }
        let isRange = Set(listing.variants.map(\.price)).count > 1
        let least = Format.money(listing.price)
        price =
            asked.map { Format.money($0.price) } ?? (isRange ? localized("from \(least)") : least)
        let first = listing.variants.first
        was = listing.variants.count == 1 ? first?.compareAt.map { Format.money($0) } : nil
        stock = asked.map { Self.stock($0.available) } ?? ""
        isAsked = asked != nil
        leavesAfter = holiday?.lastDay
        self.policies = policies.map { Format.paragraphs($0) }
        self.delivery = delivery
        taxNote = localized("plus shipping; taxes are shown before you pay")
        let shown = listing.images.filter { $0.shown != nil }
        // What somebody chose stands first, also for whom no script brings it forward.
        let own = options?.chosen.flatMap { Self.own($0, shown) }
        pictures = Self.gallery(
            shown, first: options?.isAsked == true ? own ?? 0 : 0, title: listing.title)
        hasPictures = !pictures.isEmpty
        hasMorePictures = pictures.count > 1
        optionNames = listing.optionNames.joined(separator: localized(" and "))
        let bought = asked?.id ?? listing.variants.first { $0.available > 0 }?.id
        let all = listing.variants.map { Choice($0, isChosen: $0.id == bought, shown) }
        hasChoices = listing.variants.count > 1 || !listing.optionNames.isEmpty
        choices = hasChoices && options == nil ? all : []
        self.options = options
        chosenPicture = own.map { Self.anchor($0) }
        let chosen = options?.chosen?.id.description
        only = hasChoices ? all.first { $0.id == chosen } : all.first
        isSoldOut = listing.variants.allSatisfy { $0.available == 0 }
        self.isHeld = isHeld
        canBuy = options.map { $0.chosen?.available ?? 0 > 0 } ?? (bought != nil)
        description = Format.paragraphs(listing.description)
        facts = Self.facts(listing, attributes)
        hasFacts = !facts.isEmpty
        self.reviews = reviews.items
        hasReviews = !reviews.items.isEmpty
        allReviews = reviews.items.count > 3 ? Links.listing(listing.id) + "/reviews" : nil
        self.alike = alike.map { ThingCard($0) }
        hasAlike = !alike.isEmpty
        category = crumbs.last?.localizedName ?? ""
        self.more = more.map { ThingCard($0) }
        hasMore = !more.isEmpty
        self.together = together.map { ThingCard($0) }
        hasTogether = !together.isEmpty
        self.seen = seen.map { ThingCard($0) }
        hasSeen = !seen.isEmpty
    }

    private static func facts(_ listing: PublicListing, _ attributes: [Attribute]) -> [Fact] {
        var facts: [Fact] = []
        if !listing.productType.isEmpty {
            facts.append(Fact(name: localized("Kind"), value: listing.productType))
        }
        facts += listing.attributes.map {
            Fact(name: $0.localizedName(attributes), value: $0.localizedValue(attributes))
        }
        if !listing.tags.isEmpty {
            facts.append(
                Fact(name: localized("Words"), value: listing.tags.joined(separator: ", ")))
        }
        return facts
    }

    private static func gallery(
        _ images: [PublicListing.Image], first: Int, title: String
    ) -> [Picture] {
        let all = Array(images.enumerated())
        let order = all.filter { $0.offset == first } + all.filter { $0.offset != first }
        return order.enumerated().compactMap { index, place in
            let image = place.element
            guard let shown = image.shown else { return nil }
            let label = localized("Picture \(index + 1) of \(images.count)")
            return Picture(
                anchor: anchor(place.offset), href: Links.picture(shown.hash),
                picture: ShownPicture(
                    shown, sizes: sizes,
                    text: image.alt.isEmpty ? index == 0 ? title : label : image.alt,
                    index == 0 ? .first : .whenNear),
                thumb: ShownPicture.thumb(shown.hash), label: label)
        }
    }

    fileprivate static func anchor(_ index: Int) -> String { "picture-\(index + 1)" }

    /// The place of a choice's own photo among those that are shown, where it has one.
    fileprivate static func own(
        _ choice: PublicListing.Choice, _ shown: [PublicListing.Image]
    ) -> Int? {
        choice.imageId.flatMap { id in shown.firstIndex { $0.id == id } }
    }

    private static let sizes = "(max-width: 56rem) 94vw, 44rem"

    /// Ten stands for ten or more.
    fileprivate static func stock(_ available: Int) -> String {
        switch available {
        case 0: localized("sold out")
        case 1: localized("the last one")
        case 2...9: localized("\(available) left")
        default: localized("in stock")
        }
    }
}

extension ListingPage.Choice {
    fileprivate init(
        _ variant: PublicListing.Choice, isChosen: Bool, _ shown: [PublicListing.Image]
    ) {
        id = variant.id.description
        label = variant.options.joined(separator: ", ")
        price = Format.money(variant.price)
        stock = ListingPage.stock(variant.available)
        isSoldOut = variant.available == 0
        self.isChosen = isChosen
        let own = ListingPage.own(variant, shown)
        choicePicture = own.map { ListingPage.anchor($0) }
        choiceThumb = own.flatMap { shown[$0].hash }.map { ShownPicture.thumb($0) }
    }
}

/// What somebody said of a thing or of a maker.
struct ReviewCard {
    let author: String
    /// 1 to 5.
    let given: Int
    let stars: String
    let starsText: String
    let date: String
    /// `2026-11-22`
    let day: String
    let body: String
    /// As it was typed.
    let words: String
    let photos: [Photo]
    let hasPhotos: Bool
    let reply: String?

    struct Photo {
        let href: String
        let thumb: String
        /// `Photo 1 by Grace H.`
        let text: String
    }

    init(
        author: String, stars: Int, at: Instant, body: String, photos: [ShownImage] = [],
        reply: String? = nil
    ) {
        self.photos = photos.enumerated().map { index, photo in
            Photo(
                href: Links.picture(photo.hash), thumb: ShownPicture.thumb(photo.hash),
                text: localized("Photo \(index + 1) by \(author)"))
        }
        hasPhotos = !photos.isEmpty
        self.author = author
        given = stars
        self.stars = Format.stars(stars)
        starsText = localized("\(stars) of 5 stars")
        date = Format.date(at)
        day = String(at.description.prefix(10))
        self.body = Format.paragraphs(body)
        words = body
        self.reply = reply.map { Format.paragraphs($0) }
    }
}
