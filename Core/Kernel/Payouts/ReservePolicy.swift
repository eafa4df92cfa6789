import Vocabulary

/// How much of what a seller earned is kept for how long after it would be available: a rolling
/// reserve, out of which refunds and chargebacks of the same order are paid first.
public struct ReservePolicy: Hashable, Sendable, Codable {
    public let rate: PartsPerMillion
    public let days: Int

    public static let none = ReservePolicy(rate: PartsPerMillion(0), days: 0)

    init(rate: PartsPerMillion, days: Int) {
        self.rate = rate
        self.days = days
    }

    /// - Throws: `InputRefusal` for more than 100 %, more than 365 days, or a rate without days.
    public static func checked(rate: PartsPerMillion, days: Int) throws -> ReservePolicy {
        guard (0...1_000_000).contains(rate.value) else {
            throw InputRefusal(.wrong("The reserve is 0 to 100 %."), field: "ratePpm")
        }
        guard (0...365).contains(days), rate.value == 0 || days > 0 else {
            throw InputRefusal(.wrong("The reserve is kept for 1 to 365 days."), field: "days")
        }
        return ReservePolicy(rate: rate, days: days)
    }

    /// The part of an order's earnings that is kept, rounded half up to the minor unit.
    func kept(of amount: Money) throws(MoneyError) -> Money { try rate.of(amount) }
}

extension Marketplace {
    /// Keeps a part of what the seller earns in reserve, for orders whose hold ends from now on.
    public func setReserve(
        of id: ID<Seller>, to policy: ReservePolicy, reason: String, by admin: ID<Account>
    ) async throws {
        let policy = try ReservePolicy.checked(rate: policy.rate, days: policy.days)
        try await database.transaction { tx in
            guard let seller = try await tx.sellers.lock(id) else { throw SellerRefusal.unknown }
            try await tx.sellers.saveReserve(id, policy)
            try await tx.audit.record(
                "seller.reserve-changed", on: "seller", id.description, by: admin, reason: reason,
                before: seller.reserve, after: policy)
        }
    }
}
