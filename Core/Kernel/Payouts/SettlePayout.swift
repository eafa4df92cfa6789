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
    /// Whoever brings it, and however often, it is settled once.
    public func settlePayout(
        _ id: ID<Payout>, _ snapshot: PayoutSnapshot
    ) async throws -> Payout {
        switch snapshot.status {
        case .pending: return try await move(id, to: .sent, reference: snapshot.reference)
        case .succeeded: return try await settle(id, .paid, reference: snapshot.reference)
        case .failed:
            return try await settle(
                id, .failed, reference: snapshot.reference,
                failure: snapshot.failureCode ?? "The provider could not pay it.")
        }
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
        switch error {
        case .declined(_, let message, _):
            return try await settle(id, .failed, failure: message)
        case .invalidRequest(_, let message):
            return try await settle(id, .failed, failure: message)
        case .unsupported:
            return try await settle(
                id, .failed, failure: "The provider does not pay out any more.")
        case .unavailable, .misconfigured:
            // Nothing happened this time. What was asked before may still have.
            return try await move(id, to: wasAsked ? .unknown : .held)
        case .ambiguous, .signatureInvalid:
            return try await move(id, to: .unknown)
        }
    }

    private func move(
        _ id: ID<Payout>, to state: Payout.State, reference: String? = nil
    ) async throws -> Payout {
        try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            if payout.state.isOpen {
                _ = try await tx.payouts.move(
                    id, from: payout.state, to: state, reference: reference)
            }
            return try await tx.payouts.lock(id) ?? payout
        }
    }

    /// Ends a payout: the ledger, its items, its state and the notice together.
    private func settle(
        _ id: ID<Payout>, _ end: Payout.State, reference: String? = nil, failure: String? = nil
    ) async throws -> Payout {
        let settled = try await database.transaction { tx in
            guard let payout = try await tx.payouts.lock(id) else { throw PayoutRefusal.unknown }
            guard payout.state.isOpen else { return payout }
            _ = try await tx.payouts.move(
                id, from: payout.state, to: end, reference: reference, failure: failure)
            if end == .paid {
                try await tx.ledger.post([.payoutPost(payout)])
            } else {
                try await tx.payouts.voidItems(of: id)
                try await tx.ledger.post([.payoutVoid(payout)])
            }
            try await tx.outbox.record(
                OutboxEvent(
                    end == .paid ? "payout.paid" : "payout.failed", about: "payout", id,
                    PayoutNotice(payout: id, amount: payout.amount, failure: failure)
                ).telling(team: payout.seller))
            reach(.payout, .beforeRecord)
            return try await tx.payouts.lock(id) ?? payout
        }
        reach(.payout, .recorded)
        return settled
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
        handlers.every(.seconds(5), PayoutJobs.release) { _ in
            while try await releaseHolds() > 0 {}
            return .done
        }
        handlers.every(.seconds(60), PayoutJobs.resume) { _ in
            for id in try await database.payouts.open(limit: 1000) {
                try await database.jobs.enqueue(
                    PayoutJobs.send, PayoutJobs.Send(payout: id), after: .seconds(1),
                    uniqueKey: "\(id)")
            }
            return .done
        }
    }
}
