import Glibc
import Postgres
import ProviderKit
import Vocabulary

extension Marketplace {
    /// How the market is now. What the database does not answer in time is left out, and said.
    /// - Parameter redisMilliseconds: a round trip to Redis, which the kernel does not know; nil
    ///   when it did not answer.
    public func healthFacts(redisMilliseconds: Int64?) async throws -> HealthFacts {
        let started = ContinuousClock.now
        try await database.health.ping()
        let took = ContinuousClock.now - started
        var facts = try await databaseFacts()
        facts.databaseMilliseconds = took.wholeMilliseconds
        facts.redisMilliseconds = redisMilliseconds
        facts.mediaRoom = await mediaRoom()
        return facts
    }

    private func databaseFacts() async throws -> HealthFacts {
        do {
            return try await database.transaction(statementDeadline: HealthStore.deadline) { tx in
                var facts = try await tx.health.facts()
                facts.lanes = try await tx.jobs.backlog()
                let tables = try await tx.providers.tables()
                facts.deadEnds = ProviderKind.allCases.compactMap { tables.deadEnds($0) }
                if let last = try await lastVerification(),
                    let age = try await lastVerificationAge()
                {
                    facts.verification = (last.differences, age)
                }
                let verified = try await lastSealVerifications()
                facts.seals = facts.seals.map { seal in
                    let faults = verified.first { $0.chain == seal.chain }?.faults.count ?? 0
                    return (seal.chain, seal.unsealedSeconds, faults)
                }
                return facts
            }
        } catch let error as PostgresError {
            logger.warning("health.not-read", metadata: ["error": "\(error)"])
            var facts = HealthFacts()
            facts.isWhole = false
            return facts
        }
    }

    /// How much room there is where photos and papers are stored; nil when nobody can tell.
    private func mediaRoom() async -> HealthFacts.Room? {
        let folder = settings.mediaFolder
        // It is made with the first upload, where the folder above it is.
        let above = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? "."
        do {
            return try await files.run { () -> HealthFacts.Room? in
                var found = statvfs()
                guard statvfs(folder, &found) == 0 || statvfs(above, &found) == 0 else {
                    return nil
                }
                let block = Int64(clamping: found.f_frsize)
                func bytes(_ blocks: some BinaryInteger) -> Int64 {
                    let product = Int64(clamping: blocks).multipliedReportingOverflow(by: block)
                    return product.overflow ? .max : product.partialValue
                }
                return HealthFacts.Room(
                    freeBytes: bytes(found.f_bavail), allBytes: bytes(found.f_blocks))
            }
        } catch {
            logger.warning("health.not-read", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
