import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Computing commission` {
    private let seller = ID<Seller>()
    private let root = ID<Kernel.Category>()
    private let child = ID<Kernel.Category>()
    private let now = Instant(secondsSince1970: 1_800_000_000)

    private func line(
        _ amount: Int64, _ currency: Currency = .eur, quantity: Int = 1
    ) -> CommissionLine {
        CommissionLine(
            seller: seller, categoryPath: [root, child], base: Money(amount, currency),
            quantity: quantity)
    }

    private func rule(
        _ percent: Int64, seller: ID<Seller>? = nil, category: ID<Kernel.Category>? = nil,
        fixed: Money? = nil, from: Int64 = 0, until: Int64? = nil
    ) -> CommissionRule {
        CommissionRule(
            seller: seller, category: category, rate: PartsPerMillion(percent: percent),
            fixedPerUnit: fixed, effectiveFrom: now.advanced(by: .seconds(from - 1000)),
            effectiveUntil: until.map { now.advanced(by: .seconds($0)) })
    }

    @Test func `ten per cent of the base, with its explanation`() throws {
        let commission = try Commission.compute(line(4250), by: [rule(10)], at: now)

        #expect(commission.amount == Money(425, .eur))
        #expect(commission.explanation == "10 % of 42.50 EUR = 4.25 EUR")
    }

    @Test func `half a cent is rounded away from zero, once per line`() throws {
        #expect(try Commission.compute(line(1005), by: [rule(10)], at: now).amount.amount == 101)
        #expect(try Commission.compute(line(1004), by: [rule(10)], at: now).amount.amount == 100)
        #expect(
            try Commission.compute(line(5, .jpy), by: [rule(10)], at: now).amount
                == Money(1, .jpy))
    }

    @Test func `a fixed part comes on top for each piece, in its own currency only`() throws {
        let rules = [rule(10, fixed: Money(30, .eur))]

        let euros = try Commission.compute(line(2000, quantity: 3), by: rules, at: now)
        let yen = try Commission.compute(line(2000, .jpy, quantity: 3), by: rules, at: now)

        #expect(euros.amount == Money(290, .eur))
        #expect(euros.explanation == "10 % of 20.00 EUR + 0.30 EUR × 3 = 2.90 EUR")
        #expect(yen.amount == Money(200, .jpy))
    }

    @Test func `it is never more than what the line brings`() throws {
        let commission = try Commission.compute(
            line(40), by: [rule(10, fixed: Money(100, .eur))], at: now)

        #expect(commission.amount == Money(40, .eur))
    }

    @Test func `seller and category beat seller, seller beats category, deep beats shallow`() throws
    {
        let both = rule(1, seller: seller, category: child)
        let sellers = rule(2, seller: seller)
        let deep = rule(3, category: child)
        let shallow = rule(4, category: root)
        let all = rule(5)
        var rules = [all, shallow, deep, sellers, both].shuffled()

        for best in [both, sellers, deep, shallow, all] {
            #expect(try Commission.compute(line(1000), by: rules, at: now).rule == best.id)
            rules.removeAll { $0.id == best.id }
        }
        #expect(try Commission.compute(line(1000), by: rules, at: now).amount.isZero)
    }

    @Test func `rules for somebody or something else do not fit`() throws {
        let rules = [rule(50, seller: ID()), rule(60, category: ID()), rule(10)]

        #expect(try Commission.compute(line(1000), by: rules, at: now).amount.amount == 100)
    }

    @Test func `of equals the one that took effect last, while it is in effect`() throws {
        let rules = [
            rule(10, from: 0), rule(20, from: 500), rule(30, from: 900, until: 0),
            rule(40, from: 2000),
        ]

        #expect(try Commission.compute(line(1000), by: rules, at: now).amount.amount == 200)
    }

    @Test func `nothing is ever kept twice or lost, for any base`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let base = Int64.random(in: 0...1_000_000_000, using: &generator)
            let rate = Int64.random(in: 0...1_000_000, using: &generator)
            let some = CommissionRule(
                rate: PartsPerMillion(rate), effectiveFrom: now.advanced(by: .seconds(-1)))

            let kept = try Commission.compute(line(base), by: [some], at: now).amount.amount

            #expect((0...base).contains(kept))
            let exact = Double(base) * Double(rate) / 1_000_000
            #expect(abs(Double(kept) - exact) <= 0.500_001)
        }
    }
}

@Suite struct `Setting commission` {
    @Test func `a new rule is in effect, an ended one is not, and both are in the trail`()
        async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()

            let rule = try await market.marketplace.addCommissionRule(
                seller: seller.id, category: nil, rate: PartsPerMillion(percent: 7),
                fixedPerUnit: Money(25, .eur), as: admin.id, reason: "a founding member")

            let effective = try await market.database.commissions.effective(for: [seller.id])
            #expect(effective.count == 2)
            #expect(effective.contains { $0.id == rule.id && $0.rate == rule.rate })
            let others = try await market.database.commissions.effective(for: [])
            #expect(others.map(\.rate) == [PartsPerMillion(percent: 10)])

            try await market.marketplace.endCommissionRule(
                rule.id, as: admin.id, reason: "the year is over")

            #expect(try await market.database.commissions.effective(for: [seller.id]).count == 1)
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "commission_rule", id: rule.id.description), PageRequest())
            #expect(trail.items.map(\.action) == ["commission.ended", "commission.added"])
            #expect(trail.items.first?.reason == "the year is over")
        }
    }

    @Test func `a rate above all of it, unknown sellers and ended rules are refused`() async throws
    {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            func add(_ rate: Int64, _ fixed: Int64 = 0, seller: ID<Seller>? = nil) async throws {
                _ = try await market.marketplace.addCommissionRule(
                    seller: seller, category: nil, rate: PartsPerMillion(rate),
                    fixedPerUnit: Money(fixed, .eur), as: admin.id, reason: "test")
            }

            await #expect(throws: CommissionRefusal.rateOutOfRange) { try await add(1_000_001) }
            await #expect(throws: CommissionRefusal.fixedNegative) { try await add(1, -1) }
            await #expect(throws: CommissionRefusal.sellerUnknown) {
                try await add(1, seller: ID())
            }
            await #expect(throws: CommissionRefusal.ruleUnknown) {
                try await market.marketplace.endCommissionRule(
                    ID(), as: admin.id, reason: "test")
            }
        }
    }
}
