import Kernel
import Vocabulary
import Web

/// Finding variants by what they are called and how many there are, and changing the prices of
/// many at once, for programs.
struct OfferAPI {
    struct Query: Described {
        let text: String?
        let category: ID<Kernel.Category>?
        let low: Bool?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = ListQuery.rules.merging([
            "text": [
                .length(0...80), .about("A part of the title or address, or how a SKU begins."),
            ],
            "category": [.about("With what is below it.")],
            "low": [.about("Only what is scarce, by the shop's threshold.")],
        ]) { $1 }

        var filter: OfferFilter {
            OfferFilter(text: text, category: category, isLow: low ?? false)
        }
    }

    enum Way: String, Codable, Sendable, CaseIterable {
        case up, down

        var kernel: PriceChange.Way {
            switch self {
            case .up: .up
            case .down: .down
            }
        }
    }

    struct NewChange: Described {
        let text: String?
        let category: ID<Kernel.Category>?
        let low: Bool?
        let way: Way
        let ppm: Int
        let seen: String?
        static let rules: [String: [Rule]] = [
            "text": [.length(0...80)],
            "ppm": [.range(0...1_000_000), .about("Millionths: 75000 is 7.5 percent.")],
            "seen": [
                .length(0...PriceChangePreview.seenLengthMax),
                .about(
                    """
                    What was answered as `seen` to a look. Without it nothing is changed, and the \
                    answer says how many are meant.
                    """),
            ],
        ]

        var filter: OfferFilter {
            OfferFilter(text: text, category: category, isLow: low ?? false)
        }
        var change: PriceChange {
            PriceChange(way: way.kernel, rate: PartsPerMillion(Int64(ppm)))
        }
    }

    struct OfferAnswer: Codable, Sendable {
        let variantId: ID<Variant>
        let listingId: ID<Listing>
        let title: String
        let options: [String]
        let sku: String?
        let price: Money
        let onHand: Int
        let reserved: Int

        init(_ offer: EditableOffer) {
            variantId = offer.variant
            listingId = offer.listing
            title = offer.title
            options = offer.options
            sku = offer.sku
            price = offer.price
            onHand = offer.onHand
            reserved = offer.reserved
        }
    }

    struct ChangeAnswer: Codable, Sendable {
        /// How many are meant; counting stops behind the most that are changed at once.
        let count: Int
        /// How many cost something else now.
        let changed: Int
        /// What to send to have what was looked at changed; none after a change.
        let seen: String?
    }

    func mount(on api: API) {
        let tag = "Listings"
        api.get("/offers", "Variants with price and stock, newest listing first", tag: tag)
            .query(Query.self)
            .handle(as: Member.self, needing: [.readListings]) { call, member in
                Listed(
                    try await call.marketplace.editableOffers(
                        call.query.filter, as: member.membership,
                        ListQuery(after: call.query.after, limit: call.query.limit).page())
                ) { OfferAnswer($0) }
            }
        api.post("/offers/price-changes", "Change the prices of all that are meant", tag: tag)
            .about(
                """
                All of them or none, at most 500. Ask once without `seen`, look, and send the \
                `seen` that was answered with it: where other variants are meant by then or one \
                of them costs something else, nothing is changed.
                """
            )
            .body(NewChange.self).refuses(.conflict).onlyOnce()
            .handle(as: Member.self, needing: [.editListings]) { call, member in
                guard let seen = call.body.seen else {
                    let found = try await call.marketplace.previewPrices(
                        call.body.change, of: call.body.filter, as: member.membership)
                    return ChangeAnswer(count: found.count, changed: 0, seen: found.seen)
                }
                let changed = try await call.marketplace.changePrices(
                    call.body.change, of: call.body.filter, expecting: seen,
                    as: member.membership)
                return ChangeAnswer(count: changed.meant, changed: changed.changed, seen: nil)
            }
    }
}
