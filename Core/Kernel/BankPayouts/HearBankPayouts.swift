import Logging
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Applies what a delivery says of payouts from sellers' accounts to banks. One that nobody can
    /// read is put aside for a person, and the others are heard all the same.
    /// - Returns: whether any of it was of an account that the market opened at that instance.
    /// - Throws: ``BankPayoutContradicted`` when all others were heard.
    func hearBankPayouts(
        in webhook: VerifiedWebhook, at instance: ID<ProviderInstance>, _ provider: GuardedPayment,
        _ context: OperationContext
    ) async throws -> Bool {
        let news = try await provider.bankPayouts(in: webhook, context)
        var isKnown = false
        for one in news.unreadable where try await setAside(one, at: instance) { isKnown = true }
        var contradicted: BankPayoutContradicted?
        for payout in news.payouts {
            do {
                guard try await applyBankPayout(payout, at: instance) else { continue }
                isKnown = true
                try await linkBankPayout(payout, at: instance, provider)
            } catch let error as BankPayoutContradicted {
                contradicted = error
            }
        }
        if let contradicted { throw contradicted }
        return isKnown
    }

    /// The account has its turn to be read next: its module may have told of others with it.
    /// - Returns: whether the market opened the account there.
    private func setAside(
        _ one: UnreadableBankPayout, at instance: ID<ProviderInstance>
    ) async throws -> Bool {
        guard
            let account = try await database.payoutAccounts.find(
                reference: one.account, at: instance)
        else { return false }
        let isNews = try await database.transaction { tx in
            guard try await tx.bankPayouts.setAside(one.reference, of: account.id) else {
                return false
            }
            try await tx.bankPayouts.askNext(account.id)
            return true
        }
        if isNews { logUnreadable(one.reference, of: one.account, one.problem) }
        return true
    }

    func logUnreadable(_ reference: String, of account: String, _ problem: String = "") {
        logger.error(
            "bank-payout.unreadable",
            metadata: [
                "account": "\(account)", "payout": "\(reference)", "problem": "\(problem)",
            ])
    }
}
