import ProviderKit
import Vocabulary

/// A checkout as chance fills it: any currency, prices, quantities, taxes inside or on top, owed by
/// sellers or by the platform, and commission rules of any rate.
struct SimCart {
    let checkout: Checkout
    let terms: CommissionTerms

    /// Exponents 0, 2, 3 and 9.
    static let currencies: [Currency] = [.eur, .jpy, .kwd, Currency("SOL") ?? .usd]

    init(
        sellers: [ID<Seller>], wallets: [ID<Wallet>], at now: Instant,
        _ random: inout SplitMix64
    ) {
        let currency = Self.currencies.randomElement(using: &random) ?? .eur
        // Where everything costs next to nothing, amounts meet that never do otherwise.
        let isSmall = Int.random(in: 0..<4, using: &random) == 0
        let places = (0..<sellers.count).shuffled(using: &random)
            .prefix(Int.random(in: 1...min(4, sellers.count), using: &random)).sorted()
        var taxes: [TaxLine] = []
        var parcels: [CheckoutParcel] = []
        var number = 0
        for (index, place) in places.enumerated() {
            var lines: [CheckoutLine] = []
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let line = Self.line(number, currency, upTo: isSmall ? 9 : 50_000, &random)
                lines.append(line)
                Self.tax(TaxLineID.goods(number), line.total, &taxes, &random)
                number += 1
            }
            let shipping = Money(
                Int64.random(in: 0...(isSmall ? 5 : 1500), using: &random), currency)
            Self.tax(TaxLineID.shipping(index), shipping, &taxes, &random)
            parcels.append(
                CheckoutParcel(
                    number: index, seller: sellers[place], sellerName: "Seller", sellerSlug: "s",
                    sellerCountry: "DE", wallet: wallets[place], lines: lines,
                    options: [ShippingQuote(code: "post", label: "Post", price: shipping)],
                    isQuoted: true, chosen: "post", sellerIsOpen: true, shippingInstance: nil,
                    origin: nil, holdDays: 7))
        }
        var checkout = Checkout(
            id: ID(), account: nil, email: "sim@example.com", currency: currency,
            address: Address(name: "Sim", lines: ["1"], city: "Köln", country: "DE"),
            state: .open, totals: .zero(currency), taxLines: taxes, isTaxed: true,
            parcels: parcels, expiresAt: now, taxInstance: nil, version: 1, readAt: now)
        checkout.totals = (try? Split.totals(of: checkout)) ?? .zero(currency)
        self.checkout = checkout
        terms = Self.terms(sellers, currency, isSmall, at: now, &random)
    }

    /// One rule for all, perhaps a closer one for a seller, and VAT on the commission of some.
    private static func terms(
        _ sellers: [ID<Seller>], _ currency: Currency, _ isSmall: Bool, at now: Instant,
        _ random: inout SplitMix64
    ) -> CommissionTerms {
        func rule(_ scope: CommissionScope, _ random: inout SplitMix64) -> CommissionRule {
            CommissionRule(
                scope, rate: PartsPerMillion(Int64.random(in: 0...400_000, using: &random)),
                base: Bool.random(using: &random) ? .gross : .net,
                isOnShipping: Bool.random(using: &random),
                amounts: [
                    CommissionAmounts(
                        currency,
                        fixedPerUnit: isSmall ? 0 : Int64.random(in: 0...50, using: &random),
                        floor: !isSmall && Bool.random(using: &random) ? 30 : nil,
                        cap: Bool.random(using: &random) ? 5000 : nil)
                ], effectiveFrom: Instant(secondsSince1970: 0))
        }
        var rules = [rule(CommissionScope(), &random)]
        var vat: [ID<Seller>: CommissionVAT] = [:]
        for seller in sellers where Bool.random(using: &random) {
            vat[seller] = CommissionVAT(
                rate: PartsPerMillion(Int64.random(in: 0...250_000, using: &random)))
        }
        if let seller = sellers.first, Bool.random(using: &random) {
            rules.append(rule(CommissionScope(seller: seller), &random))
        }
        return CommissionTerms(rules: rules, vat: vat, at: now)
    }

    private static func line(
        _ number: Int, _ currency: Currency, upTo most: Int64, _ random: inout SplitMix64
    ) -> CheckoutLine {
        let quantity = Int.random(in: 1...5, using: &random)
        let price = Int64.random(in: 0...most, using: &random)
        return CheckoutLine(
            number: number, variant: ID(), listing: ID(), quantity: quantity,
            unitPrice: Money(price, currency), title: "Thing", sku: nil, optionsText: "",
            imageHash: nil, weightGrams: 100, total: Money(price * Int64(quantity), currency),
            isForSale: true, categoryPath: [], taxCode: "standard", requiresShipping: true)
    }

    private static func tax(
        _ id: String, _ amount: Money, _ lines: inout [TaxLine], _ random: inout SplitMix64
    ) {
        guard Int.random(in: 0..<3, using: &random) > 0 else { return }
        let rate = PartsPerMillion(Int64.random(in: 0...270_000, using: &random))
        let isIncluded = Bool.random(using: &random)
        guard let due = try? isIncluded ? rate.included(in: amount) : rate.of(amount) else {
            return
        }
        lines.append(
            TaxLine(
                lineID: id, jurisdiction: "DE", label: "VAT", rate: rate, base: amount,
                amount: due, isIncluded: isIncluded, treatment: .standard,
                remitter: Int.random(in: 0..<3, using: &random) == 0 ? .platform : .seller,
                source: "chance"))
    }
}
