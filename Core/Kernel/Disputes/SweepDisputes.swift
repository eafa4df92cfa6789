import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// What people read of a dispute that nobody could make sense of.
private struct UnreadableNotice: Codable, Sendable {
    /// The provider's id of it.
    let number: String
    /// The provider's name.
    let label: String
    let note: String
}

/// A provider's list of disputes that does not end.
struct EndlessDisputes: Error {
    let instance: ID<ProviderInstance>
}

extension Marketplace {
    /// Asks every provider that can be asked for the disputes that were opened since the last time,
    /// and how those stand that are open: a webhook that was lost would otherwise never be heard
    /// of. What is found is booked and told exactly as by the webhook, which changes nothing any
    /// more should it still come. Run by the worker before books are compared.
    /// - Returns: of how many disputes there was news.
    @discardableResult
    public func sweepDisputes() async throws -> Int {
        try await atEachPaymentProvider("disputes.sweep-failed", where: \.listsDisputes) {
            try await newDisputes(at: $0, $1) + dueDisputes(at: $0.id, $1)
        }
    }

    /// Asks how those disputes stand whose turn it is: each open one within a day, and one that its
    /// provider did not answer for in minutes, later and later. Run by the worker more often than
    /// ``sweepDisputes()``.
    /// - Returns: of how many there was news.
    @discardableResult
    public func askDueDisputes() async throws -> Int {
        try await atEachPaymentProvider("disputes.sweep-failed", where: \.listsDisputes) {
            try await dueDisputes(at: $0.id, $1)
        }
    }

    /// One was opened long ago, and only its end was not heard of; of one that was set aside a new
    /// version of the module, or the dispute's next state, may make sense.
    private func dueDisputes(
        at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws -> Int {
        let open = try await askInTurn(
            most: Self.openAskedMax, failed: "dispute.not-asked", name: { (name: String) in name }
        ) {
            try await database.disputes.claimToAsk(
                at: instance, againInHours: Self.openAskedEveryHours)
        } ask: {
            try await ask(for: $0, at: instance, provider)
        }
        let unread = try await askInTurn(
            most: Self.openAskedMax, failed: "dispute.not-asked", name: { (name: String) in name }
        ) {
            try await database.disputes.claimUnread(
                at: instance, againInHours: Self.openAskedEveryHours)
        } ask: {
            try await ask(for: $0, at: instance, provider)
        }
        return open + unread
    }

    /// How much of what was asked for is asked for again: clocks differ, and a payment may become
    /// known later than the dispute about it.
    private static let sweepOverlap: Duration = .seconds(86_400)
    private static let sweepPagesMax = 500
    private static let sweepDeadline: Duration = .seconds(20)
    private static let openAskedEveryHours = 20
    /// Each is a call of its own.
    private static let openAskedMax = 100

    private func newDisputes(
        at instance: ProviderInstance, _ provider: GuardedPayment
    ) async throws -> Int {
        let until = Instant.systemNow
        let known = try await database.disputes.askedUntil(at: instance.id)
        let since = min(known ?? instance.createdAt, until)
            .advanced(by: .zero - Self.sweepOverlap)
        var found = 0
        var cursor: String?
        for _ in 0..<Self.sweepPagesMax {
            let page = try await provider.disputes(
                since: since, after: cursor,
                OperationContext(
                    key: "disputes:\(instance.id):\(since):\(cursor ?? "")",
                    within: Self.sweepDeadline))
            for snapshot in page.disputes where try await hear(snapshot, at: instance.id) {
                found += 1
            }
            for one in page.unreadable {
                try await setAside(one.reference, one.problem, at: instance.id)
            }
            guard let next = page.next else {
                try await database.disputes.noteAsked(instance.id, until: until)
                return found
            }
            cursor = next
        }
        throw EndlessDisputes(instance: instance.id)
    }

    /// - Returns: whether it was news about a payment of ours.
    private func ask(
        for reference: String, at instance: ID<ProviderInstance>, _ provider: GuardedPayment
    ) async throws -> Bool {
        do {
            let snapshot = try await provider.lookupDispute(
                reference,
                OperationContext(key: "dispute:\(reference)", within: Self.sweepDeadline))
            try await database.disputes.noteAnswered(
                reference, at: instance, againInHours: Self.openAskedEveryHours)
            if let snapshot { return try await hear(snapshot, at: instance) }
            try await database.disputes.takeBack(reference, at: instance)
            return false
        } catch ProviderError.invalidRequest(let code, let message)
            where code == UnreadableDispute.code
        {
            try await setAside(reference, message, at: instance)
            try await database.disputes.noteAnswered(
                reference, at: instance, againInHours: Self.openAskedEveryHours)
            return false
        }
    }

    /// A person looks at it, and is told of it once; the others are heard all the same.
    func setAside(
        _ reference: String, _ problem: String, at instance: ID<ProviderInstance>
    ) async throws {
        let change = try await database.transaction { tx in
            try await tx.disputes.lockSetAside(at: instance)
            let change = try await tx.disputes.setAside(reference, problem, at: instance)
            guard case .new(let count) = change, count <= DisputeStore.toldMax else {
                return change
            }
            let provider = try await tx.providers.find(instance)
            try await tx.outbox.record(
                OutboxEvent(
                    "dispute.unreadable", about: "provider_instance", instance,
                    UnreadableNotice(
                        number: reference, label: provider?.name ?? "", note: problem)
                ).tellingAdministrators())
            return change
        }
        guard change != .nothing else { return }
        logger.error(
            "dispute.quarantined",
            metadata: [
                "instance": "\(instance)", "dispute": "\(reference)", "problem": "\(problem)",
            ])
    }

    /// The newest disputes at a provider that nobody could make sense of.
    /// - Throws: ``ProviderRefusal/instanceMissing``.
    public func disputesSetAside(
        at id: ID<ProviderInstance>, _ page: PageRequest
    ) async throws -> [DisputeSetAside] {
        _ = try await providerInstance(id)
        return try await database.disputes.setAside(at: id, limit: page.limit)
    }

    /// All disputes that nobody could make sense of, at every provider or at one, newest first.
    public func unreadableDisputes(
        at id: ID<ProviderInstance>?, _ page: PageRequest
    ) async throws -> Page<ListedDisputeSetAside> {
        try await database.disputes.setAside(at: id, page)
    }

    /// - Returns: whether it was news about a payment of ours.
    private func hear(
        _ snapshot: DisputeSnapshot, at instance: ID<ProviderInstance>
    ) async throws -> Bool {
        let known = try await database.disputes.find(reference: snapshot.reference, at: instance)
        if let known, known.version >= snapshot.version {
            try await database.disputes.takeBack(snapshot.reference, at: instance)
            return false
        }
        do {
            let isOurs = try await applyDispute(snapshot, at: instance)
            try await database.disputes.takeBack(snapshot.reference, at: instance)
            guard isOurs else { return false }
        } catch let quarantined as SnapshotQuarantined {
            try await setAside(snapshot.reference, quarantined.problem, at: instance)
            return false
        }
        logger.notice(
            "dispute.found",
            metadata: [
                "instance": "\(instance)", "dispute": "\(snapshot.reference)",
                "status": "\(snapshot.status.rawValue)",
            ])
        return true
    }
}
