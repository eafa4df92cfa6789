import Postgres

extension TestMarketplace {
    /// Waits until so many connections to this market's database wait for a lock.
    public func waitForWaiters(_ wanted: Int) async throws {
        for _ in 0..<2000 {
            let waiting =
                try await storage.owner.query(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                    """
                ).decode { c in try c.next(Int.self) }.first ?? 0
            if waiting >= wanted { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestSupportError.notFound("\(wanted) that wait for a lock")
    }

    /// Has these begin one after the other while somebody holds what `statement` locks: the first
    /// is the first to get it, and each has read by then what is there now.
    /// - Returns: how each ended, in their order.
    public func inTurn<Value: Sendable>(
        lockedBy statement: SQL, _ works: [@Sendable () async throws -> Value]
    ) async throws -> [Result<Value, any Error>] {
        let begun = try await storage.owner.transaction { tx in
            _ = try await tx.query(statement)
            var begun: [Task<Value, any Error>] = []
            for work in works {
                begun.append(Task { try await work() })
                try await waitForWaiters(begun.count)
            }
            return begun
        }
        var ended: [Result<Value, any Error>] = []
        for task in begun { ended.append(await task.result) }
        return ended
    }
}
