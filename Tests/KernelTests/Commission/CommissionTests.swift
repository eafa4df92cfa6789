import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Computing commission` {
    private let seller = ID<Seller>()
    private let listing = ID<Listing>()
    private let root = ID<Kernel.Category>()
    private let child = ID<Kernel.Category>()
    private let now = Instant(secondsSince1970: 1_800_000_000)

    private func line(
        _ amount: Int64, _ currency: Currency = .eur, quantity: Int = 1, net: Int64? = nil,
        shipping: Int64 = 0, isShippingOwn: Bool = false
    ) -> CommissionLine {
        CommissionLine(
            seller: seller, listing: listing, categoryPath: [root, child],
            unitPrice: Money(amount / Int64(quantity), currency), quantity: quantity,
            goods: CommissionBase(
                gross: Money(amount, currency), net: Money(net ?? amount, currency)),
            shipping: CommissionBase(
                gross: Money(shipping, currency), net: Money(shipping, currency)),
            isShippingOwn: isShippingOwn)
    }

    @Test func `is taken of shipping where the shop's own prices made it, whatever the rule says`()
        throws
    {
        let cheap = line(1, shipping: 9999, isShippingOwn: true)
        let own = try Commission.compute(cheap, by: [rule(10)], at: now)
        #expect(own.shipping == Money(1000, .eur))
        #expect(
            own.explanation == "10 % of 0.01 EUR = 0.00 EUR; 10 % of 99.99 EUR shipping at the "
                + "shop's own prices = 10.00 EUR")
        let priced = try Commission.compute(line(1, shipping: 9999), by: [rule(10)], at: now)
        #expect(priced.shipping.isZero)
        #expect(!priced.explanation.contains("shipping"))
        #expect(try Commission.compute(cheap, by: [], at: now).shipping.isZero)
    }

    private func rule(
        _ percent: Int64, _ scope: CommissionScope = CommissionScope(), name: String = "",
        base: CommissionRule.Base = .gross, onShipping: Bool = false,
        amounts: CommissionAmounts..., from: Int64 = 0, until: Int64? = nil
    ) -> CommissionRule {
        CommissionRule(
            name: name, scope, rate: PartsPerMillion(percent: percent), base: base,
            isOnShipping: onShipping, amounts: amounts,
            effectiveFrom: now.advanced(by: .seconds(from - 1000)),
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
        let rules = [rule(10, amounts: CommissionAmounts(.eur, fixedPerUnit: 30))]

        let euros = try Commission.compute(line(2000, quantity: 3), by: rules, at: now)
        let yen = try Commission.compute(line(2000, .jpy, quantity: 3), by: rules, at: now)

        #expect(euros.amount == Money(290, .eur))
        #expect(euros.explanation == "10 % of 20.00 EUR + 0.30 EUR × 3 = 2.90 EUR")
        #expect(yen.amount == Money(200, .jpy))
    }

    @Test func `at least its floor and at most its cap, in their currency`() throws {
        let rules = [rule(10, amounts: CommissionAmounts(.eur, floor: 150, cap: 500))]

        let low = try Commission.compute(line(1000), by: rules, at: now)
        let high = try Commission.compute(line(90_000), by: rules, at: now)

        #expect(low.amount == Money(150, .eur))
        #expect(low.explanation == "10 % of 10.00 EUR, at least 1.50 EUR = 1.50 EUR")
        #expect(high.amount == Money(500, .eur))
        #expect(high.explanation == "10 % of 900.00 EUR, at most 5.00 EUR = 5.00 EUR")
        #expect(try Commission.compute(line(1000, .usd), by: rules, at: now).amount.amount == 100)
    }

    @Test func `it is never more than what the line brings, VAT and floor or not`() throws {
        let vat = CommissionVAT(rate: PartsPerMillion(percent: 19))
        let greedy = [rule(10, amounts: CommissionAmounts(.eur, floor: 100))]

        let plain = try Commission.compute(line(40), by: greedy, at: now)
        let taxed = try Commission.compute(line(119), by: [rule(100)], vat: vat, at: now)

        #expect(plain.amount == Money(40, .eur))
        #expect(taxed.amount == Money(100, .eur) && taxed.vat == Money(19, .eur))
    }

    @Test func `VAT comes on top as an amount of its own, or is the seller's to pay`() throws {
        let vat = CommissionVAT(rate: PartsPerMillion(percent: 19))
        let reverse = CommissionVAT(rate: PartsPerMillion(percent: 19), isReverseCharge: true)

        let home = try Commission.compute(line(4250), by: [rule(10)], vat: vat, at: now)
        let abroad = try Commission.compute(line(4250), by: [rule(10)], vat: reverse, at: now)

        #expect(home.amount == Money(425, .eur) && home.vat == Money(81, .eur))
        #expect(home.explanation == "10 % of 42.50 EUR = 4.25 EUR; VAT 19 % = 0.81 EUR")
        #expect(abroad.vat.isZero)
        #expect(abroad.explanation.hasSuffix("; VAT: reverse charge"))
    }

    @Test func `of the net price, and of the shipping, when the rule says so`() throws {
        let line = line(1190, net: 1000, shipping: 490)

        let gross = try Commission.compute(line, by: [rule(10)], at: now)
        let net = try Commission.compute(line, by: [rule(10, base: .net)], at: now)
        let all = try Commission.compute(line, by: [rule(10, onShipping: true)], at: now)

        #expect(gross.amount.amount == 119 && gross.shipping.isZero)
        #expect(net.amount.amount == 100)
        #expect(all.amount.amount == 119 && all.shipping.amount == 49)
    }

    @Test func `a listing beats a seller, that a category, deep beats shallow, that a price`()
        throws
    {
        let band = PriceBand(.eur, from: 1000, below: 2000)
        var rules = [
            rule(1, CommissionScope(seller: seller, listing: listing)),
            rule(2, CommissionScope(listing: listing)),
            rule(3, CommissionScope(seller: seller, category: child)),
            rule(4, CommissionScope(seller: seller, band: band)),
            rule(5, CommissionScope(seller: seller)),
            rule(6, CommissionScope(category: child, band: band)),
            rule(7, CommissionScope(category: child)),
            rule(8, CommissionScope(category: root)),
            rule(9, CommissionScope(band: band)),
            rule(10),
        ]
        let inOrder = rules
        rules.shuffle()

        for best in inOrder {
            #expect(try Commission.compute(line(1000), by: rules, at: now).rule == best.id)
            rules.removeAll { $0.id == best.id }
        }
        #expect(try Commission.compute(line(1000), by: rules, at: now).amount.isZero)
    }

    @Test func `rules for somebody or something else do not fit`() throws {
        let rules = [
            rule(50, CommissionScope(seller: ID())), rule(60, CommissionScope(category: ID())),
            rule(70, CommissionScope(listing: ID())),
            rule(80, CommissionScope(band: PriceBand(.eur, from: 1001))),
            rule(90, CommissionScope(band: PriceBand(.eur, from: 0, below: 1000))),
            rule(95, CommissionScope(band: PriceBand(.usd, from: 0))), rule(10),
        ]

        #expect(try Commission.compute(line(1000), by: rules, at: now).amount.amount == 100)
    }

    @Test func `it says why this rule and not the others`() throws {
        let rules = [
            rule(10, name: "Standard"),
            rule(8, CommissionScope(seller: seller), name: "Founders"),
            rule(5, CommissionScope(category: ID()), name: "Books"),
            rule(3, CommissionScope(band: PriceBand(.eur, from: 100_000)), name: "Dear"),
        ]

        let commission = try Commission.compute(line(1000), by: rules, at: now)

        #expect(
            commission.reasoning
                == "“Founders” is for this seller. Not “Standard”: it is for every sale. "
                + "Not “Books”: it is for another category. "
                + "Not “Dear”: it is for pieces of 1000.00 EUR and more.")
    }

    @Test func `a rule counts from its beginning up to before its end, and no draft does`() throws {
        let over = rule(30, from: 900, until: 0)
        let coming = rule(40, from: 2000)
        var draft = rule(50)
        draft.state = .draft

        for rules in [[over], [coming], [draft]] {
            #expect(try Commission.compute(line(1000), by: rules, at: now).rule == nil)
        }
        let until = try Commission.compute(
            line(1000), by: [over], at: now.advanced(by: .seconds(-1)))
        #expect(until.amount.amount == 300)
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
