import Kernel
import Vocabulary
import Web

/// A commission rule as an administrator writes it down.
struct NewRule: Described {
    struct NewRuleAmounts: Described {
        let currency: Currency
        let fixedPerUnit: Int64?
        let floor: Int64?
        let cap: Int64?
        static let rules: [String: [Rule]] = [
            "fixedPerUnit": [.range(NewRule.amounts)], "floor": [.range(NewRule.amounts)],
            "cap": [.range(NewRule.amounts)],
        ]
    }
    enum Base: String, Codable, Sendable, CaseIterable { case gross, net }

    let name: String?
    let seller: ID<Seller>?
    let category: ID<Category>?
    let listing: ID<Listing>?
    let bandCurrency: Currency?
    let bandFrom: Int64?
    let bandBelow: Int64?
    let ratePpm: Int64
    let base: Base?
    let onShipping: Bool?
    let amounts: [NewRuleAmounts]?
    let fixedAmount: Int64?
    let fixedCurrency: Currency?
    let floorAmount: Int64?
    let capAmount: Int64?
    /// Without it, from now on.
    let effectiveFrom: Instant?
    let effectiveUntil: Instant?
    /// Only written down, to be simulated and published later.
    let draft: Bool?
    /// Ends a rule for the same sales when this one begins.
    let replaces: Bool?
    let reason: String

    static let amounts: ClosedRange<Int64> = 0...1_000_000_000_000

    static let rules: [String: [Rule]] = [
        "name": [.length(0...80)],
        "ratePpm": [
            .range(0...1_000_000), .about("Parts per million: 125000 is twelve and a half %."),
        ],
        "bandFrom": [
            .range(amounts), .about("Only pieces that cost so much or more, in minor units."),
        ],
        "bandBelow": [.range(amounts), .about("Only pieces that cost less, in minor units.")],
        "amounts": [.count(0...40)],
        "fixedAmount": [.range(amounts), .about("On top for each piece, in minor units.")],
        "floorAmount": [.range(amounts), .about("Of a line at least, in minor units.")],
        "capAmount": [.range(amounts), .about("Of a line at most, in minor units.")],
        "reason": [.length(3...500)],
    ]

    func kernel() throws -> CommissionDraft {
        var all = (amounts ?? []).map {
            CommissionAmounts(
                $0.currency, fixedPerUnit: $0.fixedPerUnit ?? 0, floor: $0.floor, cap: $0.cap)
        }
        if let fixedCurrency, (fixedAmount ?? floorAmount ?? capAmount) != nil {
            all.append(
                CommissionAmounts(
                    fixedCurrency, fixedPerUnit: fixedAmount ?? 0, floor: floorAmount,
                    cap: capAmount))
        }
        var band: PriceBand?
        if bandFrom != nil || bandBelow != nil {
            guard let bandCurrency else { throw CommissionRefusal.bandInvalid }
            band = PriceBand(bandCurrency, from: bandFrom ?? 0, below: bandBelow)
        }
        return CommissionDraft(
            name: name ?? "",
            CommissionScope(seller: seller, category: category, listing: listing, band: band),
            rate: PartsPerMillion(ratePpm), base: base == .net ? .net : .gross,
            isOnShipping: onShipping ?? false, amounts: all, effectiveFrom: effectiveFrom,
            effectiveUntil: effectiveUntil)
    }
}

/// From when a draft holds.
struct Publication: Described {
    /// Without it, from the draft's own time, or now.
    let effectiveFrom: Instant?
    /// Ends a rule for the same sales when this one begins.
    let replaces: Bool?
    let reason: String
    static let rules: [String: [Rule]] = ["reason": [.length(3...500)]]
}

/// A country's VAT on commission.
struct NewCommissionVAT: Described {
    let country: String
    let ratePpm: Int64
    /// A seller with a VAT number owes it instead.
    let reverseCharge: Bool?
    let reason: String
    static let rules: [String: [Rule]] = [
        "country": [.pattern(.country)], "ratePpm": [.range(0...1_000_000)],
        "reason": [.length(3...500)],
    ]
}
