import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Tax that the platform hands in` {
    @Test func `each jurisdiction has an account of its own, and money goes back from there`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            let german = try await counter.shipped(quantity: 2)
            let french = try await Self.sold(counter, to: "FR")
            #expect(try await Self.owed(market) == ["DE": 716, "FR": 319])

            let line = try #require(german.lines.first).id
            try await counter.refund(
                german, .lines([RefundedLine(line: line, quantity: 1)], shipping: false))
            #expect(try await Self.owed(market)["FR"] == 319)
            try await counter.refund(german, .everything)
            #expect(try await Self.owed(market) == ["DE": 0, "FR": 319])

            // The trace names it, and a tax account under another's name is found.
            let trace = try await market.marketplace.traceMoney(of: french)
            #expect(
                trace.places.contains(
                    .init(name: "the state (FR), by the market", amount: Money(319, .eur))))
            try await counter.checkBooks()
            try await market.storage.tamper([
                "update orders set tax_jurisdiction = 'BE' where id = \(french)"
            ])
            let report = try await market.marketplace.verifyLedger()
            let culprits = report.checks.flatMap(\.culprits)
            #expect(culprits.count == 1)
            #expect(culprits.first?.contains("owes tax in BE, the books in FR") == true)
            try await market.storage.tamper([
                "update orders set tax_jurisdiction = 'FR' where id = \(french)"
            ])
        }
    }

    @Test func `orders from before keep the account that there was`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            let account = LedgerAccount.taxPayable(nil)
            #expect(account.owner == nil)
            // As the books stood before jurisdictions were kept.
            let sold = SoldOrder(
                order: ID(), purchase: ID(), wallet: counter.thing.seller.wallet,
                total: Money(1000, .eur), commission: Money(100, .eur),
                taxByPlatform: Money(190, .eur))
            try await market.database.ledger.post([.sale(of: sold, at: counter.shop.payment)])
            #expect(try await Self.owed(market) == ["": 190])

            let order = try await counter.shipped(quantity: 1)
            #expect(try await Self.owed(market) == ["": 190, "DE": 397])
            try await counter.refund(order, .everything)
            #expect(try await Self.owed(market) == ["": 190, "DE": 0])
        }
    }

    @Test func `several places within a country are the country's, sellers' own tax is nobody's`() {
        func line(_ jurisdiction: String, _ remitter: TaxRemitter, _ amount: Int64 = 5) -> TaxLine {
            TaxLine(
                lineID: "line-1", jurisdiction: jurisdiction, label: "Tax",
                rate: PartsPerMillion(50_000), base: Money(100, .usd),
                amount: Money(amount, .usd), isIncluded: false, treatment: .standard,
                remitter: remitter, source: "test")
        }
        #expect(TaxJurisdiction.common(of: []) == nil)
        #expect(TaxJurisdiction.common(of: [line("DE", .seller)]) == nil)
        #expect(TaxJurisdiction.common(of: [line("DE", .platform, 0)]) == nil)
        #expect(TaxJurisdiction.common(of: [line("DE", .platform), line("FR", .seller)]) == "DE")
        #expect(
            TaxJurisdiction.common(of: [line("US-CA", .platform), line("US-CA-LA", .platform)])
                == "US-CA")
        #expect(
            TaxJurisdiction.common(of: [line("US-CA", .platform), line("US-TX", .platform)])
                == "US")
        #expect(
            TaxJurisdiction.common(of: [line("DE", .platform), line("FR", .platform)])
                == "several")
        // Never change it: accounts are named after it.
        #expect(TaxJurisdiction.owner("DE") == TaxJurisdiction.owner("DE"))
        #expect(TaxJurisdiction.owner("DE") != TaxJurisdiction.owner("FR"))
        #expect(ID<Order>(TaxJurisdiction.owner("US-CA"))?.description.count == 36)
    }

    private static func sold(_ counter: Counter, to country: String) async throws -> ID<Order> {
        let shop = counter.shop
        let address = Address(
            name: "Ada", lines: ["1 Rue"], city: "Paris", postalCode: "75001", country: country)
        let checkout = try await shop.marketplace.startCheckout(
            [CheckoutItem(variant: counter.thing.variant, quantity: 1)], to: address,
            email: "ada@example.com", as: shop.buyer)
        let placed = try await shop.place(checkout)
        return try #require(try await shop.detail(placed).orders.first?.order.id)
    }

    /// What the platform owes in tax, by jurisdiction; the empty one is from before.
    private static func owed(_ market: TestMarketplace) async throws -> [String: Int64] {
        let accounts = try await market.marketplace.platformBalances()
            .filter { $0.kind == .taxPayable }
        return Dictionary(accounts.map { ($0.jurisdiction ?? "", $0.balance.amount) }) { $0 + $1 }
    }
}
