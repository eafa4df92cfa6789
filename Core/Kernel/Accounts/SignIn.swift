import Vocabulary

extension Marketplace {
    /// The account that this address and password open. Takes as long for an address that
    /// nobody has as for a wrong password; sessions and limits are the caller's.
    /// - Throws: ``AccountRefusal/signInFailed``, ``WorkRefusal/busy(seconds:)``.
    public func signIn(email: String, password: String) async throws -> Account {
        let found: (Account, hash: String)?
        if let normalized = try? Account.normalizedEmail(email) {
            found = try await database.accounts.findWithPassword(email: normalized)
        } else {
            found = nil
        }
        let typed = Password(password)
        let stored = found?.hash
        guard try await passwords.run({ try typed.matches(stored) }), let found else {
            throw AccountRefusal.signInFailed
        }
        return found.0
    }

    /// Replaces the password of `account`. All of its sessions, tokens for programs, visits of
    /// support and links to another address end with the one before, in the same transaction.
    /// - Returns: the account, as which the caller may go on.
    /// - Throws: ``AccountRefusal/passwordWrong`` when `current` is not the present one, or was
    ///   replaced meanwhile; ``AccountRefusal`` for a weak new one; ``WorkRefusal/busy(seconds:)``.
    @discardableResult
    public func changePassword(
        of account: ID<Account>, from current: String, to new: String
    ) async throws -> Account {
        guard let (email, hash) = try await database.accounts.findPassword(of: account) else {
            throw AccountRefusal.unknown
        }
        let password = try Password(choosing: new, for: email)
        let typed = Password(current)
        let replacement = try await passwords.run {
            try typed.matches(hash) ? password.hashed() : nil
        }
        guard let replacement else { throw AccountRefusal.passwordWrong }
        return try await database.transaction { tx in
            guard try await tx.accounts.savePassword(of: account, from: hash, to: replacement)
            else { throw AccountRefusal.passwordWrong }
            return try await endAccess(of: account, "account.password-changed", tx)
        }
    }
}
