public import ProviderKit
public import Vocabulary

/// Each throws `unsupported` when the provider does not tell of payouts to sellers' banks.
extension GuardedPayment {
    /// Whether it tells how sellers' accounts are paid out to their banks.
    public var tellsBankPayouts: Bool { call.line.roles.contains(.bankPayouts) }

    /// The payouts that a delivery is about; none when it is about something else.
    public func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] {
        try requireBankPayouts()
        return try await call.perform(
            .bankPayoutsIn(webhook: webhook), "bankPayoutsIn", .none, context,
            as: { if case .bankPayoutsIn(let list) = $0 { list } else { nil } },
            sanity: { list in
                list.count > Sanity.bankPayoutPageMax
                    ? "a page without end"
                    : list.lazy.compactMap { Sanity.problem(with: $0, of: nil) }.first
            })
    }

    /// A page of what was paid out of an account and made from `since` on.
    public func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        try requireBankPayouts()
        return try await call.perform(
            .bankPayouts(account: account, since: since, cursor: cursor), "bankPayouts", .none,
            context, as: { if case .bankPayouts(let page) = $0 { page } else { nil } },
            sanity: { Sanity.problem(with: $0, of: account, after: cursor) })
    }

    private func requireBankPayouts() throws(ProviderError) {
        guard tellsBankPayouts else { throw .unsupported(operation: "payouts to banks") }
    }
}

extension Sanity {
    /// Each of a page is written under a lock of its own.
    static let bankPayoutPageMax = 100

    package static func problem(
        with page: BankPayoutPage, of account: String, after cursor: String?
    ) -> String? {
        guard page.payouts.count + page.unreadable.count <= bankPayoutPageMax else {
            return "a page without end"
        }
        if let next = page.next {
            let isCursor = (1...referenceBytesMax).contains(next.utf8.count)
            guard isCursor, next != cursor else { return "the list does not go on" }
        }
        return page.payouts.lazy.compactMap { problem(with: $0, of: account) }.first
    }

    /// - Parameter account: the one that was asked for; nil when none was.
    package static func problem(
        with payout: BankPayoutSnapshot, of account: String?
    ) -> String? {
        if let problem = reference(payout.reference) ?? reference(payout.account) {
            return problem
        }
        if let account, payout.account != account { return "it is of another account" }
        guard !payout.amount.isZero, payout.amount.amount.magnitude <= Money.amountMax else {
            return "an absurd amount"
        }
        guard (payout.failureCode ?? "").utf8.count <= referenceBytesMax,
            (payout.failure ?? "").utf8.count <= 1000
        else { return "an endless sentence" }
        return words(payout.failureCode) ?? words(payout.failure) ?? version(payout.version)
    }
}
