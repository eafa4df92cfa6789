import Postgres
import Vocabulary

/// From how much on a payout needs a second person.
public struct ApprovalLimit: Hashable, Sendable, Codable {
    public let limit: Money
}

/// What became of a wish for another limit.
public enum ApprovalLimitOutcome: Hashable, Sendable {
    /// It holds from now on.
    case holds
    /// It gives one person more to do alone: a second one has to set the same.
    case waitsForSecondPerson
}

/// A higher limit, or none, that a second person has to set too.
public struct ApprovalLimitWish: Hashable, Sendable {
    public let currency: Currency
    /// Nil takes the limit away.
    public let limit: Money?
    public let askedBy: ID<Account>
    public let askedAt: Instant
}

extension Marketplace {
    /// Sets from how much on a payout in a currency needs a second person. A lower limit holds at
    /// once; a higher one, or none, when another person sets the same within seven days.
    /// - Parameter amount: minor units, above zero; nil lets one person do it.
    @discardableResult
    public func setApprovalLimit(
        _ currency: Currency, to amount: Int64?, reason: String, by admin: ID<Account>
    ) async throws -> ApprovalLimitOutcome {
        if let amount, !(1...Money.amountMax).contains(amount) {
            throw InputRefusal(.wrong("The limit is above zero."), field: "amount")
        }
        let subject = Self.limitSubject(currency)
        return try await database.transaction { tx in
            let old = try await tx.payoutPlans.approvalLimits()[currency]
            let wanted = amount.map { Money($0, currency) }
            let isHigher = old.map { old in amount.map { $0 > old } ?? true } ?? false
            if isHigher,
                try await !tx.isWantedByTwo(
                    amount.map { String($0) } ?? Self.noLimit, of: subject, reason: reason,
                    by: admin)
            {
                try await tx.audit.record(
                    "payouts.limit-asked", on: "market", "payouts", by: admin, reason: reason,
                    before: old.map { Money($0, currency) }, after: wanted)
                try await tx.outbox.record(
                    OutboxEvent(
                        "payouts.limit-asked", about: "account", admin,
                        LimitNotice(amount: wanted, note: Self.note(currency, wanted))
                    ).tellingAdministrators())
                return .waitsForSecondPerson
            }
            try await tx.secondPersons.delete(subject)
            try await tx.payoutPlans.saveApprovalLimit(currency, amount)
            try await tx.audit.record(
                "payouts.limit-changed", on: "market", "payouts", by: admin, reason: reason,
                before: old.map { Money($0, currency) }, after: wanted)
            return .holds
        }
    }

    /// The limits, by currency.
    public func approvalLimits() async throws -> [ApprovalLimit] {
        try await database.payoutPlans.approvalLimits()
            .map { ApprovalLimit(limit: Money($0.value, $0.key)) }
            .sorted { $0.limit.currency.code < $1.limit.currency.code }
    }

    /// What a second person has to set too, by currency.
    public func approvalLimitWishes() async throws -> [ApprovalLimitWish] {
        let currencies = Currency.allCodes.compactMap { Currency($0) }
        let subjects = Dictionary(
            uniqueKeysWithValues: currencies.map { (Self.limitSubject($0), $0) })
        return try await database.secondPersons.find(Array(subjects.keys)).compactMap { found in
            subjects[found.subject].map { currency in
                ApprovalLimitWish(
                    currency: currency, limit: Int64(found.wish).map { Money($0, currency) },
                    askedBy: found.askedBy, askedAt: found.askedAt)
            }
        }
    }

    private static let noLimit = "none"

    private static func limitSubject(_ currency: Currency) -> String {
        "payout-limit:\(currency.code)"
    }

    private static func note(_ currency: Currency, _ wanted: Money?) -> String {
        let limit = wanted.map { "\($0)" } ?? "no limit in \(currency.code)"
        return "\(limit) waits for a second person to set it too"
    }
}

/// What administrators read of a limit that one of them wants higher.
private struct LimitNotice: Codable, Sendable {
    let amount: Money?
    let note: String
}
