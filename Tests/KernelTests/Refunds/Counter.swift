import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// One seller's counter, to which customers bring things back.
struct Counter: Sendable {
    let market: TestMarketplace
    let shop: Shop
    let thing: GivenThing
    let admin: Account

    var marketplace: Marketplace { market.marketplace }

    init(
        _ market: TestMarketplace, capture: ProviderInstance.Capture = .atOrder,
        tax: [String: String] = [:]
    ) async throws {
        self.market = market
        shop = try await Shop(market, capture: capture, tax: tax)
        thing = try await shop.thing(price: 1999, stock: 50)
        admin = try await market.given.administrator()
    }

    /// An order of so many pieces with shipping, on its way to the customer.
    func shipped(quantity: Int) async throws -> OrderDetail {
        let order = try await bought(quantity: quantity)
        try await ship(order)
        return try await find(order)
    }

    func ship(_ order: OrderDetail) async throws {
        try await marketplace.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post"), as: thing.seller.member)
    }

    /// An order of so many pieces with shipping.
    func bought(quantity: Int) async throws -> OrderDetail {
        let started = try await marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: quantity)], to: Shop.address,
            email: "grace@example.com", as: shop.buyer)
        let parcel = try #require(started.parcels.first)
        let checkout = try await marketplace.chooseShipping(
            started.id, parcel: parcel.number, option: "parcel", as: shop.buyer)
        let placed = try await shop.place(checkout)
        return try #require(try await shop.detail(placed).orders.first)
    }

    func find(_ order: OrderDetail) async throws -> OrderDetail {
        try await marketplace.findOrder(order.order.id, as: shop.buyer)
    }

    @discardableResult
    func ask(
        _ order: OrderDetail, _ wish: RefundWish, as actor: OrderActor? = nil
    ) async throws -> ID<Refund> {
        try await marketplace.refundOrder(
            order.order.id, wish, reason: "it was broken", as: actor ?? .admin(admin.id))
    }

    /// Asks for it and lets the provider act.
    func refund(_ order: OrderDetail, _ wish: RefundWish) async throws {
        try await ask(order, wish)
        try await settle()
    }

    func settle() async throws { try await shop.settle() }

    func work() async throws { try await market.worker().drain() }

    func deliverAndWait(_ order: OrderDetail) async throws {
        try await marketplace.confirmDelivery(order.order.id, as: shop.buyer)
        try await marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
    }

    func balance() async throws -> WalletBalance {
        try #require(try await marketplace.balances(of: thing.seller.id).first)
    }

    /// What of an order is whose in the books, by the kind of the account; zeros left out.
    func owned(by order: OrderDetail) async throws -> [String: Int] {
        let sums = try await market.database.query(
            """
            select account.kind, sum(amount)::int
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where order_id = \(order.order.id) group by account.kind having sum(amount) <> 0
            """
        ).decode { c in (try c.next(String.self), try c.next(Int.self)) }
        return Dictionary(sums) { first, _ in first }
    }

    func checkBooks() async throws {
        let report = try await marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }
}
