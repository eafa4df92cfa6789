import Postgres
import Vocabulary

/// What became of payments that were watched for late money.
public struct EndedWatch: Hashable, Sendable, Codable {
    /// Looked up, with nothing come: they hold their provider open no more.
    public let ended: Int
    /// Looked up, and something came after all.
    public let cameLate: Int
    /// Whether the provider did not answer, or there are more: asked again, it goes on.
    public let isUnfinished: Bool

    /// So many are looked up at once.
    static let countMax = 100
}

extension Marketplace {
    /// Says that nothing will come any more of payments that are over at a draining provider. Each
    /// is looked up first. What nothing came of holds the provider open no more, and is looked for
    /// in the background as before: money that comes late all the same is found and kept for a
    /// person to look at.
    /// - Throws: ``ProviderRefusal``: `instanceMissing`, `stateWrong` unless it is draining.
    public func endWatch(
        at id: ID<ProviderInstance>, reason: String, by admin: ID<Account>
    ) async throws -> EndedWatch {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        let instance = try await providerInstance(id)
        guard instance.state == .draining else {
            throw ProviderRefusal.stateWrong(from: instance.state.rawValue, to: "no longer watched")
        }
        let watched = try await database.attempts.watched(at: id, limit: EndedWatch.countMax)
        var (quiet, late, isAnswered): ([ID<Payment>], Int, Bool) = ([], 0, true)
        for payment in watched {
            guard let known = try await database.payments.find(payment) else { continue }
            // A provider that does not answer would keep everybody waiting for each of them.
            guard let now = try await lookUp(known)?.payment else {
                isAnswered = false
                break
            }
            if now.received.isZero, now.captured.isZero { quiet.append(payment) } else { late += 1 }
        }
        let ended = EndedWatch(
            ended: quiet.count, cameLate: late,
            isUnfinished: !isAnswered || watched.count == EndedWatch.countMax)
        try await database.transaction { tx in
            _ = try await tx.attempts.excuse(quiet)
            try await tx.audit.record(
                "provider.watch-ended", on: "provider_instance", id.description, by: admin,
                reason: reason, before: EndedWatch?.none, after: ended)
        }
        return ended
    }
}
