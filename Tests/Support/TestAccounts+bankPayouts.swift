import ProviderKit
import Vocabulary

/// What goes on from sellers' accounts to their banks.
extension TestAccounts {
    public func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] {
        let (told, odd) = bank.state.withLock {
            ($0.toldPayouts[webhook.eventID] ?? [], $0.oddPayouts)
        }
        if let one = told.first(where: { odd.contains($0.reference) }) {
            throw UnreadableBankPayout(
                account: one.account, reference: one.reference, problem: "It levitates."
            ).error
        }
        return told
    }

    public func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        return bank.state.withLock { state in
            BankPayoutPage(
                payouts: state.bankPayouts.values.filter {
                    $0.account == account && !state.oddPayouts.contains($0.reference)
                }, unreadable: state.oddPayouts)
        }
    }

    public func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        return bank.state.withLock { state in
            AccountFunds(
                account: account, isManual: state.accountFunds.isManual,
                available: state.accountFunds.available)
        }
    }

    public func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot {
        await bank.passTime()
        return try bank.perform("payOut") { state throws(ProviderError) in
            if let known = state.bankPayouts[context.idempotencyKey] { return known }
            let payout = BankPayoutSnapshot(
                reference: "po_" + context.idempotencyKey, account: request.account,
                status: .pending, amount: request.amount, madeAt: .systemNow, version: 1)
            state.bankPayouts[context.idempotencyKey] = payout
            return payout
        }
    }

    public func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot? {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        return bank.state.withLock { state in
            switch key {
            case .idempotencyKey(let key): state.bankPayouts[key]
            case .reference(let reference):
                state.bankPayouts.values.first { $0.reference == reference }
            }
        }
    }

    public func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        bank.state.withLock { state in
            state.calls.append("original")
            return state.originals[reference]
        }
    }
}

extension TestBank {
    /// What every account there holds, and whether it waits to be asked to pay out.
    public func hold(_ available: Money..., isManual: Bool = true) {
        state.withLock {
            $0.accountFunds = AccountFunds(account: "", isManual: isManual, available: available)
        }
    }

    /// A payout of an account that nobody here asked for.
    /// - Parameter original: the payout that it takes back.
    public func keep(_ payout: BankPayoutSnapshot, takingBack original: String? = nil) {
        state.withLock { state in
            state.bankPayouts["own:" + payout.reference] = payout
            state.originals[payout.reference] = original
        }
    }

    /// The same delivery tells of these payouts too.
    public func tell(of payouts: [BankPayoutSnapshot], in delivery: WebhookDelivery) {
        state.withLock { $0.toldPayouts[delivery.headers["x-test-event"] ?? ""] = payouts }
    }

    /// The module can, or cannot, make anything of payouts.
    public func makeOdd(_ references: [String]) {
        state.withLock { $0.oddPayouts = references }
    }

    /// What went to sellers' banks because somebody asked for it.
    public var orderedBankPayouts: [BankPayoutSnapshot] {
        state.withLock { state in
            state.bankPayouts.filter { !$0.key.hasPrefix("own:") }.map(\.value)
        }
    }

    /// Nobody can look whether a webhook is genuine, for this reason; nil ends it.
    public func beDeaf(_ reason: ProviderError?) { state.withLock { $0.deafness = reason } }
}
