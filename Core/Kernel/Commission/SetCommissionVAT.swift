import Vocabulary

/// The VAT on commission taken of the sellers of one country.
public struct CommissionVATRate: Hashable, Sendable {
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let rate: PartsPerMillion
    /// A seller with a VAT number owes it instead.
    public let reverseCharge: Bool

    public init(country: String, rate: PartsPerMillion, reverseCharge: Bool) {
        self.country = country
        self.rate = rate
        self.reverseCharge = reverseCharge
    }
}

extension Marketplace {
    /// Every country's rate, by its code.
    public func commissionVATRates() async throws -> [CommissionVATRate] {
        try await database.commissions.listVAT()
    }

    /// Sets a country's rate for sales from now on. Written to the audit trail.
    /// - Throws: ``CommissionRefusal``: `countryUnknown`, `rateOutOfRange`.
    public func setCommissionVAT(
        _ vat: CommissionVATRate, as admin: ID<Account>, reason: String
    ) async throws {
        guard vat.country.utf8.count == 2,
            vat.country.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { throw CommissionRefusal.countryUnknown }
        guard (0...1_000_000).contains(vat.rate.value) else {
            throw CommissionRefusal.rateOutOfRange
        }
        try await database.transaction { tx in
            let before = try await tx.audit.before("country", vat.country)
            try await tx.commissions.saveVAT(vat, by: admin)
            try await tx.audit.record(
                "commission.vat-set", on: "country", vat.country, by: admin,
                reason: "\(vat.rate.percentText): \(reason)", before: before)
        }
    }
}
