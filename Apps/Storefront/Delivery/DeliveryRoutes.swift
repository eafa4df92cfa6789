import Kernel
import Vocabulary
import Web

/// What it costs to have a thing sent, before anybody checks out.
struct DeliveryRoutes {
    struct CountryForm: Described {
        let country: String
        /// Where to go on.
        let then: String?
        static let rules: [String: [Rule]] = ["country": [.length(2...2), .pattern(.country)]]
    }
    struct CountryQuery: Described {
        let country: String
        /// One of the listing's; left out, the first that can be had.
        let variant: ID<Variant>?
        static let rules: [String: [Rule]] = [
            "country": [
                .length(2...2), .pattern(.country), .about("ISO 3166-1 alpha-2, such as DE."),
            ]
        ]
    }
    struct EstimateAnswer: Codable, Sendable {
        enum State: String, Codable, CaseIterable {
            case sent
            case nothingToSend = "nothing-to-send"
            case notThere = "not-there"
            case unknown
        }
        /// One of the ways there, the cheapest first; what is fetched comes last.
        struct DeliveryChoice: Codable, Sendable {
            /// What the customer reads of it.
            let label: String
            let price: Money
            /// Days until it arrives, when known.
            let daysMin: Int?
            let daysMax: Int?
            let isPickup: Bool
        }
        let state: State
        let variantId: ID<Variant>
        let country: String
        /// What the customer reads of the first choice.
        let label: String?
        let price: Money?
        /// Days until it arrives, when known.
        let daysMin: Int?
        let daysMax: Int?
        /// The place that it leaves, when its maker says so.
        let sentFrom: String?
        /// All that can be chosen; empty unless it is sent.
        let choices: [DeliveryChoice]
    }

    func mount(on routes: Routes) {
        routes.post("/country").form(CountryForm.self).openOnBehalf().outlivingSession().show(
            as: Visitor.self
        ) {
            call, _ in
            if let country = VisitorCountry.known(call.form.country) {
                VisitorCountry.remember(country, on: call.request)
            }
            return .seeOther(Then(then: call.form.then).path(or: Links.home))
        }
    }

    func mount(on api: API) {
        api.get("/listings/{listing}/delivery", "What sending it would cost", tag: "Things")
            .about("`unknown` when it cannot be had just now; the checkout asks anew.")
            .path(BrowseRoutes.ListingPath.self).query(CountryQuery.self)
            .handle(as: Visitor.self) { call, _ in
                let listing = try await call.marketplace.publicListing(call.path.listing)
                let offered = call.query.variant ?? listing.firstToHave
                guard let variant = listing.variants.first(where: { $0.id == offered })?.id else {
                    throw ListingRefusal.unknown
                }
                return EstimateAnswer(
                    try await call.marketplace.deliveryEstimate(
                        of: [CheckoutItem(variant: variant, quantity: 1)],
                        to: call.query.country), variant, call.query.country)
            }
    }
}

extension DeliveryRoutes.EstimateAnswer {
    init(_ estimate: DeliveryEstimate, _ variant: ID<Variant>, _ country: String) {
        var ways: [DeliveryWay] = []
        var place: String?
        switch estimate {
        case .sent(let cheapest, let others, let from):
            state = .sent
            ways = [cheapest] + others
            place = from
        case .nothingToSend: state = .nothingToSend
        case .notThere: state = .notThere
        case .unknown: state = .unknown
        }
        variantId = variant
        self.country = country
        label = ways.first?.label
        price = ways.first?.price
        daysMin = ways.first?.daysMin
        daysMax = ways.first?.daysMax
        sentFrom = place
        choices = ways.map {
            DeliveryChoice(
                label: $0.label, price: $0.price, daysMin: $0.daysMin, daysMax: $0.daysMax,
                isPickup: $0.isPickup)
        }
    }
}

extension PublicListing {
    /// The first variant that can be had, else the first.
    var firstToHave: ID<Variant>? {
        (variants.first { $0.available > 0 } ?? variants.first)?.id
    }
}
