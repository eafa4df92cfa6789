import Postgres
import Vocabulary

extension Marketplace {
    /// Sends a link that sets a new password to the address, if there is an account of it. Tells
    /// nothing: what nobody has, and what was written to often, is passed over in silence.
    /// - Parameter home: where the app is that was asked; never what a request says of itself.
    public func sendPasswordReset(to email: String, at home: String) async throws {
        let address: String
        do { address = try Account.normalizedEmail(email) } catch { return }
        try await database.transaction { tx in
            guard let account = try await tx.accounts.find(email: address),
                MailMessage.isAddress(account.email),
                try await tx.accounts.lockOpen(account.id),
                // Another one may have become the account's while this waited.
                try await tx.accounts.find(account.id)?.email == address
            else { return }
            let token = PasswordReset.newToken()
            let isNew = try await tx.passwordResets.insert(
                ID(), of: account.id, hash: PasswordReset.hash(of: token),
                lifetime: PasswordReset.lifetime)
            guard isNew else { return }
            try await write(token, to: account, at: home, tx)
        }
    }

    private func write(
        _ token: String, to account: Account, at home: String, _ tx: Transaction
    ) async throws {
        let language = try await tx.accounts.language(of: account.id) ?? .english
        let words = try Words.kernel(language)
        func message(_ link: String) -> MailMessage {
            Words.$current.withValue(words) {
                let letter = Letter.forgottenPassword
                return MailMessage(
                    id: ID(), from: settings.mail.from, recipient: account.email,
                    language: language, subject: letter.subject,
                    body: letter.body(to: account.name, about: link, home: home), at: .systemNow)
            }
        }
        let link = "\(home)/password/reset/\(token)"
        // The back office shows what was written, but not what opens the account; in a demo
        // without a mail server its mailbox is all there is.
        let shown = settings.isDemo ? link : "\(home)/password/reset/…"
        try await tx.mails.insert(
            message(link), showing: message(shown).body, topic: "account.password-reset",
            isSendable: settings.mail.host != nil)
    }

    /// Whether a link is still good, without using it up.
    /// - Throws: ``PasswordResetRefusal/over``.
    public func checkPasswordReset(_ token: String) async throws {
        guard try await database.passwordResets.find(PasswordReset.hash(of: token)) != nil else {
            throw PasswordResetRefusal.over
        }
    }

    /// Sets a new password for the account that the link was sent to. A link works once, and ends
    /// all others of the account. Signs nobody in: the second step of signing in stays what it
    /// was. All sessions, tokens for programs and visits of support end, in the same transaction.
    /// - Returns: whose password it is.
    /// - Throws: ``PasswordResetRefusal/over``, ``AccountRefusal`` for a weak password, which
    ///   leaves the link good; ``WorkRefusal/busy(seconds:)``.
    public func resetPassword(_ token: String, to new: String) async throws -> ID<Account> {
        let hash = PasswordReset.hash(of: token)
        guard let reset = try await database.passwordResets.find(hash) else {
            throw PasswordResetRefusal.over
        }
        let password = try Password(choosing: new, for: reset.email)
        let replacement = try await passwords.run { try password.hashed() }
        try await database.transaction { tx in
            guard try await tx.accounts.lockOpen(reset.account),
                try await tx.passwordResets.use(reset.id)
            else { throw PasswordResetRefusal.over }
            try await tx.accounts.savePassword(of: reset.account, to: replacement)
            _ = try await endAccess(of: reset.account, "account.password-reset", tx)
        }
        return reset.account
    }
}
