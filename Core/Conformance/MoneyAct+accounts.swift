import ProviderHost
import ProviderKit
import Vocabulary

/// What moves money between the platform and the accounts that sellers have at the provider.
extension MoneyAct {
    static let openAccount = MoneyAct(name: "openAccount") { trial in
        let (accounts, counterpart) = try trial.accounts()
        let id = freshKey()
        return PreparedCall(
            call: { try await trial.openAccount(sellerID: id, $0).map { _ in } },
            effects: { counterpart.accounts.count { $0.sellerID == id } },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await accounts.account(.idempotencyKey(key), trial.context())
                }.map { $0 != nil }
            })
    }

    static let transfer = MoneyAct(name: "transfer") { trial in
        let (accounts, counterpart) = try trial.accounts()
        let payment = try await trial.paidForTransfer()
        let id = freshKey()
        return PreparedCall(
            call: { try await trial.transfer(out: payment, id: id, $0).map { _ in } },
            effects: {
                counterpart.transfers.count { $0.payoutID == id && $0.status != .failed }
            },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await accounts.lookupPayout(.idempotencyKey(key), trial.context())
                }.map { $0 != nil }
            })
    }

    static let reverse = MoneyAct(name: "reverse") { trial in
        let (accounts, counterpart) = try trial.accounts()
        let transfer = try await trial.transferred()
        let id = freshKey()
        return PreparedCall(
            call: { try await trial.reverse(transfer, id: id, $0).map { _ in } },
            effects: { counterpart.reversals.count { $0.reversalID == id } },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await accounts.lookupReversal(
                        .idempotencyKey(key), of: transfer.reference, trial.context())
                }.map { $0 != nil }
            })
    }

    static let payOut = MoneyAct(name: "payOut") { trial in
        let (banks, counterpart) = try trial.orderedBankPayouts()
        let id = freshKey()
        // What the account holds changes with it, and the same call is the same request.
        let amount = trial.partOfFunds(counterpart)
        return PreparedCall(
            call: { try await trial.payOut(amount, id: id, $0).map { _ in } },
            effects: { counterpart.orderedBankPayouts.count { $0 == id } },
            isFound: { key in
                await trial.calling { () throws(ProviderError) in
                    try await banks.lookupBankPayout(
                        .idempotencyKey(key), of: counterpart.connectedAccount, trial.context())
                }.map { $0 != nil }
            })
    }
}

extension Trial {
    /// The provider as one that sends sellers' money to their banks when it is asked to, and the
    /// counterpart that keeps books of it.
    /// - Throws: ``DoesNotApply`` unless it does.
    func orderedBankPayouts() throws -> (
        any OrderedBankPayoutProvider, any CounterpartWithOrderedBankPayouts
    ) {
        let banks = try applicable(
            provider.asOrderedBankPayouts, "it makes no payouts to sellers' banks")
        let known = (counterpart as? PersonAtTheAccount)?.module ?? counterpart
        guard let counterpart = known as? any CounterpartWithOrderedBankPayouts else {
            throw Breach(
                "who makes payouts to banks brings a CounterpartWithOrderedBankPayouts")
        }
        return (banks, counterpart)
    }

    /// So little that it could go out again and again.
    fileprivate func partOfFunds(_ counterpart: any CounterpartWithOrderedBankPayouts) -> Money {
        let funds = counterpart.accountFunds
        return Money(max(1, funds.amount / 20), funds.currency)
    }

    /// - Parameter amount: a part of what is there, unless one is given.
    func payOut(
        _ amount: Money? = nil, id: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<BankPayoutSnapshot, ProviderError> {
        let (banks, counterpart) = try orderedBankPayouts()
        let request = BankPayoutRequest(
            orderID: id, account: counterpart.connectedAccount,
            amount: amount ?? partOfFunds(counterpart))
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let payout = try await banks.payOut(request, given)
            try Self.refuse(
                payout.amount == request.amount
                    ? Sanity.problem(with: payout, of: request.account) : "another amount")
            return payout
        }
    }

    /// The provider as one with accounts, and the counterpart that keeps them.
    /// - Throws: ``DoesNotApply`` unless sellers have accounts there.
    func accounts() throws -> (any ConnectedAccountProvider, any CounterpartWithAccounts) {
        let accounts = try applicable(provider.asAccounts, "sellers have no accounts there")
        let known = (counterpart as? PersonAtTheAccount)?.module ?? counterpart
        guard let counterpart = known as? any CounterpartWithAccounts else {
            throw Breach("a module with accounts brings a CounterpartWithAccounts")
        }
        return (accounts, counterpart)
    }

    /// What a transfer comes out of; nil, which is the balance, when customers do not pay there.
    func paidForTransfer() async throws -> PaymentSnapshot? {
        try await counterpart?.payingMethod == nil ? nil : paid()
    }

    /// A transfer that was made, of which a part can be taken back several times.
    func transferred() async throws -> PayoutSnapshot {
        let result = try await transfer(out: try await paidForTransfer())
        guard case .success(let transfer) = result else {
            throw Breach("a transfer to an account that is ready fails: \(words(result))")
        }
        return transfer
    }

    func openAccount(
        sellerID: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<ConnectedAccount, ProviderError> {
        let (accounts, _) = try accounts()
        let request = ConnectedAccountRequest(
            sellerID: sellerID, country: "DE", email: "mira@seller.example", name: "Conformance")
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let account = try await accounts.openAccount(request, given)
            try Self.refuse(Sanity.problem(with: account))
            return account
        }
    }

    func transfer(
        out payment: PaymentSnapshot?, id: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<PayoutSnapshot, ProviderError> {
        let (accounts, counterpart) = try accounts()
        // Less than was paid: the platform keeps its commission.
        let amount = Money(counterpart.amount.amount / 3 * 2, counterpart.amount.currency)
        let request = AccountTransfer(
            transferID: id, account: counterpart.connectedAccount, amount: amount,
            payment: payment?.reference, statement: "Conformance")
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let transfer = try await accounts.transfer(request, given)
            try Self.refuse(Sanity.problem(with: transfer, amount: amount))
            return transfer
        }
    }

    func reverse(
        _ transfer: PayoutSnapshot, id: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<ReversalSnapshot, ProviderError> {
        let (accounts, _) = try accounts()
        // So little that it could be taken again and again.
        let amount = Money(transfer.amount.amount / 20, transfer.amount.currency)
        let request = TransferReversal(
            reversalID: id, transfer: transfer.reference, amount: amount)
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let reversal = try await accounts.reverse(request, given)
            try Self.refuse(
                Sanity.problem(with: reversal, of: transfer.reference, amount: amount))
            return reversal
        }
    }

    private static func refuse(_ problem: String?) throws(ProviderError) {
        guard let problem else { return }
        throw .invalidRequest(code: "conformance", message: "the answer has \(problem)")
    }
}
