import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// Takes one order a step further: asks the provider to make the payout or, when it was asked
    /// before and nobody knows what became of it, looks it up first. Of two who do so at once, only
    /// the one who came last asks.
    /// - Returns: the order as it stands now.
    /// - Throws: ``PayoutRefusal/accountUnknown`` for no order.
    @discardableResult
    public func sendBankPayout(_ id: ID<BankPayoutOrder>) async throws -> BankPayoutOrder {
        let before = try await beginBankPayout(id)
        guard before.state.isOpen else { return before }
        let account = try await payoutAccount(before.account)
        let reference = account.reference ?? ""
        let wasAsked = before.state != .intent
        var doubt: CallDoubt?
        // Its deadline begins before the doubt: whoever sleeps after it wakes too late to ask.
        let context = OperationContext(
            idempotencyKey: "\(id)", attempt: before.tries + 1,
            deadline: Instant.systemNow.advanced(by: settings.callDeadline), requestID: "\(id)",
            firstMadeAt: id.madeAt)
        do {
            let provider = try await providers.payment(account.instance)
            if wasAsked {
                do {
                    let known = try await provider.lookupBankPayout(
                        .idempotencyKey("\(id)"), of: reference, context)
                    if let known { return try await settle(id, known, at: account.instance) }
                } catch let error as ProviderError {
                    // Nobody knows what became of the call, whatever is wrong with the question.
                    return try await settle(
                        before, .ambiguous(message: "\(error)"), mayHaveArrived: true)
                }
            }
            guard
                let asked = try await database.bankPayoutOrders.doubt(id, try: before.tries + 1)
            else { return try await database.bankPayoutOrders.find(id) ?? before }
            doubt = asked
            reach(.bankPayout, .beforeCall)
            let made = try await provider.payOut(
                BankPayoutRequest(orderID: "\(id)", account: reference, amount: before.amount),
                context)
            reach(.bankPayout, .afterCall)
            return try await settle(id, made, at: account.instance)
        } catch let error as ProviderError {
            return try await bankPayoutFailed(before, error, doubt)
        }
    }

    private func bankPayoutFailed(
        _ before: BankPayoutOrder, _ error: ProviderError, _ doubt: CallDoubt?
    ) async throws -> BankPayoutOrder {
        var mayHaveArrived = (doubt.map(\.before) ?? before.inDoubtAt)?.mayStillArrive ?? false
        if let doubt, !error.isAmbiguous,
            try await !database.bankPayoutOrders.answered(before.id, doubt)
        {
            mayHaveArrived = true
        }
        return try await settle(before, error, mayHaveArrived: mayHaveArrived)
    }

    /// Marks it as asked before it is asked; returns it as it was.
    private func beginBankPayout(_ id: ID<BankPayoutOrder>) async throws -> BankPayoutOrder {
        try await database.transaction { tx in
            guard let order = try await tx.bankPayoutOrders.lock(id) else {
                throw PayoutRefusal.accountUnknown
            }
            if order.state.isOpen { try await tx.bankPayoutOrders.move(id, to: .sent) }
            return order
        }
    }

    /// It was made. The payout is written first: whoever dies in between finds it by its key.
    private func settle(
        _ id: ID<BankPayoutOrder>, _ snapshot: BankPayoutSnapshot,
        at instance: ID<ProviderInstance>
    ) async throws -> BankPayoutOrder {
        try await applyBankPayout(snapshot, at: instance)
        let settled = try await database.transaction { tx in
            guard let order = try await tx.bankPayoutOrders.lock(id) else {
                throw PayoutRefusal.accountUnknown
            }
            guard order.state.isOpen else { return order }
            try await tx.bankPayoutOrders.move(id, to: .done, reference: snapshot.reference)
            reach(.bankPayout, .beforeRecord)
            return try await tx.bankPayoutOrders.find(id) ?? order
        }
        reach(.bankPayout, .recorded)
        return settled
    }

    private func settle(
        _ before: BankPayoutOrder, _ error: ProviderError, mayHaveArrived: Bool
    ) async throws -> BankPayoutOrder {
        let id = before.id
        logger.info("bank-payout.not-made", metadata: ["order": "\(id)", "error": "\(error)"])
        let failure =
            switch error {
            case .declined(_, let message, _), .invalidRequest(_, let message): message
            case .unsupported: PayoutRefusal.bankPayoutUnable.explanation
            default: String?.none
            }
        let account = try await payoutAccount(before.account)
        return try await database.transaction { tx in
            guard let order = try await tx.bankPayoutOrders.lock(id) else {
                throw PayoutRefusal.accountUnknown
            }
            // Whoever has gone on with it since knows more.
            guard order.state.isOpen, order.tries == before.tries + 1 else { return order }
            let state = BankPayoutOrder.State.after(
                error, wasAsked: before.state != .intent, mayHaveArrived: mayHaveArrived)
            try await tx.bankPayoutOrders.move(
                id, to: state, failure: failure.map { String($0.prefix(500)) })
            if state == .failed {
                try await tx.audit.record(
                    "bank-payout.refused", on: "seller", account.seller.description, by: nil,
                    for: account.seller, reason: failure,
                    before: BankPayoutOrderState(amount: nil, order: .sent),
                    after: BankPayoutOrderState(amount: order.amount, order: state))
            }
            return try await tx.bankPayoutOrders.find(id) ?? order
        }
    }

    func addBankPayoutOrders(to handlers: inout JobHandlers) {
        handlers.on(BankPayoutJobs.send) { args, run in
            let order = try await sendBankPayout(args.order)
            // Looked at again and again, further apart, until the provider knows.
            return order.state.isOpen
                ? .snooze(
                    min(.seconds(600), settings.callDeadline / 4 * (1 << min(order.tries, 7))))
                : .done
        }
    }

    /// Those whose job was lost are gone on with.
    func resumeBankPayouts() async throws {
        for id in try await database.bankPayoutOrders.open(limit: 1000) {
            try await database.jobs.enqueue(
                BankPayoutJobs.send, BankPayoutJobs.Send(order: id), after: .seconds(1),
                uniqueKey: "\(id)")
        }
    }
}
