import Vocabulary

extension Marketplace {
    /// What `account` may do in the back office; empty for everybody else.
    public func adminRoles(of account: ID<Account>) async throws -> Set<AdminRole> {
        try await database.accounts.roles(of: account)
    }

    /// Who administers, newest account first.
    public func administrators(
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<(Account, Set<AdminRole>)> {
        try await database.accounts.listAdministrators(page)
    }

    /// Gives `role` to the account of this address; giving it twice changes nothing.
    /// `actor` is nil when the operator does it on the command line.
    /// - Throws: ``AccountRefusal/unknown`` when nobody has the address.
    public func grant(
        _ role: AdminRole, toEmail email: String, reason: String? = nil, by actor: ID<Account>?
    ) async throws {
        let email = try Account.normalizedEmail(email)
        try await database.transaction { tx in
            guard let account = try await tx.accounts.find(email: email) else {
                throw AccountRefusal.unknown
            }
            let before = try await tx.audit.before("account", account.id.description)
            guard try await tx.accounts.insert(role, of: account.id) else { return }
            try await tx.audit.record(
                "account.role-granted", on: "account", account.id.description,
                by: actor,
                reason: [role.rawValue, reason].compactMap { $0 }.joined(separator: ": "),
                before: before)
        }
    }

    /// Takes `role` from `account`.
    /// - Throws: ``AccountRefusal/lastAdministrator`` for the last one there is,
    ///   ``AccountRefusal/unknown`` when the account does not have the role.
    public func withdraw(
        _ role: AdminRole, from account: ID<Account>, reason: String? = nil,
        by actor: ID<Account>?
    ) async throws {
        try await database.transaction { tx in
            if role == .administrator,
                try await tx.accounts.lockAdministrators() == [account]
            {
                throw AccountRefusal.lastAdministrator
            }
            let before = try await tx.audit.before("account", account.description)
            guard try await tx.accounts.delete(role, of: account) else {
                throw AccountRefusal.unknown
            }
            try await tx.audit.record(
                "account.role-withdrawn", on: "account", account.description,
                by: actor,
                reason: [role.rawValue, reason].compactMap { $0 }.joined(separator: ": "),
                before: before)
        }
    }
}
