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
        let state: State
        let variantId: ID<Variant>
        let country: String
        /// What the customer reads of it.
        let label: String?
        let price: Money?
        /// Days until it arrives, when known.
        let daysMin: Int?
        let daysMax: Int?
        /// The place that it leaves, when its maker says so.
        let sentFrom: String?
    }

    func mount(on routes: Routes) {
        routes.post("/country").form(CountryForm.self).openOnBehalf().show(as: Visitor.self) {
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
        var sent: (label: String, price: Money, daysMin: Int?, daysMax: Int?, from: String?)?
        switch estimate {
        case .sent(let label, let price, let least, let most, let place):
            state = .sent
            sent = (label, price, least, most, place)
        case .nothingToSend: state = .nothingToSend
        case .notThere: state = .notThere
        case .unknown: state = .unknown
        }
        variantId = variant
        self.country = country
        label = sent?.label
        price = sent?.price
        daysMin = sent?.daysMin
        daysMax = sent?.daysMax
        sentFrom = sent?.from
    }
}

extension PublicListing {
    /// The first variant that can be had, else the first.
    var firstToHave: ID<Variant>? {
        (variants.first { $0.available > 0 } ?? variants.first)?.id
    }
}

/// How a thing would be sent, on its page.
struct DeliveryLine {
    struct Country {
        let code: String
        let name: String
        let isChosen: Bool
    }

    /// `Sent to Germany for € 4.90, 2 to 4 days, from Leipzig`
    let words: String
    let isBad: Bool
    /// Back to this page.
    let then: String
    let isChosen: Bool
    let countries: [Country]

    init(_ estimate: DeliveryEstimate?, to country: String?, seller: String, then: String) {
        let place = country.map { Countries.name($0) } ?? ""
        switch estimate {
        case .sent(_, let price, let least, let most, let origin):
            let sent =
                price.isZero
                ? localized("Sent to \(place) without charge")
                : localized("Sent to \(place) for \(Format.money(price))")
            let days = CheckoutPage.Parcel.days(least, most).map { ", \($0)" } ?? ""
            words = sent + days + (origin.map { localized(", from \($0)") } ?? "")
        case .nothingToSend: words = localized("Nothing has to be sent")
        case .notThere: words = localized("\(seller) does not send it to \(place)")
        case .unknown:
            words = localized("What sending it to \(place) costs is shown before you pay")
        case nil: words = localized("Where shall it go? Then you see here what sending it costs")
        }
        isBad = estimate == .notThere
        self.then = then
        isChosen = country != nil
        countries = Countries.offered(chosen: country).map {
            Country(code: $0.code, name: $0.name, isChosen: $0.code == country)
        }
    }
}
