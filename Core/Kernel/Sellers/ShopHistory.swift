import Postgres
import Vocabulary

extension Marketplace {
    /// What the shop's team did, newest first, by the audit trail.
    /// - Throws: ``SellerRefusal/notAllowed`` for whoever does not run the team.
    public func shopHistory(
        as member: SellerMember, _ page: PageRequest
    ) async throws -> Page<AuditEntry> {
        try member.require(.manageTeam)
        return try await database.audit.list(.team(member.seller), page)
    }
}
