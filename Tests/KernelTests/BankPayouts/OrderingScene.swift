import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// A seller's account at a provider in which 50 euros lie, and an administrator who may order them
/// to the seller's bank.
struct OrderingScene: Sendable {
    let market: TestMarketplace
    let instance: ID<ProviderInstance>
    let seller: GivenSeller
    let account: ID<PayoutAccount>
    let admin: ID<Account>

    var kernel: Marketplace { market.marketplace }
    var bank: TestBank { TestBank.of(instance) }

    init(_ market: TestMarketplace) async throws {
        self.market = market
        instance = try await market.given.instance(ofPayments: "test-accounts")
        seller = try await market.given.verifiedSeller("Clay")
        _ = try await market.marketplace.connectPayoutAccount(
            at: instance, returnURL: "http://127.0.0.1/return",
            refreshURL: "http://127.0.0.1/link", as: seller.member)
        account = try #require(
            try await market.database.payoutAccounts.find(seller.id, at: instance)
        ).id
        admin = try await market.given.administrator().id
        TestBank.of(instance).hold(Money(5000, .eur))
    }

    @discardableResult
    func order(_ amount: Int64 = 5000, _ currency: Currency = .eur) async throws
        -> BankPayoutOrder
    {
        try await kernel.orderBankPayout(
            of: account, Money(amount, currency), reason: "She asked for it.", by: admin)
    }

    func count(_ sql: SQL) async throws -> Int {
        try await market.database.query(sql)
            .decode { c in try c.next(Int.self) }.first ?? 0
    }

    func listed() async throws -> [BankPayout] {
        try await kernel.bankPayouts(as: seller.member, PageRequest()).items
    }
}
