import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// A provider's list of an account's payouts that does not end.
struct EndlessBankPayouts: Error {
    let account: String
}

extension Marketplace {
    /// Asks every provider that tells of it what it paid out of sellers' accounts: a webhook that
    /// was lost would otherwise never be heard of. What is found is written and told exactly as by
    /// the webhook, which changes nothing any more should it still come.
    ///
    /// The provider is asked outside of any transaction; an account counts as known only when its
    /// whole list was read, so one that could not be read is read from the same time on again,
    /// within minutes at first.
    /// - Returns: of how many accounts the whole list was read.
    @discardableResult
    public func sweepBankPayouts() async throws -> Int {
        try await atEachPaymentProvider(
            "bank-payouts.sweep-failed", where: \.tellsBankPayouts
        ) { instance, provider in
            try await readAccounts(at: instance.id, provider)
        }
    }

    /// Every account once a day: each run of the worker asks for some.
    private static let askedEveryHours = 20
    private static let accountsMax = 50
    /// A payout takes days to arrive, and may fail within about five business days after that
    /// (docs.stripe.com/payouts). The list of a month is one page.
    static let readAgainDays = 30
    private static let pagesMax = 100
    private static let deadline: Duration = .seconds(20)

    private func readAccounts(
        at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws -> Int {
        try await askInTurn(
            most: Self.accountsMax, failed: "bank-payouts.not-read", name: \.reference
        ) {
            try await database.bankPayouts.claimToAsk(
                at: instance, againInHours: Self.askedEveryHours,
                readAgainDays: Self.readAgainDays)
        } ask: { account in
            // Fails also for one whose seller took the platform's permission back.
            try await readPayouts(of: account, at: instance, provider)
            return true
        }
    }

    private func readPayouts(
        of account: AccountToAsk, at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws {
        let until = Instant.systemNow
        var cursor: String?
        for _ in 0..<Self.pagesMax {
            let page = try await provider.bankPayouts(
                of: account.reference, since: account.since, after: cursor,
                OperationContext(
                    key: "bank-payouts:\(account.id):\(cursor ?? "")", within: Self.deadline))
            for reference in page.unreadable {
                guard try await database.bankPayouts.setAside(reference, of: account.id) else {
                    continue
                }
                logUnreadable(reference, of: account.reference)
            }
            for snapshot in page.payouts { try await hear(snapshot, at: instance) }
            try await linkBankPayouts(of: account.id, account.reference, provider)
            guard let next = page.next else {
                return try await database.bankPayouts.noteAsked(
                    account.id, until: until, againInHours: Self.askedEveryHours)
            }
            cursor = next
        }
        throw EndlessBankPayouts(account: account.reference)
    }

    /// One that contradicts itself is named for a person, and the others are heard all the same.
    private func hear(
        _ snapshot: BankPayoutSnapshot, at instance: ID<ProviderInstance>
    ) async throws {
        do {
            try await applyBankPayout(snapshot, at: instance)
        } catch is BankPayoutContradicted {
            logger.error(
                "bank-payout.contradicted",
                metadata: ["instance": "\(instance)", "payout": "\(snapshot.reference)"])
        }
    }
}

extension Marketplace {
    /// What payouts to sellers' banks need a worker for.
    func addBankPayouts(to handlers: inout JobHandlers) {
        handlers.every(.seconds(300), JobKind("bank-payouts.sweep", lane: .bulk)) { _ in
            try await sweepBankPayouts()
            return .done
        }
        addBankPayoutOrders(to: &handlers)
    }
}
