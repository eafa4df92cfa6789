import Logging
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// How many of an account are asked about at once; the others have their turn the next time.
    private static let linksMax = 20
    private static let linkDeadline: Duration = .seconds(10)

    /// Asks the provider which payout each of those below zero takes back of which nobody knows.
    /// One that cannot be asked about stays unknown, and is asked about the next time.
    func linkBankPayouts(
        of account: ID<PayoutAccount>, _ reference: String, _ provider: GuardedPayment
    ) async throws {
        guard provider.ordersBankPayouts else { return }
        for payout in try await database.bankPayouts.unlinked(of: account, limit: Self.linksMax) {
            do {
                let original = try await provider.original(
                    of: payout, in: reference,
                    OperationContext(
                        key: "bank-payout-link:\(account):\(payout)", within: Self.linkDeadline))
                try await database.bankPayouts.link(payout, of: account, to: original)
            } catch let error as ProviderError {
                logger.warning(
                    "bank-payout.not-linked",
                    metadata: ["payout": "\(payout)", "error": "\(error)"])
                return
            }
        }
    }

    /// The same for what a webhook told of.
    func linkBankPayout(
        _ payout: BankPayoutSnapshot, at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws {
        guard payout.amount.isNegative,
            let account = try await database.payoutAccounts.find(
                reference: payout.account, at: instance)
        else { return }
        try await linkBankPayouts(of: account.id, payout.account, provider)
    }

    /// Payouts to sellers' banks that their modules can make nothing of, newest first, for
    /// administrators.
    public func unreadBankPayouts(_ page: PageRequest) async throws -> Page<UnreadBankPayout> {
        try await database.bankPayouts.unread(page)
    }
}
