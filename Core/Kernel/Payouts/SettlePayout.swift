import Logging
import Postgres
import ProviderKit
import Vocabulary

/// What sellers read of a payout that was settled.
struct PayoutNotice: Codable, Sendable {
    let payout: ID<Payout>
    let amount: Money
    let failure: String?
}

extension Marketplace {
    /// Applies what a provider says of a payout, from the answer to a call, a lookup or a webhook.
    /// Whoever brings it, and however often, it is settled once; what is older than what is known
    /// changes nothing. A failure after it was paid means that the bank sent it back.
    public func settlePayout(
        _ id: ID<Payout>, _ snapshot: PayoutSnapshot
    ) async throws -> Payout {
        let settled = try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            if case .contradicts = PayoutNews.read(
                snapshot, for: payout.state, version: payout.version)
            {
                logger.critical(
                    "payout.contradiction",
                    metadata: [
                        "payout": "\(id)", "reference": "\(snapshot.reference)",
                        "problem": "it was paid although it had failed: its seller is frozen",
                    ])
            }
            let settled = try await tx.settle(payout, snapshot)
            if !settled.state.isOpen { reach(.payout, .beforeRecord) }
            return settled
        }
        if !settled.state.isOpen { reach(.payout, .recorded) }
        return settled
    }

    /// Applies a payout's news that came by webhook; one that is not ours changes nothing.
    public func applyPayout(
        _ snapshot: PayoutSnapshot, at instance: ID<ProviderInstance>
    ) async throws {
        let named = snapshot.payoutID.flatMap { ID<Payout>($0) }
        let known = try await database.payouts.find(reference: snapshot.reference, at: instance)
        guard let id = named ?? known,
            let payout = try await database.payouts.find(id, of: nil),
            payout.instance == instance, payout.amount == snapshot.amount
        else { return }
        _ = try await settlePayout(id, snapshot)
    }

    /// What becomes of a payout whose call failed like this.
    func settlePayout(
        _ id: ID<Payout>, _ error: ProviderError, wasAsked: Bool
    ) async throws -> Payout {
        let settled = try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            guard payout.state.isOpen else { return payout }
            // Somebody else may have asked meanwhile and wait for the answer.
            let state = Payout.State.after(
                error, wasAsked: wasAsked || payout.inDoubtAt != nil)
            guard state == .failed else {
                _ = try await tx.payouts.move(
                    id, from: payout.state, to: state, failure: Self.whyInDoubt(error))
                return try await tx.payouts.lock(id) ?? payout
            }
            let failed = try await tx.end(payout, .failed, failure: Self.whyFailed(error))
            reach(.payout, .beforeRecord)
            return failed
        }
        if settled.state == .failed { reach(.payout, .recorded) }
        return settled
    }

    /// Why it stays in doubt, for whoever has to decide it in the end.
    private static func whyInDoubt(_ error: ProviderError) -> String? {
        if case .invalidRequest(_, let message) = error {
            "The provider refuses to be asked: \(message)"
        } else {
            nil
        }
    }

    private static func whyFailed(_ error: ProviderError) -> String {
        switch error {
        case .declined(_, let message, _), .invalidRequest(_, let message): message
        default: "The provider does not pay out any more."
        }
    }

    /// What was asked of its provider may have been done, and could not be looked up.
    func leaveUnknown(
        _ id: ID<Payout>, because error: ProviderError
    ) async throws -> Payout {
        logger.warning(
            "payout.not-looked-up", metadata: ["payout": "\(id)", "error": "\(error)"])
        return try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            guard payout.state.isOpen else { return payout }
            _ = try await tx.payouts.move(id, from: payout.state, to: .unknown)
            return try await tx.payouts.lock(id) ?? payout
        }
    }
}

extension Transaction {
    /// Applies what is known of a locked payout.
    func settle(_ payout: Payout, _ snapshot: PayoutSnapshot) async throws -> Payout {
        switch PayoutNews.read(snapshot, for: payout.state, version: payout.version) {
        case .nothing: return payout
        case .contradicts:
            try await contradict(payout, snapshot)
            return try await payouts.lock(payout.id) ?? payout
        case .partTakenBack: return try await notePartTakenBack(payout, snapshot)
        case .pending:
            _ = try await payouts.move(
                payout.id, from: payout.state, to: .sent, reference: snapshot.reference,
                version: snapshot.version)
            return try await payouts.lock(payout.id) ?? payout
        case .ends(let state):
            let isTakenBack =
                state == .returned && snapshot.failureCode == Payout.takenBackCode
            let why =
                state == .returned ? "The bank sent it back." : "The provider could not pay it."
            let failure = isTakenBack ? Payout.takenBackWords : snapshot.failureCode ?? why
            let ended = try await end(
                payout, state, reference: snapshot.reference,
                failure: state == .paid ? nil : failure,
                version: snapshot.version)
            // Looked up late: it was paid, and a part of it is back already.
            return state == .paid && snapshot.isTakenBackInPart
                ? try await notePartTakenBack(ended, snapshot) : ended
        }
    }

    /// Ends a locked payout, or takes back its end: the ledger, its items, its state and the
    /// notice together.
    func end(
        _ payout: Payout, _ end: Payout.State, reference: String? = nil, failure: String? = nil,
        version: Int64 = 0
    ) async throws -> Payout {
        _ = try await payouts.move(
            payout.id, from: payout.state, to: end, reference: reference, failure: failure,
            version: version)
        switch end {
        case .paid: try await ledger.post([.payoutPost(payout)])
        case .returned:
            try await payouts.voidItems(of: payout.id)
            try await ledger.post([.payoutReturn(payout)])
            // Nothing is wrong with the account of what the market took back.
            if failure != Payout.takenBackWords {
                try await wallets.markReturned(payout.wallet)
            }
        default:
            try await payouts.voidItems(of: payout.id)
            try await ledger.post([.payoutVoid(payout)])
        }
        try await outbox.record(
            OutboxEvent(
                "payout.\(end.rawValue)", about: "payout", payout.id,
                PayoutNotice(payout: payout.id, amount: payout.amount, failure: failure)
            ).telling(team: payout.seller))
        return try await payouts.lock(payout.id) ?? payout
    }
}

extension Marketplace {
    /// What payouts need a worker for.
    func addPayouts(to handlers: inout JobHandlers) {
        handlers.on(PayoutJobs.send) { args, run in
            let payout = try await sendPayout(args.payout)
            // Looked at again and again, further apart, until the provider knows.
            return payout.state.isOpen
                ? .snooze(
                    min(.seconds(600), settings.callDeadline / 4 * (1 << min(payout.tries, 7))))
                : .done
        }
        addReversals(to: &handlers)
        handlers.every(.seconds(5), PayoutJobs.release) { _ in
            try await releaseAllDue()
            return .done
        }
        handlers.every(.seconds(60), PayoutJobs.schedule) { _ in
            try await runSchedules()
            return .done
        }
        handlers.every(.seconds(60), PayoutJobs.resume) { _ in
            for id in try await database.payouts.open(limit: 1000) {
                try await database.jobs.enqueue(
                    PayoutJobs.send, PayoutJobs.Send(payout: id), after: .seconds(1),
                    uniqueKey: "\(id)")
            }
            try await resumeReversals()
            try await resumeBankPayouts()
            return .done
        }
    }
}
