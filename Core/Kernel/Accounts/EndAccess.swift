import Postgres
import Vocabulary

extension Marketplace {
    /// Ends every session of the account in all apps, and whoever looks on as it or was let in by
    /// it. The database decides: a session that Redis still holds opens nothing from now on.
    public func endSessions(of account: ID<Account>) async throws {
        try await database.transaction { tx in
            _ = try await endSessions(of: account, tx)
        }
    }

    /// The same for somebody who goes on: as the account that is returned.
    /// - Throws: ``AccountRefusal/signInFailed`` when everything of `account` ended meanwhile, this
    ///   caller's session too.
    public func endOtherSessions(of account: Account) async throws -> Account {
        try await database.transaction { tx in
            let next = try await endSessions(of: account.id, after: account.accessEpoch, tx)
            guard let next else { throw AccountRefusal.signInFailed }
            return next
        }
    }

    /// - Parameter epoch: in which the account has to be until then; nil for whichever it is in.
    /// - Returns: the account in its next epoch; nil when there is none, or not in that epoch.
    func endSessions(
        of id: ID<Account>, after epoch: Int? = nil, _ tx: Transaction
    ) async throws -> Account? {
        let account = try await tx.accounts.beginEpoch(of: id, after: epoch)
        if account != nil || epoch == nil { try await endImpersonations(of: id, tx) }
        return account
    }

    /// Ends whatever was begun with the password before: sessions, tokens and links. Written to
    /// the audit trail, and to the person.
    func endAccess(
        of id: ID<Account>, _ action: String, _ tx: Transaction
    ) async throws -> Account {
        guard let account = try await endSessions(of: id, tx) else { throw AccountRefusal.unknown }
        let before = try await tx.audit.before("account", id.description)
        try await tx.accessTokens.revokeAll(of: id)
        try await tx.passwordResets.endAll(of: id)
        // Or whoever knew the old password would take the account by its address.
        try await tx.emailChanges.endAll(of: id)
        try await tx.audit.record(
            action, on: "account", id.description, by: id, as: .customer, before: before)
        try await tx.outbox.record(
            OutboxEvent("account.password-changed", about: "account", id, NoPayload())
                .telling(account: id, email: nil))
        return account
    }
}
