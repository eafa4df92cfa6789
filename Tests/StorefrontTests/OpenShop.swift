import Kernel
import ProviderKit
import Storefront
import TestSupport
import Vocabulary
import Web

/// The customer app over a market that can sell.
struct OpenShop: Sendable {
    let market: TestMarketplace
    let app: WebApp
    let payment: ID<ProviderInstance>

    var marketplace: Marketplace { market.marketplace }
    var bank: TestBank { TestBank.of(payment) }

    /// - Parameters:
    ///   - web: changes the settings of the app's web side.
    ///   - shipping: the settings of who sends, see `TestShipping`.
    static func run(
        web: (inout WebSettings) -> Void = { _ in }, shipping: [String: String] = [:],
        _ body: (OpenShop) async throws -> Void
    ) async throws {
        var settings = TestWeb.settings
        web(&settings)
        try await TestMarketplace.run { market in
            let payment = try await market.given.instance(.payment)
            _ = try await market.given.instance(.shipping, settings: shipping)
            _ = try await market.given.instance(.tax)
            let app = try Storefront.app(
                marketplace: market.marketplace, redis: TestWeb.redis, settings: settings,
                logger: TestServers.logger)
            try await body(OpenShop(market: market, app: app, payment: payment))
        }
    }

    /// A published thing with one variant.
    func thing(
        _ title: String, by seller: GivenSeller, price: Int64 = 2000, stock: Int = 5
    ) async throws -> (listing: ID<Listing>, variant: ID<Variant>) {
        let made = try await marketplace.createListing(
            ListingDraft(
                title: title,
                variants: [VariantDraft(price: Money(price, .eur), onHand: stock, grams: 400)]),
            as: seller.member)
        try await marketplace.publishListing(made.listing.id, as: seller.member)
        guard let variant = made.variants.first else { throw TestSupportError.notFound("variant") }
        return (made.listing.id, variant.id)
    }

    func token(_ account: Account) async throws -> String {
        try await marketplace.createAccessToken(
            named: "test", for: .customer, of: account.id
        ).secret
    }

    /// A guest with these in the cart, on the page where one pays.
    func guestAtPayment(
        _ variants: [ID<Variant>], in browser: Browser? = nil
    ) async throws -> (Browser, WebAnswer) {
        let browser = browser ?? Browser(app)
        var page = try await browser.get("/cart")
        for variant in variants {
            page = try await put(variant, browser)
        }
        page = try await browser.submit(
            try await browser.get("/checkout"), "/checkout", Self.address)
        return (browser, page)
    }

    /// Somebody registers with this browser.
    @discardableResult
    func register(_ browser: Browser, _ email: String = "grace@example.test") async throws
        -> WebAnswer
    {
        try await browser.submit(
            try await browser.get("/register"), "/register",
            ["name": "Grace", "email": email, "password": "a long sentence of words"])
    }

    /// A cup that somebody who is signed in with this browser bought, and that has arrived.
    func delivered(
        to browser: Browser, _ email: String = "grace@example.test"
    ) async throws -> (order: ID<Order>, line: ID<OrderLine>, listing: ID<Listing>) {
        let seller = try await market.given.verifiedSeller()
        let cup = try await thing("Cup", by: seller)
        let (_, page) = try await guestAtPayment([cup.variant], in: browser)
        guard let action = page.checkoutAction else {
            throw TestSupportError.notFound("a checkout")
        }
        _ = try await browser.submit(page, "\(action)/purchase")
        let found = try await market.database.query(
            "select o.id, l.id from orders o join order_line l on l.order_id = o.id"
        ).decode { c in (try c.next(ID<Order>.self), try c.next(ID<OrderLine>.self)) }
        guard let bought = found.first else { throw TestSupportError.notFound("an order") }
        let account = try await marketplace.signIn(
            email: email, password: "a long sentence of words")
        try await marketplace.shipOrder(
            bought.0, in: try ShippedParcel(carrier: "DHL"), as: seller.member)
        _ = try await marketplace.confirmDelivery(bought.0, as: Buyer(account: account.id))
        return (bought.0, bought.1, cup.listing)
    }

    /// The newest purchase of the market.
    func lastPurchase() async throws -> ID<Purchase> {
        let ids = try await market.database.query(
            "select id from purchase order by id desc limit 1"
        )
        .decode { c in try c.next(ID<Purchase>.self) }
        guard let id = ids.first else { throw TestSupportError.notFound("a purchase") }
        return id
    }

    /// Puts one into the cart through the thing's page.
    func put(_ variant: ID<Variant>, _ browser: Browser) async throws -> WebAnswer {
        guard let offer = try await marketplace.offers(for: [variant])[variant] else {
            throw TestSupportError.notFound("an offer")
        }
        let page = try await browser.get("/listings/\(offer.listing)")
        return try await browser.submit(
            page, "/cart/lines", ["variant": variant.description, "quantity": "1"])
    }

    static let address = [
        "email": "grace@example.test", "address.name": "Grace", "address.lines": "Hauptstraße 5",
        "address.postalCode": "50667", "address.city": "Köln", "address.country": "DE",
    ]

    static let jsonAddress: JSONValue = [
        "name": "Grace", "lines": ["Hauptstraße 5"], "city": "Köln", "postalCode": "50667",
        "country": "DE",
    ]
}

extension WebAnswer {
    /// The id in the address of the checkout that this page shows.
    var checkoutAction: String? {
        guard let start = text.firstRange(of: "action=\"/checkout/") else { return nil }
        let id = text[start.upperBound...].prefix(36)
        return "/checkout/\(id)"
    }
}
