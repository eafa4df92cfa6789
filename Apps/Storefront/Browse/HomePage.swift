import Kernel
import Web

/// The model of `home.mustache`.
struct HomePage {
    let things: [ThingCard]
    let hasThings: Bool
    /// What somebody of the market chose.
    let picked: [ThingCard]
    let hasPicked: Bool
    let makers: [Maker]
    let hasMakers: Bool
    /// What others bought lately.
    let popular: [ThingCard]
    let hasPopular: Bool
    /// What this browser looked at lately.
    let seen: [ThingCard]
    let hasSeen: Bool
    /// Three that show at once what this is about; none while there are not three.
    let collage: [Piece]
    let hasCollage: Bool

    struct Maker {
        let href: String
        let name: String
        let country: String
        let words: String
        let rating: String?
        /// The same for whoever hears it.
        let ratingWords: String?

        /// About three lines of a card.
        private static let wordsMax = 180

        init(_ maker: PickedMaker) {
            self.init(maker.slug, maker.name, maker.country, maker.rating, maker.about)
        }

        init(_ maker: Seller) {
            self.init(maker.slug, maker.name, maker.country, maker.rating, maker.about)
        }

        private init(
            _ slug: String, _ name: String, _ country: String, _ rating: Rating, _ about: String
        ) {
            href = Links.seller(slug)
            self.name = name
            self.country = Countries.name(country)
            self.rating = rating.text.map { Format.decimal($0) }
            ratingWords = self.rating.map { RatingWords.of($0, rating.count) }
            let about = about.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            words =
                about.count <= Self.wordsMax
                ? about
                : about.prefix(Self.wordsMax).split(separator: " ").dropLast()
                    .joined(separator: " ") + " …"
        }
    }

    struct Piece {
        let href: String
        let picture: ShownPicture
    }

    init(
        _ cards: [ListingCard], picked: [ListingCard],
        makers: [PickedMaker], popular: [ListingCard], seen: [ListingCard]
    ) {
        things = cards.map { ThingCard($0) }
        hasThings = !things.isEmpty
        self.picked = picked.map { ThingCard($0) }
        hasPicked = !picked.isEmpty
        self.makers = makers.map { Maker($0) }
        hasMakers = !makers.isEmpty
        self.popular = popular.map { ThingCard($0) }
        hasPopular = !popular.isEmpty
        self.seen = seen.map { ThingCard($0) }
        hasSeen = !seen.isEmpty
        // Of different makers where there are as many.
        var shownMakers: Set<String> = []
        let shown = (picked + cards).filter { $0.imageHash != nil }
        let varied = shown.filter { shownMakers.insert($0.sellerSlug).inserted }
        let chosen = (varied.count >= 3 ? varied : shown).prefix(3)
        hasCollage = chosen.count == 3
        collage =
            hasCollage
            ? chosen.enumerated().compactMap { index, card in
                card.image.map {
                    Piece(
                        href: Links.listing(card.id),
                        picture: ShownPicture(
                            $0, sizes: "(max-width: 52rem) 55vw, 20rem",
                            text: localized("\(card.title) by \(card.sellerName)"),
                            index == 0 ? .first : .soon))
                }
            } : []
    }
}

struct CategoryLink {
    let href: String
    let name: String

    init(_ category: Kernel.Category) {
        href = Links.category(category.slug)
        name = category.localizedName
    }
}
