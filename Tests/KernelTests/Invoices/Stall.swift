import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A shop where one may also pay the seller directly.
struct Stall: Sendable {
    let shop: Shop
    let direct: ID<ProviderInstance>
    let thing: GivenThing

    var market: TestMarketplace { shop.market }
    var calls: [String] { TestBank.of(direct).calls }
    var destinations: [String?] { TestBank.of(direct).directDestinations }

    init(_ market: TestMarketplace) async throws {
        shop = try await Shop(market)
        direct = try await market.given.directInstance()
        thing = try await shop.thing(price: 2000, stock: 9)
    }

    func place(_ checkout: Checkout) async throws -> PlacedPurchase {
        try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: shop.choice(at: direct), as: shop.buyer)
    }

    /// A thing that was paid to its seller.
    func sold() async throws -> ID<Order> {
        let placed = try await place(try await shop.checkout(thing))
        #expect(placed.refusal == nil)
        return try #require(try await shop.detail(placed).orders.first).order.id
    }

    /// A thing that was paid to the platform, delivered, its hold over.
    func delivered() async throws -> Order {
        let order = try #require(try await shop.bought(thing).first)
        try await market.marketplace.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post"), as: thing.seller.member)
        try await market.marketplace.confirmDelivery(order.order.id, as: shop.buyer)
        try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
        return order.order
    }

    func detail(_ order: ID<Order>) async throws -> OrderDetail {
        try await market.marketplace.findOrder(order, as: shop.buyer)
    }

    func balance() async throws -> WalletBalance {
        try #require(try await market.marketplace.balances(of: thing.seller.id).first)
    }

    /// The month of the direct sale.
    func paidMonth() async throws -> String {
        let months = try await market.database.query(
            """
            select to_char(o.paid_at at time zone 'UTC', 'YYYY-MM') from orders o
            join payment_share s on s.order_id = o.id join payment p on p.id = s.payment_id
            where p.is_direct
            """
        ).decode { c in try c.next(String.self) }
        return try #require(months.first)
    }

    /// The month that it is now.
    func month() async throws -> String {
        String(try await market.marketplace.marketNow().description.prefix(7))
    }

    /// Lets this month end, and writes its invoices.
    func endMonth() async throws -> [CommissionInvoice] {
        let month = try await month()
        try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
        return try await market.marketplace.invoiceCommission(of: month)
    }

    func giveBack(_ order: ID<Order>, _ wish: RefundWish = .everything) async throws {
        try await market.marketplace.recordRefund(
            order, wish, paidBackAs: "tx 5Fh", reason: "a scratch", as: thing.seller.member)
    }

    func pay(_ amount: Int64, of invoice: CommissionInvoice, _ reference: String) async throws {
        try await market.marketplace.recordInvoicePayment(
            of: invoice.id, Money(amount, .eur), to: shop.payment, reference: reference,
            reason: "the bank's statement",
            by: try await market.given.administrator().id)
    }

    func lines(of invoice: CommissionInvoice) async throws -> [CommissionInvoiceLine] {
        try await market.marketplace.commissionInvoice(invoice.id, of: thing.seller.id).lines
    }

    func checkBooks() async throws {
        let report = try await market.marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }
}
