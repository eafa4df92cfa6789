import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// What taking a payout back would do; nothing is done.
    /// - Throws: ``PayoutRefusal/unknown``.
    public func payoutTakeBack(of id: ID<Payout>) async throws -> PayoutTakeBack {
        let (payout, lines) = try await payout(id, of: nil)
        let tried = try await database.payoutReversals.list(of: id)
        let debt = try await database.payouts.debt(of: payout.wallet, payout.amount.currency)
        return PayoutTakeBack(
            payout: payout, orders: Set(lines.map(\.item.order)).count,
            owed: Money(-debt, payout.amount.currency),
            isFrozen: try await database.payoutFreezes.find(payout.seller) != nil,
            refusal: tried.contains { $0.state != .failed }
                ? .takenBackAlready : try await refusalToTakeBack(payout), tried: tried)
    }

    /// Takes a payout back as a whole out of the seller's account at its provider: written down,
    /// then asked by a worker until the answer is known. When it is made, the payout is returned
    /// and its orders' money is available again, to be paid out by the next run unless the
    /// seller's payouts are frozen.
    /// - Parameter freezing: stops the seller's payouts in the same act.
    /// - Throws: ``PayoutRefusal``: `unknown`, `notPaid`, `takeBackUnable`, `takenBackAlready`.
    @discardableResult
    public func takeBackPayout(
        _ id: ID<Payout>, reason: String, freezing: Bool, by admin: ID<Account>
    ) async throws -> PayoutReversal {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        let (seen, _) = try await payout(id, of: nil)
        if let refusal = try await refusalToTakeBack(seen) { throw refusal }
        let reversal = ID<PayoutReversal>()
        let made = try await refusing(
            "payout_reversal_once", as: PayoutRefusal.takenBackAlready
        ) {
            try await database.transaction { tx in
                guard let payout = try await tx.payouts.lock(id) else {
                    throw PayoutRefusal.unknown
                }
                guard payout.state == .paid else {
                    throw payout.state == .returned
                        ? PayoutRefusal.takenBackAlready : PayoutRefusal.notPaid
                }
                try await tx.payoutReversals.insert(reversal, of: id, reason: reason, by: admin)
                try await tx.audit.record(
                    "payout.take-back-requested", on: "payout", id.description, by: admin,
                    for: payout.seller, reason: reason,
                    before: ReversalState?.none,
                    after: ReversalState(amount: payout.amount, reversal: .intent))
                if freezing, try await tx.payoutFreezes.find(payout.seller) == nil {
                    try await tx.payoutFreezes.insert(payout.seller, reason: reason, by: admin)
                    try await tx.audit.record(
                        "payouts.frozen", on: "seller", payout.seller.description, by: admin,
                        reason: reason)
                    try await tx.outbox.record(
                        OutboxEvent(
                            "payouts.frozen", about: "seller", payout.seller,
                            FreezeNotice(reason: reason)
                        ).telling(team: payout.seller))
                }
                try await tx.jobs.enqueue(
                    PayoutJobs.takeBack, PayoutJobs.TakeBack(reversal: reversal),
                    uniqueKey: "\(reversal)")
                guard let made = try await tx.payoutReversals.find(reversal) else {
                    throw PayoutRefusal.unknown
                }
                return made
            }
        }
        reach(.reversal, .intentCommitted)
        return made
    }

    private func refusalToTakeBack(_ payout: Payout) async throws -> PayoutRefusal? {
        if payout.state == .returned { return .takenBackAlready }
        guard payout.state == .paid, payout.reference != nil else { return .notPaid }
        do {
            return try await providers.payment(payout.instance).connectsAccounts
                ? nil : .takeBackUnable
        } catch is ProviderError {
            return .accountUnavailable
        } catch is ProviderRefusal {
            return .accountUnavailable
        }
    }

    /// Takes one reversal a step further: asks the provider to make it or, when it was asked before
    /// and nobody knows what became of it, looks it up first. Of two who do so at once, only the
    /// one who came last asks.
    /// - Returns: the reversal as it stands now.
    @discardableResult
    public func sendReversal(_ id: ID<PayoutReversal>) async throws -> PayoutReversal {
        let before = try await beginReversal(id)
        guard before.state.isOpen else { return before }
        let (payout, _) = try await payout(before.payout, of: nil)
        let transfer = payout.reference ?? ""
        let answer = try await askOnce(
            before, in: database.payoutReversals, at: payout.instance, .reversal
        ) { provider, context throws(ProviderError) in
            try await provider.lookupReversal(.idempotencyKey("\(id)"), of: transfer, context)
        } ask: { provider, context throws(ProviderError) in
            try await provider.reverse(
                TransferReversal(reversalID: "\(id)", transfer: transfer, amount: payout.amount),
                context)
        }
        return switch answer {
        case .done(let snapshot): try await settleReversal(id, snapshot)
        case .left: try await leaveReversal(before)
        case .failed(let error, let mayHaveArrived):
            try await settleReversal(before, error, mayHaveArrived: mayHaveArrived)
        }
    }

    /// Nobody may be asked any more. One whose payout came back by itself is over, unless something
    /// that was asked before may still arrive.
    private func leaveReversal(_ before: PayoutReversal) async throws -> PayoutReversal {
        try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(before.payout),
                let reversal = try await tx.payoutReversals.lock(before.id)
            else { throw PayoutRefusal.unknown }
            guard reversal.state.isOpen, reversal.tries == before.tries + 1,
                payout.state != .paid
            else { return reversal }
            let isOver = !(reversal.inDoubtAt?.mayStillArrive ?? false)
            try await tx.payoutReversals.move(
                reversal.id, to: isOver ? .failed : .unknown,
                failure: isOver ? PayoutReversal.overtakenWords : nil)
            return try await tx.payoutReversals.find(reversal.id) ?? reversal
        }
    }

    /// Marks it as asked before it is asked; returns it as it was.
    private func beginReversal(_ id: ID<PayoutReversal>) async throws -> PayoutReversal {
        try await database.transaction { tx in
            guard let reversal = try await tx.payoutReversals.lock(id) else {
                throw PayoutRefusal.unknown
            }
            if reversal.state.isOpen { try await tx.payoutReversals.move(id, to: .sent) }
            return reversal
        }
    }

    /// It was made: the payout comes back in the same transaction, unless the provider's webhook
    /// has told of it already.
    private func settleReversal(
        _ id: ID<PayoutReversal>, _ snapshot: ReversalSnapshot
    ) async throws -> PayoutReversal {
        let settled = try await database.transaction { tx in
            guard let seen = try await tx.payoutReversals.find(id),
                let payout = try await tx.payouts.lock(seen.payout),
                let reversal = try await tx.payoutReversals.lock(id)
            else { throw PayoutRefusal.unknown }
            guard reversal.state.isOpen else { return reversal }
            try await tx.payoutReversals.move(id, to: .done, reference: snapshot.reference)
            if payout.state == .paid {
                let before = try await tx.audit.before("payout", payout.id.description)
                _ = try await tx.end(payout, .returned, failure: Payout.takenBackWords)
                try await tx.audit.record(
                    "payout.taken-back", on: "payout", payout.id.description, by: nil,
                    reason: reversal.reason, before: before)
            }
            reach(.reversal, .beforeRecord)
            return try await tx.payoutReversals.find(id) ?? reversal
        }
        reach(.reversal, .recorded)
        return settled
    }

    private func settleReversal(
        _ before: PayoutReversal, _ error: ProviderError, mayHaveArrived: Bool
    ) async throws -> PayoutReversal {
        let id = before.id
        logger.info("payout.not-taken-back", metadata: ["reversal": "\(id)", "error": "\(error)"])
        let failure = error.refusal(unable: .takeBackUnable)
        // A transfer is taken back once, whatever asks for it: the provider's no is of all of it.
        let isDeclined = if case .declined = error { true } else { false }
        return try await database.transaction { tx in
            guard let reversal = try await tx.payoutReversals.lock(id) else {
                throw PayoutRefusal.unknown
            }
            // Whoever has gone on with it since knows more.
            guard reversal.state.isOpen, reversal.tries == before.tries + 1 else {
                return reversal
            }
            let state = AskedState.after(
                error, wasAsked: before.state != .intent,
                mayHaveArrived: mayHaveArrived && !isDeclined)
            try await tx.payoutReversals.move(id, to: state, failure: failure)
            if state == .failed {
                try await tx.audit.record(
                    "payout.take-back-refused", on: "payout", reversal.payout.description,
                    by: nil, reason: failure,
                    before: ReversalState(amount: nil, reversal: .sent),
                    after: ReversalState(amount: nil, reversal: state))
            }
            return try await tx.payoutReversals.find(id) ?? reversal
        }
    }

    /// What taking payouts back needs a worker for.
    func addReversals(to handlers: inout JobHandlers) {
        handlers.on(PayoutJobs.takeBack) { args, run in
            try await sendReversal(args.reversal).outcome(deadline: settings.callDeadline)
        }
    }

    /// Those whose job was lost are gone on with.
    func resumeReversals() async throws {
        for id in try await database.payoutReversals.open(limit: 1000) {
            try await database.jobs.enqueue(
                PayoutJobs.takeBack, PayoutJobs.TakeBack(reversal: id), after: .seconds(1),
                uniqueKey: "\(id)")
        }
    }
}

/// What the audit trail shows of a payout that is taken back.
private struct ReversalState: Codable, Sendable {
    let amount: Money?
    let reversal: PayoutReversal.State
}
