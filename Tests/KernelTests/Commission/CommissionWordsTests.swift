import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What sellers read of a commission` {
    private let seller = ID<Seller>()
    private let now = Instant(secondsSince1970: 1_800_000_000)

    private func commission(
        _ amount: Int64, _ rules: [CommissionRule], vat: CommissionVAT = .none, pieces: Int = 1,
        ownShipping: Int64 = 0
    ) throws -> Commission {
        let money = Money(amount, .eur)
        return try Commission.compute(
            CommissionLine(
                seller: seller, listing: ID(), categoryPath: [ID()],
                unitPrice: Money(amount / Int64(pieces), .eur), quantity: pieces,
                goods: CommissionBase(gross: money, net: money),
                shipping: CommissionBase(
                    gross: Money(ownShipping, .eur), net: Money(ownShipping, .eur)),
                isShippingOwn: ownShipping > 0),
            by: rules, vat: vat, at: now)
    }

    private func rule(
        _ ppm: Int64, _ scope: CommissionScope = CommissionScope(), name: String = "",
        amounts: CommissionAmounts...
    ) -> CommissionRule {
        CommissionRule(
            name: name, scope, rate: PartsPerMillion(ppm), base: .gross, isOnShipping: false,
            amounts: amounts, effectiveFrom: now.advanced(by: .seconds(-1000)),
            effectiveUntil: nil)
    }

    private func said(_ language: Language, _ say: () -> String) throws -> String {
        try Words.$current.withValue(.kernel(language)) { say() }
    }

    @Test func `stands as the language writes it`() throws {
        let fixed = CommissionAmounts(.eur, fixedPerUnit: 30)
        let kept = try commission(
            123_450, [rule(105_000, amounts: fixed)],
            vat: CommissionVAT(rate: PartsPerMillion(190_000)), pieces: 2)
        #expect(kept.explanation.hasPrefix("10.5 % of 1234.50 EUR + 0.30 EUR × 2 = "))

        let german = try said(.german) { CommissionWords.explanation(kept.explanation) }
        let french = try said(.french) { CommissionWords.explanation(kept.explanation) }

        #expect(
            german == "10,5\u{a0}% von 1.234,50\u{a0}€ + 0,30\u{a0}€ × 2 = 130,22\u{a0}€"
                + "; USt 19\u{a0}% = 24,74\u{a0}€")
        #expect(
            french == "10,5\u{a0}% de 1\u{202f}234,50\u{a0}€ + 0,30\u{a0}€ × 2 = 130,22\u{a0}€"
                + "\u{a0}; TVA 19\u{a0}% = 24,74\u{a0}€")
    }

    /// Whatever the rule is made of, its explanation is taken apart: nothing of it stays English.
    @Test func `is said in the language whatever the rule takes`() throws {
        let all: [CommissionAmounts?] = [
            nil, CommissionAmounts(.eur, fixedPerUnit: 30),
            CommissionAmounts(.eur, fixedPerUnit: 0, floor: 150),
            CommissionAmounts(.eur, fixedPerUnit: 30, floor: 5000),
            CommissionAmounts(.eur, fixedPerUnit: 0, cap: 5),
            CommissionAmounts(.eur, fixedPerUnit: 30, floor: 5, cap: 6),
        ]
        let vats = [
            CommissionVAT.none, CommissionVAT(rate: PartsPerMillion(81_000)),
            CommissionVAT(rate: PartsPerMillion(190_000), isReverseCharge: true),
        ]
        for amounts in all {
            for vat in vats {
                for (price, rate) in [(1000, 100_000), (0, 0), (99, 1_000_000), (7_654_321, 1)] {
                    let rules = [
                        amounts.map { rule(Int64(rate), amounts: $0) } ?? rule(Int64(rate))
                    ]
                    let kept = try commission(Int64(price), rules, vat: vat)
                    let text = kept.explanation
                    let german = try said(.german) { CommissionWords.explanation(text) }
                    #expect(!german.contains("EUR") && !german.contains(" of "), "\(text)")
                    #expect(!german.contains(" at ") && !german.contains("VAT"), "\(text)")
                    #expect(german.contains(" von "), "\(text)")
                }
            }
        }
        #expect(
            try said(.german) { CommissionWords.explanation("no commission") } == "keine Provision")
        #expect(try said(.german) { CommissionWords.explanation("as agreed") } == "as agreed")
    }

    @Test func `says in the language what is taken of the shop's own shipping prices`() throws {
        let vat = CommissionVAT(rate: PartsPerMillion(190_000))
        let kept = try commission(1000, [rule(100_000)], vat: vat, ownShipping: 990).explanation

        #expect(
            try said(.english) { CommissionWords.explanation(kept) }
                .hasSuffix(
                    "; 10\u{a0}% of €\u{a0}9.90 shipping at the shop's own prices "
                        + "= €\u{a0}0.99"))
        #expect(
            try said(.german) { CommissionWords.explanation(kept) }
                == "10\u{a0}% von 10,00\u{a0}€ = 1,00\u{a0}€; USt 19\u{a0}% = 0,19\u{a0}€; "
                + "10\u{a0}% von 9,90\u{a0}€ Versand zu eigenen Preisen der Werkstatt "
                + "= 0,99\u{a0}€")
        #expect(
            try said(.french) { CommissionWords.explanation(kept) }
                .contains("9,90\u{a0}€ d’expédition aux prix de l’atelier = 0,99\u{a0}€"))
    }

    @Test func `says in the language why this rule and not the others`() throws {
        let rules = [
            rule(100_000, name: "Standard. Not for all"),
            rule(80_000, CommissionScope(seller: seller), name: "Founders"),
            rule(50_000, CommissionScope(category: ID()), name: "Books"),
            rule(30_000, CommissionScope(band: PriceBand(.eur, from: 100_000)), name: "Dear"),
        ]
        let reasoning = try commission(1000, rules).reasoning

        let german = try said(.german) { CommissionWords.reasoning(reasoning) }

        #expect(german.contains("“Founders” gilt für diese Werkstatt."))
        #expect(german.contains("Nicht “Standard. Not for all”: gilt für jeden Verkauf."))
        #expect(german.contains("Nicht “Books”: gilt für eine andere Kategorie."))
        #expect(german.contains("Nicht “Dear”: gilt für Stücke ab 1.000,00\u{a0}€."))
        let none = try commission(1000, []).reasoning
        #expect(
            try said(.french) { CommissionWords.reasoning(none) }
                == "Aucune règle ne vaut pour cette vente.")
        #expect(try said(.french) { CommissionWords.reasoning("") }.isEmpty)
    }
}
