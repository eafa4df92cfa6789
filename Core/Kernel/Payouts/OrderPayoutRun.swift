import Vocabulary

extension Marketplace {
    /// Pays out what is available, because somebody asked for it now. Written to the audit trail
    /// before it begins, so that a run which breaks off is there too.
    public func runPayouts(reason: String, by admin: ID<Account>) async throws -> PayoutRun {
        try await database.audit.record(
            "payouts.run", on: "market", "payouts", by: admin, reason: reason)
        return try await runPayouts()
    }
}
