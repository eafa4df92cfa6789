import Vocabulary

extension Marketplace {
    /// How the market is now.
    /// - Parameter redisMilliseconds: a round trip to Redis, which the kernel does not know; nil
    ///   when it did not answer.
    public func healthFacts(redisMilliseconds: Int64?) async throws -> HealthFacts {
        let started = ContinuousClock.now
        try await database.health.ping()
        let took = ContinuousClock.now - started
        var facts = try await database.health.facts()
        facts.databaseMilliseconds = took.wholeMilliseconds
        facts.redisMilliseconds = redisMilliseconds
        facts.lanes = try await jobBacklog()
        if let last = try await lastVerification(), let age = try await lastVerificationAge() {
            facts.verification = (last.differences, age)
        }
        let verified = try await lastSealVerifications()
        facts.seals = facts.seals.map { seal in
            let faults = verified.first { $0.chain == seal.chain }?.faults.count ?? 0
            return (seal.chain, seal.unsealedSeconds, faults)
        }
        return facts
    }

    /// Says every few seconds that a process lives, until cancelled.
    /// - Parameters:
    ///   - name: as in its log.
    ///   - machine: the host's name.
    public func keepBeating(as name: String, on machine: String, pid: Int) async {
        var took = Duration.zero
        let startedAt = Instant.systemNow
        while !Task.isCancelled {
            let started = ContinuousClock.now
            do {
                try await database.health.beat(
                    ProcessBeat(
                        machine: machine, name: name, pid: pid, startedAt: startedAt,
                        silentSeconds: 0, stoppedAt: nil, tookMilliseconds: took.wholeMilliseconds))
                took = ContinuousClock.now - started
            } catch {
                logger.warning("process.not-heard", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: ProcessBeat.every)
        }
    }

    /// Says that a process was stopped in order.
    public func stopBeating(as name: String, on machine: String, pid: Int) async {
        do {
            try await database.health.stop(
                ProcessBeat(
                    machine: machine, name: name, pid: pid, startedAt: .systemNow,
                    silentSeconds: 0, stoppedAt: .systemNow, tookMilliseconds: 0))
        } catch {
            logger.warning("process.not-heard", metadata: ["error": "\(error)"])
        }
    }
}
