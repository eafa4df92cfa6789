extension Marketplace {
    /// Turns events of the outbox into notices, each exactly once: the notices and the reader's
    /// place are kept together or not at all, and two dispatchers never read at the same time.
    /// - Returns: whether there may be more.
    @discardableResult
    public func dispatchNotifications(limit: Int = 500) async throws -> Bool {
        try await database.transaction { tx in
            guard let cursor = try await tx.outbox.lockCursor("notifications") else { return false }
            let next = try await tx.outbox.dispatchNotifications(after: cursor, limit: limit)
            guard let next else { return false }
            try await tx.outbox.moveCursor("notifications", to: next)
            return true
        }
    }
}
