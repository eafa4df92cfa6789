import Vocabulary

/// From how much on a payout needs a second person.
public struct ApprovalLimit: Hashable, Sendable, Codable {
    public let limit: Money
}

extension Marketplace {
    /// Sets from how much on a payout in a currency needs a second person.
    /// - Parameter amount: minor units, above zero; nil lets one person do it.
    public func setApprovalLimit(
        _ currency: Currency, to amount: Int64?, reason: String, by admin: ID<Account>
    ) async throws {
        if let amount, !(1...Money.amountMax).contains(amount) {
            throw InputRefusal(.wrong("The limit is above zero."), field: "amount")
        }
        try await database.transaction { tx in
            let old = try await tx.payoutPlans.approvalLimits()[currency]
            try await tx.payoutPlans.saveApprovalLimit(currency, amount)
            try await tx.audit.record(
                "payouts.limit-changed", on: "market", "payouts", by: admin, reason: reason,
                before: old.map { Money($0, currency) }, after: amount.map { Money($0, currency) })
        }
    }

    /// The limits, by currency.
    public func approvalLimits() async throws -> [ApprovalLimit] {
        try await database.payoutPlans.approvalLimits()
            .map { ApprovalLimit(limit: Money($0.value, $0.key)) }
            .sorted { $0.limit.currency.code < $1.limit.currency.code }
    }
}
