import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A shop whose customers also pay by a way that a person confirms.
struct Till: Sendable {
    let shop: Shop
    let way: ID<ProviderInstance>
    let method: String
    let thing: GivenThing
    let admin: Account

    private var marketplace: Marketplace { shop.marketplace }

    init(_ market: TestMarketplace, _ module: String) async throws {
        shop = try await Shop(market)
        let account = ["holder": "Guildhall GmbH", "iban": "DE89370400440532013000"]
        way = try await market.given.instance(
            ofPayments: module, module == "bank-transfer" ? account : [:])
        method = module == "bank-transfer" ? "transfer" : "cash"
        thing = try await shop.thing(price: 2000, stock: 9)
        admin = try await market.given.administrator()
    }

    func placed() async throws -> PlacedPurchase {
        let checkout = try await shop.checkout(thing)
        return try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: shop.choice(method, at: way), as: shop.buyer)
    }

    func order(_ placed: PlacedPurchase) async throws -> Order {
        try #require(try await shop.detail(placed).orders.first).order
    }

    func detail(_ order: ID<Order>) async throws -> OrderDetail {
        try await marketplace.findOrder(order, as: shop.buyer)
    }

    func refunds(_ placed: PlacedPurchase) async throws -> [Refund] {
        try await shop.detail(placed).orders.flatMap(\.refunds)
    }

    @discardableResult
    func confirm(
        _ placed: PlacedPurchase, _ amount: Int64, line: String? = nil, at: Instant = .systemNow,
        as actor: OrderActor? = nil
    ) async throws -> Payment {
        try await marketplace.confirmPayment(
            placed.payment.id,
            ReceiptDraft(amount: Money(amount, .eur), receivedAt: at, reference: line),
            as: actor ?? .admin(admin.id))
    }

    @discardableResult
    func collect(
        _ order: ID<Order>, _ amount: Int64? = nil, as actor: OrderActor
    ) async throws -> Payment {
        let all = try await detail(order).order.amounts.total
        return try await marketplace.confirmDeliveryPaid(
            order,
            ReceiptDraft(amount: Money(amount ?? all.amount, .eur), receivedAt: .systemNow),
            as: actor)
    }

    func sentBack(_ refund: Refund) async throws {
        try await marketplace.confirmRefund(
            refund.id, of: refund.order, paidBackAs: "2026-11-22/3", as: admin.id)
    }

    func ship(_ order: ID<Order>) async throws {
        try await marketplace.shipOrder(
            order, in: try ShippedParcel(carrier: "Post"), as: thing.seller.member)
    }

    func toReview() async throws -> [ID<Payment>] {
        try await marketplace.paymentsToReview().items.map(\.id)
    }

    /// What our books say that others hold for us or owe us, in minor units.
    func booked(_ kind: Owed) async throws -> Int64 {
        Int64(
            try await shop.count(
                """
                select coalesce(-sum(amount), 0)::bigint
                from ledger_entry entry join ledger_account account on account.id = account_id
                where account.kind = \(kind.rawValue)
                """))
    }

    enum Owed: String {
        case atProvider = "provider_clearing"
        case bySeller = "seller_receivable"
    }

    func checkBooks() async throws {
        let report = try await marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }
}
