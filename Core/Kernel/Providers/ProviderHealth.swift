import ProviderHost
public import Vocabulary

/// How the calls to a provider went lately.
public struct ProviderHealth: Hashable, Sendable {
    /// One minute in which it was called.
    public struct Minute: Hashable, Sendable {
        public let at: Instant
        public let calls: Int
        /// Without an answer, or with one that says that the provider, its settings or the question
        /// are at fault.
        public let failures: Int
        /// Of all calls together, and of the slowest.
        public let tookMilliseconds: Int64
        public let slowestMilliseconds: Int64
    }

    /// Oldest first; minutes without calls are left out.
    public let minutes: [Minute]
    /// The last minute that was asked about.
    public let until: Instant

    public var calls: Int { minutes.reduce(0) { $0 + $1.calls } }
    public var failures: Int { minutes.reduce(0) { $0 + $1.failures } }
    public var slowestMilliseconds: Int64 { minutes.map(\.slowestMilliseconds).max() ?? 0 }

    /// The mean of all calls; 0 when there was none.
    public var meanMilliseconds: Int64 {
        let took = minutes.reduce(Int64(0)) { $0 + $1.tookMilliseconds }
        return calls == 0 ? 0 : took / Int64(calls)
    }

    /// In parts per million; 0 when there was no call.
    public var failureRate: PartsPerMillion {
        PartsPerMillion(calls == 0 ? 0 : Int64(failures) * 1_000_000 / Int64(calls))
    }
}

extension Marketplace {
    /// How calls to a provider went in the last hour, in all processes but for the last seconds.
    /// - Throws: ``ProviderRefusal/instanceMissing``.
    public func providerHealth(_ id: ID<ProviderInstance>) async throws -> ProviderHealth {
        _ = try await providerInstance(id)
        return try await database.providerHealth.lastHour(of: id)
    }
}

extension ProviderGateway {
    /// How often what was counted is kept.
    static let healthEvery: Duration = .seconds(5)

    /// Keeps what was counted until cancelled.
    func keepHealth() async {
        while !Task.isCancelled {
            // Cancelled: what is left is kept below.
            try? await Task.sleep(for: Self.healthEvery)
            await keepHealthNow()
        }
    }

    /// Keeps what was counted since the last time.
    public func keepHealthNow() async {
        let counts = tally.take()
        guard !counts.isEmpty else { return }
        do {
            try await database.providerHealth.add(counts)
        } catch {
            tally.giveBack(counts)
            logger.warning("provider-health.not-kept", metadata: ["error": "\(error)"])
        }
    }
}
