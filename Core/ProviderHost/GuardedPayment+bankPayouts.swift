public import ProviderKit
public import Vocabulary

/// Each throws `unsupported` when the provider does not tell of payouts to sellers' banks.
extension GuardedPayment {
    /// Whether it tells how sellers' accounts are paid out to their banks.
    public var tellsBankPayouts: Bool { call.line.roles.contains(.bankPayouts) }

    /// The payouts that a delivery is about; none when it is about something else. One that the
    /// module can make nothing of, or that cannot be believed, is named, and the others are told.
    public func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutNews {
        try requireBankPayouts()
        let told: [BankPayoutSnapshot]
        do throws(ProviderError) {
            told = try await call.perform(
                .bankPayoutsIn(webhook: webhook), "bankPayoutsIn", .none, context,
                as: { if case .bankPayoutsIn(let list) = $0 { list } else { nil } },
                sanity: { list in
                    list.count > Sanity.bankPayoutPageMax
                        ? "a page without end"
                        : list.lazy.compactMap { Sanity.place(of: $0, in: nil) }.first
                })
        } catch {
            guard let one = UnreadableBankPayout(error), Sanity.isNamed(one) else { throw error }
            return BankPayoutNews(payouts: [], unreadable: [one])
        }
        return BankPayoutNews(told)
    }

    /// A page of what was paid out of an account and made from `since` on. One that cannot be
    /// believed is named among the unreadable, and the others are told all the same.
    public func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        try requireBankPayouts()
        var page = try await call.perform(
            .bankPayouts(account: account, since: since, cursor: cursor), "bankPayouts", .none,
            context, as: { if case .bankPayouts(let page) = $0 { page } else { nil } },
            sanity: { Sanity.frame(of: $0, of: account, after: cursor) })
        let news = BankPayoutNews(page.payouts)
        page.payouts = news.payouts
        page.unreadable += news.unreadable.map(\.reference)
        return page
    }

    private func requireBankPayouts() throws(ProviderError) {
        guard tellsBankPayouts else { throw .unsupported(operation: "payouts to banks") }
    }
}

/// What a delivery says of payouts to sellers' banks.
public struct BankPayoutNews: Sendable {
    public var payouts: [BankPayoutSnapshot]
    /// A person looks at them at the provider.
    public var unreadable: [UnreadableBankPayout]
}

extension BankPayoutNews {
    /// Of what a module told whatever can be believed, and the rest by its name.
    init(_ told: [BankPayoutSnapshot]) {
        self.init(payouts: [], unreadable: [])
        for payout in told {
            if let problem = Sanity.problem(with: payout, of: nil) {
                unreadable.append(
                    UnreadableBankPayout(
                        account: payout.account, reference: payout.reference, problem: problem))
            } else {
                payouts.append(payout)
            }
        }
    }
}

extension Sanity {
    /// Each of a page is written under a lock of its own.
    static let bankPayoutPageMax = 100

    package static func problem(
        with page: BankPayoutPage, of account: String, after cursor: String?
    ) -> String? {
        frame(of: page, of: account, after: cursor)
            ?? page.payouts.lazy.compactMap { problem(with: $0, of: account) }.first
    }

    /// What is wrong with a page besides what it says of single payouts.
    static func frame(
        of page: BankPayoutPage, of account: String, after cursor: String?
    ) -> String? {
        guard page.payouts.count + page.unreadable.count <= bankPayoutPageMax else {
            return "a page without end"
        }
        if let problem = problem(withNext: page.next, after: cursor)
            ?? page.unreadable.lazy.compactMap({ words($0) }).first
        {
            return problem
        }
        return page.payouts.lazy.compactMap { place(of: $0, in: account) }.first
            ?? page.unreadable.lazy.compactMap { reference($0) }.first
    }

    /// Whether what a module names can be kept by its name.
    static func isNamed(_ one: UnreadableBankPayout) -> Bool {
        reference(one.account) == nil && reference(one.reference) == nil
    }

    /// Where it is: whatever else is wrong with it, it is known by that.
    static func place(of payout: BankPayoutSnapshot, in account: String?) -> String? {
        if let problem = reference(payout.reference) ?? reference(payout.account) {
            return problem
        }
        if let account, payout.account != account { return "it is of another account" }
        return nil
    }

    /// - Parameter account: the one that was asked for; nil when none was.
    package static func problem(
        with payout: BankPayoutSnapshot, of account: String?
    ) -> String? {
        if let problem = place(of: payout, in: account) { return problem }
        guard !payout.amount.isZero, payout.amount.amount.magnitude <= Money.amountMax else {
            return "an absurd amount"
        }
        guard (payout.failureCode ?? "").utf8.count <= referenceBytesMax,
            (payout.failure ?? "").utf8.count <= 1000
        else { return "an endless sentence" }
        return words(payout.failureCode) ?? words(payout.failure) ?? version(payout.version)
    }
}
