import Kernel
import Postgres
import TestSupport
import Vocabulary

/// One paid purchase of two artisans' things, to look at and to settle.
struct Sale: Sendable {
    let purchase: Purchase
    let orders: [OrderDetail]
    let payment: ID<ProviderInstance>
    let listing: ID<Listing>
    let sellers: [GivenSeller]
    let buyer: Buyer

    /// The customer has everything, and the hold is over.
    func deliver(_ market: TestMarketplace) async throws {
        for order in orders {
            guard let seller = sellers.first(where: { $0.id == order.order.seller }) else {
                continue
            }
            try await market.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await market.marketplace.confirmDelivery(order.order.id, as: buyer)
        }
        try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
    }

    init(_ market: TestMarketplace) async throws {
        payment = try await market.given.instance(.payment)
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax)
        let customer = try await market.given.account("Grace Customer")
        let (first, second) = (
            try await market.given.verifiedSeller("Clay"),
            try await market.given.verifiedSeller("Wool")
        )
        sellers = [first, second]
        let bowl = try await Self.thing(market, by: first)
        let scarf = try await Self.thing(market, by: second)
        listing = bowl.listing
        buyer = Buyer(account: customer.id)
        let address = Address(
            name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
            country: "DE")
        let checkout = try await market.marketplace.startCheckout(
            [
                CheckoutItem(variant: bowl.variant, quantity: 1),
                CheckoutItem(variant: scarf.variant, quantity: 2),
            ], to: address, email: "grace@example.com", as: buyer)
        let placed = try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: buyer)
        let detail = try await market.marketplace.findPurchase(placed.purchase.id, as: buyer)
        purchase = detail.purchase
        orders = detail.orders
    }

    static func thing(
        _ market: TestMarketplace, by seller: GivenSeller, state: String = "published"
    ) async throws -> (listing: ID<Listing>, variant: ID<Variant>) {
        let (listing, variant) = (ID<Listing>(), ID<Variant>())
        _ = try await market.database.batch([
            """
            insert into listing (id, seller_id, handle, title, currency, state, price_from)
            values (\(listing), \(seller.id), \(listing.description), 'Bowl', 'EUR', \(state), 2000)
            """,
            """
            insert into variant (id, listing_id, seller_id, price, currency, grams)
            values (\(variant), \(listing), \(seller.id), 2000, 'EUR', 500)
            """,
            """
            insert into stock_level (variant_id, on_hand) values (\(variant), 9)
            on conflict (variant_id) do update set on_hand = excluded.on_hand
            """,
        ])
        return (listing, variant)
    }
}

extension Scene {
    /// A payout that was paid into a seller's account at a provider that can take it back.
    func paidPayout() async throws -> ID<Payout> {
        let instance = try await market.given.instance(ofPayments: "test-accounts")
        let seller = try await seller("verified")
        let id = ID<Payout>()
        try await market.database.execute(
            """
            insert into payout (id, seller_id, wallet_id, instance_id, currency, amount, state,
                reference, settled_at)
            values (\(id), \(seller.id), \(seller.wallet), \(instance), 'EUR', 1000, 'paid',
                'out_1', now())
            """)
        return id
    }

    /// A seller's account at a provider that waits to be asked to pay out, with five euros in it.
    func manualAccount() async throws -> ID<PayoutAccount> {
        let instance = try await market.given.instance(ofPayments: "test-accounts")
        let (seller, id) = (try await seller("verified"), ID<PayoutAccount>())
        TestBank.of(instance).hold(Money(500, .eur))
        try await market.database.execute(
            """
            insert into payout_account (id, seller_id, instance_id, reference, is_ready)
            values (\(id), \(seller.id), \(instance), \("acct_\(seller.id)"), true)
            """)
        return id
    }

    /// An order that was to be paid at its delivery, of which nobody said for weeks that it was.
    func overdueCash() async throws -> ID<Order> {
        let open = try await OpenPayment(market, "cash-on-delivery")
        try await open.ship(market)
        try await market.database.execute(
            """
            update orders set state = 'delivered', delivered_at = now() - interval '15 days'
            where id = \(open.order)
            """)
        return open.order
    }
}
