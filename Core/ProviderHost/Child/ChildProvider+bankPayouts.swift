import ProviderKit
import Vocabulary

/// Payouts from sellers' accounts to their banks.
extension ChildProvider: OrderedBankPayoutProvider {
    func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] {
        try await ask(.bankPayoutsIn(webhook: webhook), context) {
            if case .bankPayoutsIn(let it) = $0 { it } else { nil }
        }
    }

    func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        try await ask(.bankPayouts(account: account, since: since, cursor: cursor), context) {
            if case .bankPayouts(let it) = $0 { it } else { nil }
        }
    }

    func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds {
        try await ask(.funds(account: account), context) {
            if case .funds(let it) = $0 { it } else { nil }
        }
    }

    func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot {
        try await ask(.payOut(request: request), context) {
            if case .bankPayout(let it) = $0 { it } else { nil }
        }
    }

    func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot? {
        try await ask(.lookupBankPayout(key: key, account: account), context) {
            if case .bankPayout(let it) = $0 { .some(it) } else { nil }
        }
    }

    func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        try await ask(.originalBankPayout(reference: reference, account: account), context) {
            if case .originalBankPayout(let it) = $0 { .some(it) } else { nil }
        }
    }
}
