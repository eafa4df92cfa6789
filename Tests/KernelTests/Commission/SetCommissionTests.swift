import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Setting commission` {
    private static let reason = "a test"

    private func draft(
        _ percent: Int64, _ scope: CommissionScope = CommissionScope(), name: String = "",
        from: Instant? = nil, until: Instant? = nil
    ) -> CommissionDraft {
        CommissionDraft(
            name: name, scope, rate: PartsPerMillion(percent: percent), effectiveFrom: from,
            effectiveUntil: until)
    }

    @Test func `a new rule is in effect, an ended one is not, and both are in the trail`()
        async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()
            var mine = draft(7, CommissionScope(seller: seller.id))
            mine.amounts = [CommissionAmounts(.eur, fixedPerUnit: 25, floor: 50, cap: 900)]

            let rule = try await market.marketplace.addCommissionRule(
                mine, as: admin.id, reason: "a founding member")

            let effective = try await market.database.commissions.terms(for: [seller.id]).rules
            #expect(effective.count == 2)
            #expect(effective.contains { $0.id == rule.id && $0.amounts == mine.amounts })
            let others = try await market.database.commissions.terms(for: []).rules
            #expect(others.map(\.rate) == [PartsPerMillion(percent: 10)])

            try await market.marketplace.endCommissionRule(
                rule.id, as: admin.id, reason: "the year is over")

            #expect(
                try await market.database.commissions.terms(for: [seller.id]).rules.count == 1)
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "commission_rule", id: rule.id.description), PageRequest())
            #expect(trail.items.map(\.action) == ["commission.ended", "commission.added"])
            #expect(trail.items.first?.reason == "the year is over")
        }
    }

    @Test func `a draft holds for nobody until it is published, and then from its time on`()
        async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()
            let marketplace = market.marketplace
            let rule = try await marketplace.draftCommissionRule(
                draft(3, CommissionScope(seller: seller.id)), as: admin.id, reason: Self.reason)
            func holds() async throws -> Bool {
                try await market.database.commissions.terms(for: [seller.id]).rules
                    .contains { $0.id == rule.id }
            }
            #expect(try await !holds())

            let tomorrow = try await marketplace.marketNow().advanced(by: .seconds(86_400))
            try await marketplace.publishCommissionRule(
                rule.id, from: tomorrow, as: admin.id, reason: Self.reason)

            #expect(try await !holds())
            try await marketplace.moveClock(by: .seconds(86_500), as: nil)
            #expect(try await holds())
            await #expect(throws: CommissionRefusal.notDraft) {
                try await marketplace.publishCommissionRule(
                    rule.id, as: admin.id, reason: Self.reason)
            }
            await #expect(throws: CommissionRefusal.notDraft) {
                try await marketplace.discardCommissionRule(
                    rule.id, as: admin.id, reason: Self.reason)
            }
        }
    }

    @Test func `a second rule for the same sales is refused, or takes the first one's place`()
        async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let marketplace = market.marketplace
            await #expect(throws: CommissionRefusal.overlaps("“Standard commission”")) {
                _ = try await marketplace.addCommissionRule(
                    draft(12), as: admin.id, reason: Self.reason)
            }
            #expect(try await marketplace.commissionRules(PageRequest()).items.count == 1)

            let next = try await marketplace.addCommissionRule(
                draft(12, name: "Next"), replacing: true, as: admin.id, reason: Self.reason)

            let effective = try await market.database.commissions.terms(for: []).rules
            #expect(effective.map(\.id) == [next.id])
            let all = try await marketplace.commissionRules(PageRequest()).items
            #expect(all.last?.effectiveUntil == next.effectiveFrom)
            let (low, high) = (
                CommissionScope(band: PriceBand(.eur, from: 0, below: 1000)),
                CommissionScope(band: PriceBand(.eur, from: 999))
            )
            _ = try await marketplace.addCommissionRule(
                draft(1, low, name: "Low"), as: admin.id, reason: Self.reason)
            await #expect(throws: CommissionRefusal.overlaps("“Low”")) {
                _ = try await marketplace.addCommissionRule(
                    draft(2, high), as: admin.id, reason: Self.reason)
            }
            _ = try await marketplace.addCommissionRule(
                draft(2, CommissionScope(band: PriceBand(.eur, from: 1000))), as: admin.id,
                reason: Self.reason)
        }
    }

    @Test func `of twenty who publish rules for the same sales at once, one does`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let scope = CommissionScope(seller: try await market.given.verifiedSeller().id)

            let published = try await withThrowingTaskGroup(of: Int.self) { group in
                for percent in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await market.marketplace.addCommissionRule(
                                draft(Int64(percent), scope), as: admin.id, reason: Self.reason)
                            return 1
                        } catch is CommissionRefusal {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }

            #expect(published == 1)
        }
    }

    @Test func `what makes no sense is refused with a sentence, and nothing is written`()
        async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let now = try await market.marketplace.marketNow()
            func refuses(_ refusal: CommissionRefusal, _ draft: CommissionDraft) async {
                await #expect(throws: refusal) {
                    _ = try await market.marketplace.addCommissionRule(
                        draft, as: admin.id, reason: Self.reason)
                }
            }
            func with(_ amounts: CommissionAmounts...) -> CommissionDraft {
                CommissionDraft(rate: PartsPerMillion(1), amounts: amounts)
            }

            await refuses(.rateOutOfRange, draft(110))
            await refuses(.rateOutOfRange, draft(-1))
            await refuses(.fixedNegative, with(CommissionAmounts(.eur, fixedPerUnit: -1)))
            await refuses(.fixedNegative, with(CommissionAmounts(.eur, floor: -1)))
            await refuses(.fixedTooLarge, with(CommissionAmounts(.eur, cap: .max)))
            await refuses(.floorAboveCap, with(CommissionAmounts(.eur, floor: 2, cap: 1)))
            await refuses(
                .currencyTwice, with(CommissionAmounts(.eur), CommissionAmounts(.eur, floor: 1)))
            let band = PriceBand(.eur, from: 10, below: 10)
            await refuses(.bandInvalid, draft(1, CommissionScope(band: band)))
            await refuses(.sellerUnknown, draft(1, CommissionScope(seller: ID())))
            await refuses(.categoryUnknown, draft(1, CommissionScope(category: ID())))
            await refuses(.listingUnknown, draft(1, CommissionScope(listing: ID())))
            await refuses(.inThePast, draft(1, from: now.advanced(by: .seconds(-60))))
            await refuses(
                .endsBeforeItBegins, draft(1, from: now.advanced(by: .seconds(60)), until: now))
            await #expect(throws: CommissionRefusal.ruleUnknown) {
                try await market.marketplace.endCommissionRule(
                    ID(), as: admin.id, reason: Self.reason)
            }
            #expect(try await market.marketplace.commissionRules(PageRequest()).items.count == 1)
            for refusal in [CommissionRefusal.rateOutOfRange, .overlaps("x"), .inThePast] {
                #expect(refusal.explanation.hasSuffix("."))
            }
        }
    }

    @Test func `publishing a rule alters no existing order, and the database allows nobody to`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let thing = try await shop.thing(price: 5000)
            let old = try #require(try await shop.bought(thing).first)
            let before = try await hash(of: market)

            _ = try await market.marketplace.addCommissionRule(
                draft(50, CommissionScope(seller: thing.seller.id)), as: admin.id,
                reason: Self.reason)

            #expect(try await hash(of: market) == before)
            let new = try #require(try await shop.bought(thing).first)
            #expect(new.order.amounts.commission == Money(2500, .eur))
            #expect(old.order.amounts.commission == Money(500, .eur))
            for attempt: SQL in [
                "update order_line set commission = 1", "update orders set commission = 1",
                "update commission_rule set rate_ppm = 1", "delete from commission_rule",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await market.database.execute(attempt)
                }
                #expect(error?.sqlState == "42501", "\(attempt.text)")
            }
        }
    }

    @Test func `a simulation says what a draft would have taken of each seller`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let (a, b) = (try await shop.thing(price: 5000), try await shop.thing(price: 3000))
            _ = try await shop.bought(a, b)
            _ = try await shop.bought(a)
            let before = try await hash(of: market)
            var trial = draft(15, CommissionScope(seller: a.seller.id))
            trial.isOnShipping = true
            let rule = try await market.marketplace.draftCommissionRule(
                trial, as: admin.id, reason: Self.reason)

            let simulation = try await market.marketplace.simulateCommission(rule.id, days: 90)

            #expect(simulation.orders == 3 && simulation.changed == 2)
            let delta = try #require(simulation.sellers.first)
            #expect(simulation.sellers.count == 1 && delta.seller == a.seller.id)
            let shipping = try await shop.count(
                "select sum(shipping_total)::int from orders where seller_id = \(a.seller.id)")
            #expect(delta.charged == 1000)
            #expect(delta.simulated == 1500 + Int64(shipping * 15 / 100))
            #expect(try await hash(of: market) == before)
        }
    }

    /// Of everything that was charged.
    private func hash(of market: TestMarketplace) async throws -> String {
        let hashes = try await market.database.query(
            """
            select md5(string_agg(text, '|' order by text)) from (
                select to_jsonb(l)::text from order_line l union all
                select to_jsonb(o)::text from orders o
            ) sold(text)
            """
        ).decode { c in try c.next(String.self) }
        return try #require(hashes.first)
    }
}
