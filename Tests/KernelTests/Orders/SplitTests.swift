import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Dividing a checkout by wallet` {
    @Test(arguments: [Currency.jpy, .eur, .kwd]) func `everything adds up to the last unit`(
        _ currency: Currency
    ) throws {
        var random = SplitMix(seed: 20_261_121)
        for _ in 0..<400 {
            let checkout = try Self.checkout(currency, &random)
            let totals = try Split.totals(of: checkout)
            let rule = CommissionRule(
                rate: PartsPerMillion(Int64(random.next(300_000))),
                base: random.next(2) == 0 ? .gross : .net, isOnShipping: random.next(2) == 0,
                amounts: [
                    CommissionAmounts(
                        currency, fixedPerUnit: Int64(random.next(40)),
                        floor: Int64(random.next(80)), cap: Int64(80 + random.next(10_000)))
                ], effectiveFrom: Instant(secondsSince1970: 0))
            let vat = CommissionVAT(rate: PartsPerMillion(Int64(random.next(260_000))))
            let plan = try PurchasePlan(
                checkout,
                by: CommissionTerms(
                    rules: [rule],
                    vat: Dictionary(
                        uniqueKeysWithValues: checkout.parcels.map { ($0.seller, vat) }),
                    at: checkout.readAt))
            let orders = plan.orders.map(\.amounts)
            func sum(_ part: (OrderAmounts) -> Money) throws -> Money {
                try Money.sum(orders.map(part), currency)
            }

            #expect(try sum(\.total) == totals.total)
            #expect(try sum(\.items) == totals.items)
            #expect(try sum(\.shipping) == totals.shipping)
            #expect(try sum(\.tax) == totals.tax)
            #expect(try sum(\.taxIncluded) == totals.taxIncluded)
            #expect(
                try Money.sum(plan.shares.map(\.amount), currency) == totals.total)
            #expect(
                totals.total.amount
                    == totals.items.amount + totals.shipping.amount + totals.tax.amount)
            for order in orders {
                #expect(
                    order.total.amount
                        == order.items.amount + order.shipping.amount + order.tax.amount)
                #expect(
                    order.sellerShare.amount + order.commission.amount
                        + order.commissionVAT.amount + order.taxByPlatform.amount
                        == order.total.amount)
                #expect(!order.commission.isNegative)
                #expect(!order.commissionVAT.isNegative)
            }
            for order in plan.orders {
                let kept = order.commission
                #expect(
                    kept.lines.reduce(kept.shipping.amount.amount) { $0 + $1.amount.amount }
                        == order.amounts.commission.amount)
                #expect(
                    kept.lines.reduce(kept.shipping.vat.amount) { $0 + $1.vat.amount }
                        == order.amounts.commissionVAT.amount)
                for line in order.lines {
                    #expect(
                        line.commission.amount.amount + line.commission.vat.amount
                            <= line.line.total.amount - line.tax.includedByPlatform.amount)
                }
            }
            let lines = plan.orders.flatMap(\.lines)
            let taxes = try Money.sum(checkout.taxLines.map(\.amount), currency)
            let ofShipping = try Money.sum(
                checkout.taxLines.filter { $0.lineID.hasPrefix("shipping") }.map(\.amount),
                currency)
            #expect(
                try Money.sum(lines.map(\.tax.amount), currency).adding(ofShipping) == taxes)
            #expect(
                try Money.sum(lines.map(\.line.total), currency) == totals.items)
        }
    }

    @Test func `numbers can be read over a telephone`() {
        for _ in 0..<1000 {
            let number = PurchaseNumber.random()
            #expect(number.count == 8)
            #expect(!number.contains(where: "01OILUaeiou".contains))
        }
        #expect(PurchaseNumber.normalized(" k7m4 9xq2 - 1") == "K7M49XQ2-1")
        #expect(PurchaseNumber.order("K7M49XQ2", 0) == "K7M49XQ2-1")
    }

    /// One to four parcels of one to five lines, with shipping, and taxes that are inside, on top
    /// or both, owed by sellers or the platform.
    private static func checkout(
        _ currency: Currency, _ random: inout SplitMix
    ) throws -> Checkout {
        var taxLines: [TaxLine] = []
        var parcels: [CheckoutParcel] = []
        var number = 0
        for parcel in 0...random.next(4) {
            var lines: [CheckoutLine] = []
            for _ in 0...random.next(5) {
                let line = try Self.line(number, currency, &random)
                lines.append(line)
                try tax(TaxLineID.goods(number), line.total, &taxLines, &random)
                number += 1
            }
            let option = ShippingQuote(
                code: "parcel", label: "Parcel", price: Money(Int64(random.next(1500)), currency))
            try tax(TaxLineID.shipping(parcel), option.price, &taxLines, &random)
            parcels.append(
                CheckoutParcel(
                    number: parcel, seller: ID(), sellerName: "Seller", sellerSlug: "seller",
                    sellerCountry: "DE", wallet: ID(), lines: lines, options: [option],
                    isQuoted: true, chosen: "parcel", sellerIsOpen: true, shippingInstance: nil,
                    origin: nil, holdDays: 7))
        }
        let now = Instant(secondsSince1970: 1_700_000_000)
        return Checkout(
            id: ID(), account: nil, email: "grace@example.com", currency: currency,
            address: Address(name: "Grace", lines: ["1"], city: "Köln", country: "DE"),
            state: .open, totals: .zero(currency), taxLines: taxLines, isTaxed: true,
            parcels: parcels, expiresAt: now, taxInstance: nil, version: 1, readAt: now)
    }

    private static func line(
        _ number: Int, _ currency: Currency, _ random: inout SplitMix
    ) throws -> CheckoutLine {
        let price = Money(Int64(random.next(100_000)), currency)
        let quantity = 1 + random.next(9)
        return CheckoutLine(
            number: number, variant: ID(), listing: ID(), quantity: quantity, unitPrice: price,
            title: "Thing", sku: nil, optionsText: "", imageHash: nil, weightGrams: 100,
            total: try price.multiplied(by: quantity), isForSale: true, categoryPath: [],
            taxCode: "standard", requiresShipping: true)
    }

    private static func tax(
        _ id: String, _ amount: Money, _ lines: inout [TaxLine], _ random: inout SplitMix
    ) throws {
        for _ in 0...random.next(2) {
            let rate = PartsPerMillion(Int64(random.next(250_000)))
            let isIncluded = random.next(2) == 0
            let due = try isIncluded ? rate.included(in: amount) : rate.of(amount)
            lines.append(
                TaxLine(
                    lineID: id, jurisdiction: "DE", label: "VAT", rate: rate, base: amount,
                    amount: due, isIncluded: isIncluded, treatment: .standard,
                    remitter: random.next(3) == 0 ? .platform : .seller, source: "test"))
        }
    }
}

/// Repeatable randomness (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(bound))
    }
}
