public import ProviderKit
import Vocabulary

/// Each throws `unsupported` when the provider makes no payouts to sellers' banks when it is asked.
extension GuardedPayment {
    /// Whether it pays sellers' accounts out to their banks when the platform asks for it.
    public var ordersBankPayouts: Bool { call.line.roles.contains(.orderedBankPayouts) }

    /// What an account could send to its bank now.
    public func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds {
        try requireOrders()
        return try await call.perform(
            .funds(account: account), "funds", .none, context,
            as: { if case .funds(let funds) = $0 { funds } else { nil } },
            sanity: { Sanity.problem(with: $0, of: account) })
    }

    /// Sends money of an account to the seller's bank, once for a key.
    public func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot {
        try requireOrders()
        return try await call.perform(
            .payOut(request: request), "payOut", .money, context,
            as: { if case .bankPayout(let snapshot) = $0 { snapshot } else { nil } },
            sanity: { payout in
                payout.amount == request.amount
                    ? Sanity.problem(with: payout, of: request.account) : "another amount"
            })
    }

    /// Nil is a promise that the call with this key had no effect.
    public func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot? {
        try requireOrders()
        return try await call.perform(
            .lookupBankPayout(key: key, account: account), "lookupBankPayout", .none, context,
            as: { if case .bankPayout(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0, of: account) } })
    }

    /// The reference of the payout that this one takes back; nil when it takes none back.
    public func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String? {
        try requireOrders()
        return try await call.perform(
            .originalBankPayout(reference: reference, account: account), "originalBankPayout",
            .none, context,
            as: { if case .originalBankPayout(let found) = $0 { .some(found) } else { nil } },
            sanity: { original in
                original == reference
                    ? "it takes itself back" : original.flatMap { Sanity.reference($0) }
            })
    }

    private func requireOrders() throws(ProviderError) {
        guard ordersBankPayouts else {
            throw .unsupported(operation: "payouts to banks by order")
        }
    }
}

extension Sanity {
    /// No account holds more currencies than that.
    private static let currenciesMax = 50

    package static func problem(with funds: AccountFunds, of account: String) -> String? {
        guard funds.account == account else { return "it is of another account" }
        guard funds.available.count <= currenciesMax,
            Set(funds.available.map(\.currency)).count == funds.available.count
        else { return "a currency twice, or too many" }
        return funds.available.allSatisfy { (1...Money.amountMax).contains($0.amount) }
            ? nil : "an absurd amount"
    }
}
