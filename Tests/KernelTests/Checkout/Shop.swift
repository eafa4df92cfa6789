import Kernel
import Postgres
import ProviderKit
import TestSupport
import Vocabulary

/// A market with something to buy in it, for tests of checkouts, payments and orders.
struct Shop: Sendable {
    let market: TestMarketplace
    let payment: ID<ProviderInstance>
    let customer: Account

    var marketplace: Marketplace { market.marketplace }
    var database: Database { market.database }
    var buyer: Buyer { Buyer(account: customer.id) }
    var bank: TestBank { TestBank.of(payment) }

    /// A shop with payment, shipping and tax.
    init(
        _ market: TestMarketplace, capture: ProviderInstance.Capture = .atOrder,
        tax: [String: String] = [:]
    ) async throws {
        self.market = market
        payment = try await market.given.instance(.payment, capture: capture)
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax, settings: tax)
        customer = try await market.given.account("Grace Customer")
    }

    static let address = Address(
        name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
        country: "DE")

    func thing(
        by seller: GivenSeller, price: Int64 = 2000, stock: Int = 5, currency: Currency = .eur,
        title: String = "Bowl", state: String = "published"
    ) async throws -> GivenThing {
        let listing = ID<Listing>()
        let variant = ID<Variant>()
        _ = try await database.batch([
            """
            insert into listing (id, seller_id, handle, title, currency, state, price_from)
            values (\(listing), \(seller.id), \(listing.description), \(title), \(currency),
                \(state), \(price))
            """,
            """
            insert into variant (id, listing_id, seller_id, price, currency, grams)
            values (\(variant), \(listing), \(seller.id), \(price), \(currency), 500)
            """,
            """
            insert into stock_level (variant_id, on_hand) values (\(variant), \(stock))
            on conflict (variant_id) do update set on_hand = excluded.on_hand
            """,
        ])
        return GivenThing(seller: seller, listing: listing, variant: variant)
    }

    /// Something of a seller of its own.
    func thing(price: Int64 = 2000, stock: Int = 5) async throws -> GivenThing {
        try await thing(by: try await market.given.verifiedSeller(), price: price, stock: stock)
    }

    func checkout(_ things: GivenThing..., as buyer: Buyer? = nil) async throws -> Checkout {
        try await marketplace.startCheckout(
            things.map { CheckoutItem(variant: $0.variant, quantity: 1) }, to: Self.address,
            email: "grace@example.com", as: buyer ?? self.buyer)
    }

    func choice(
        _ method: String = "card", at instance: ID<ProviderInstance>? = nil
    ) -> PaymentChoice {
        PaymentChoice(instance: instance ?? payment, method: method) { purchase in
            "http://127.0.0.1/purchases/\(purchase)/return"
        }
    }

    func place(
        _ checkout: Checkout, _ method: String = "card", as buyer: Buyer? = nil
    ) async throws -> PlacedPurchase {
        try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total, paying: choice(method),
            as: buyer ?? self.buyer)
    }

    /// Things that were bought and paid, an order for each seller.
    func bought(_ things: GivenThing...) async throws -> [OrderDetail] {
        let checkout = try await marketplace.startCheckout(
            things.map { CheckoutItem(variant: $0.variant, quantity: 1) }, to: Self.address,
            email: "grace@example.com", as: buyer)
        let placed = try await place(checkout)
        return try await detail(placed).orders
    }

    func detail(_ placed: PlacedPurchase) async throws -> PurchaseDetail {
        try await marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    func stock(_ thing: GivenThing) async throws -> Stock {
        let rows = try await database.query(
            "select on_hand, reserved from stock_level where variant_id = \(thing.variant)"
        ).decode { c in Stock(onHand: try c.next(), reserved: try c.next()) }
        return rows.first ?? Stock(onHand: -1, reserved: -1)
    }

    func count(_ sql: SQL) async throws -> Int {
        try await database.query(sql).decode { c in try c.next(Int.self) }.first ?? -1
    }

    /// Lets everything that waits for a time be due now.
    func hurry() async throws {
        try await database.execute(
            """
            update payment_attempt set next_try_at = now(),
                created_at = created_at - interval '1 minute'
            where state in ('intent', 'sent', 'unknown')
            """)
    }

    /// Goes on with everything that was asked of providers until nothing is due.
    func settle() async throws {
        for _ in 0..<10 where try await marketplace.settlePayments() == 0 { return }
    }
}

struct GivenThing: Sendable {
    let seller: GivenSeller
    let listing: ID<Listing>
    let variant: ID<Variant>
}

struct Stock: Equatable, Sendable {
    let onHand: Int
    let reserved: Int
}
