import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import Vocabulary

/// Somebody who buys, straight through the kernel.
struct BenchBuyer: Sendable {
    let marketplace: Marketplace
    let instance: ID<ProviderInstance>
    let buyer: Buyer

    static let address = Address(
        name: "Grace Customer", lines: ["Hauptstraße 5"], city: "Köln", postalCode: "50667",
        country: "DE")

    /// As many different people, each with an account. Their passwords are never used.
    static func make(
        _ count: Int, in market: BenchMarket, at instance: ID<ProviderInstance>
    ) async throws -> [BenchBuyer] {
        let accounts = (0..<count).map { _ in ID<Account>() }
        try await market.database.execute(
            """
            insert into account (id, email, name, password_hash)
            select id, id || '@example.test', 'Grace Customer', 'none'
            from unnest(\(accounts)::uuid[]) id
            """)
        return accounts.map {
            BenchBuyer(
                marketplace: market.marketplace, instance: instance, buyer: Buyer(account: $0))
        }
    }

    /// Checks out, takes the cheapest way for each parcel and pays at once.
    /// - Throws: what the market refuses; ``OperatorProblem`` when the payment did not go through.
    @discardableResult
    func buy(_ items: [CheckoutItem]) async throws -> Purchase {
        let checkout = try await marketplace.startCheckout(
            items, to: Self.address, email: "grace@example.test", as: buyer)
        let placed = try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: instance, method: "card") { "http://localhost/\($0)" },
            as: buyer)
        guard placed.purchase.state == .paid else {
            throw OperatorProblem("A purchase was not paid: \(placed.payment.state)")
        }
        return placed.purchase
    }
}
