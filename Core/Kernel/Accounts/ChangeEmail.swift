import Postgres
import Vocabulary

extension Marketplace {
    /// Sends a link to the address that `account` shall have, and tells the one that it has. Links
    /// that were sent before end. The answer, the time it takes and what the present address is
    /// written are the same whether somebody else has the wanted one or not; whoever reads the
    /// mail there is told.
    /// - Parameter home: where the app is that was asked; never what a request says of itself.
    /// - Throws: ``AccountRefusal/emailInvalid``, ``AccountRefusal/passwordWrong`` (also when it
    ///   was replaced meanwhile), ``EmailChangeRefusal/same``, ``EmailChangeRefusal/tooMany``,
    ///   ``WorkRefusal/busy(seconds:)``.
    public func askForEmail(
        _ email: String, of account: ID<Account>, password: String, at home: String
    ) async throws {
        let wanted = try Account.normalizedEmail(email)
        guard MailMessage.isAddress(wanted) else { throw AccountRefusal.emailInvalid }
        guard let epoch = try await self.account(account)?.accessEpoch else {
            throw AccountRefusal.unknown
        }
        try await requirePassword(password, of: account)
        let token = EmailChange.newToken()
        try await database.transaction { tx in
            guard try await tx.accounts.lockOpen(account),
                let person = try await tx.accounts.find(account)
            else { throw AccountRefusal.unknown }
            guard person.accessEpoch == epoch else { throw AccountRefusal.passwordWrong }
            guard person.email != wanted else { throw EmailChangeRefusal.same }
            let isTaken = try await tx.accounts.find(email: wanted) != nil
            try await tx.emailChanges.endAll(of: account)
            let isNew = try await tx.emailChanges.insert(
                EmailChange(id: ID(), account: account, email: wanted), from: person.email,
                hash: EmailChange.hash(of: token))
            guard isNew else { throw EmailChangeRefusal.tooMany }
            try await tx.audit.record(
                "account.email-asked", on: "account", account.description, by: account,
                as: .customer)
            let link = isTaken ? nil : "\(home)/email/\(token)"
            try await write(.wantedEmail(isTaken: isTaken), link, to: wanted, of: person, home, tx)
            try await write(.emailAsked, nil, to: person.email, of: person, home, tx)
        }
    }

    /// What a link would do, without using it up.
    /// - Throws: ``EmailChangeRefusal/over``.
    public func emailChange(_ token: String) async throws -> EmailChange {
        let found = try await database.emailChanges.find(EmailChange.hash(of: token))
        guard let found else { throw EmailChangeRefusal.over }
        return found
    }

    /// Gives the account the address that the link was sent to. Sessions go on; every link that
    /// was sent to the address before ends. Purchases keep the address they were placed with.
    /// - Throws: ``EmailChangeRefusal/over``, ``EmailChangeRefusal/taken``.
    public func changeEmail(by token: String, at home: String) async throws -> Account {
        let change = try await emailChange(token)
        return try await refusing("account_email_key", as: EmailChangeRefusal.taken) {
            try await database.transaction { tx in
                guard try await tx.accounts.lockOpen(change.account),
                    try await tx.emailChanges.use(change.id),
                    let before = try await tx.accounts.find(change.account),
                    let after = try await tx.accounts.saveEmail(change.email, of: change.account)
                else { throw EmailChangeRefusal.over }
                try await tx.emailChanges.endAll(of: change.account)
                try await tx.passwordResets.endAll(of: change.account)
                // The trail is for ever, and addresses are the person's to take back.
                try await tx.audit.record(
                    "account.email-changed", on: "account", change.account.description,
                    by: change.account, as: .customer)
                try await write(.emailChanged, nil, to: before.email, of: before, home, tx)
                return after
            }
        }
    }

    /// - Parameter link: what opens the change; the back office is not shown it.
    private func write(
        _ kind: EmailLetter, _ link: String?, to address: String, of person: Account,
        _ home: String, _ tx: Transaction
    ) async throws {
        guard MailMessage.isAddress(address) else { return }
        let language = try await tx.accounts.language(of: person.id) ?? .english
        let words = try Words.kernel(language)
        // Nobody is greeted by a name who may be a stranger to its bearer.
        let name = address == person.email ? person.name : nil
        func message(_ link: String?) -> MailMessage {
            Words.$current.withValue(words) {
                let letter = Letter.email(kind)
                return MailMessage(
                    id: ID(), from: settings.mail.from, recipient: address, language: language,
                    subject: letter.subject,
                    body: letter.body(to: name, about: link, home: home), at: .systemNow)
            }
        }
        let shown = settings.isDemo ? link : link.map { _ in "\(home)/email/…" }
        try await tx.mails.insert(
            message(link), showing: message(shown).body, topic: kind.topic,
            isSendable: settings.mail.host != nil)
    }
}
