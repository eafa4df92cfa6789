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
        let answer = try await askOnce(
            before, in: database.bankPayoutOrders, at: account.instance, .bankPayout
        ) { provider, context throws(ProviderError) in
            try await provider.lookupBankPayout(.idempotencyKey("\(id)"), of: reference, context)
        } ask: { provider, context throws(ProviderError) in
            try await provider.payOut(
                BankPayoutRequest(orderID: "\(id)", account: reference, amount: before.amount),
                context)
        }
        return switch answer {
        case .done(let payout): try await settle(id, payout, at: account.instance)
        case .left: try await database.bankPayoutOrders.find(id) ?? before
        case .failed(let error, let mayHaveArrived):
            try await settle(before, error, mayHaveArrived: mayHaveArrived, of: account.seller)
        }
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
        _ before: BankPayoutOrder, _ error: ProviderError, mayHaveArrived: Bool,
        of seller: ID<Seller>
    ) async throws -> BankPayoutOrder {
        let id = before.id
        logger.info("bank-payout.not-made", metadata: ["order": "\(id)", "error": "\(error)"])
        let failure = error.refusal(unable: .bankPayoutUnable)
        return try await database.transaction { tx in
            guard let order = try await tx.bankPayoutOrders.lock(id) else {
                throw PayoutRefusal.accountUnknown
            }
            // Whoever has gone on with it since knows more.
            guard order.state.isOpen, order.tries == before.tries + 1 else { return order }
            let state = AskedState.after(
                error, wasAsked: before.state != .intent, mayHaveArrived: mayHaveArrived)
            try await tx.bankPayoutOrders.move(id, to: state, failure: failure)
            if state == .failed {
                try await tx.audit.record(
                    "bank-payout.refused", on: "seller", seller.description, by: nil,
                    for: seller, reason: failure,
                    before: BankPayoutOrderState(amount: nil, order: .sent),
                    after: BankPayoutOrderState(amount: order.amount, order: state))
            }
            return try await tx.bankPayoutOrders.find(id) ?? order
        }
    }

    func addBankPayoutOrders(to handlers: inout JobHandlers) {
        handlers.on(BankPayoutJobs.send) { args, run in
            try await sendBankPayout(args.order).outcome(deadline: settings.callDeadline)
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
