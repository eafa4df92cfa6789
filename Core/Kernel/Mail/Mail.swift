import Postgres
import Vocabulary

/// One e-mail on its way out.
public struct Mail: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        /// There was no server to send it by: it is read in the back office.
        case kept
        case waiting, sent
        /// The server refuses it, or did not take it however often it was asked.
        case failed
    }

    public let id: ID<Mail>
    public let topic: String
    public let recipient: String
    public let subject: String
    public let body: String
    public let state: State
    public let tries: Int
    public let error: String?
    public let createdAt: Instant
    public let sentAt: Instant?
    /// When it is tried next; nil when it is not.
    public let nextAt: Instant?
}

/// Where e-mail is handed over.
public struct MailSettings: Sendable {
    public enum Encryption: String, Sendable, CaseIterable {
        case none, starttls, tls
    }

    /// The SMTP server; nil when there is none, and mail stays in the back office.
    public var host: String?
    public var port = 587
    public var encryption = Encryption.starttls
    /// Whom it comes from, a bare address.
    public var from = "guildhall@localhost"
    /// Who signs in at the server; nobody when nil.
    public var user: String?
    /// The file whose first line is the password.
    public var passwordFile: String?
    /// The program that hands it over: msmtp.
    public var tool = "/usr/bin/msmtp"
    /// How long the server may take.
    public var deadline: Duration = .seconds(20)

    public init() {}
}

/// Why a wish about e-mail was refused.
public enum MailRefusal: Refusal, CaseIterable {
    case unknown, notFailed, noServer

    public var code: String {
        switch self {
        case .unknown: "mail.unknown"
        case .notFailed: "mail.not-failed"
        case .noServer: "mail.no-server"
        }
    }

    public var reason: RefusalReason { self == .unknown ? .missing : .conflict }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such e-mail."
        case .notFailed: "Only e-mail that failed or was kept can be sent again."
        case .noServer: "No SMTP server is set: GUILDHALL_SMTP_HOST is empty."
        }
    }
}

extension Marketplace {
    /// E-mail on its way out and gone, newest first; of one state, or all.
    public func mails(in state: Mail.State? = nil, _ page: PageRequest) async throws -> Page<Mail> {
        try await database.mails.list(in: state, page)
    }

    /// - Throws: ``MailRefusal/unknown``
    public func mail(_ id: ID<Mail>) async throws -> Mail {
        guard let mail = try await database.mails.find(id) else { throw MailRefusal.unknown }
        return mail
    }

    /// Sends an e-mail again that failed, or that was kept because there was no server.
    /// - Throws: ``MailRefusal``
    public func retryMail(
        _ id: ID<Mail>, by admin: ID<Account>, reason: String
    ) async throws -> Mail {
        guard settings.mail.host != nil else { throw MailRefusal.noServer }
        return try await database.transaction { tx in
            guard let old = try await tx.mails.find(id) else { throw MailRefusal.unknown }
            guard try await tx.mails.wakeAgain(id), let mail = try await tx.mails.find(id) else {
                throw MailRefusal.notFailed
            }
            try await tx.audit.record(
                "mail.retried", on: "mail", id.description, by: admin, reason: reason,
                before: MailTrace(old), after: MailTrace(mail))
            return mail
        }
    }
}

/// What the trail shows of an e-mail; nothing of the person.
private struct MailTrace: Codable, Sendable {
    let state: String
    let tries: Int

    init(_ mail: Mail) {
        state = mail.state.rawValue
        tries = mail.tries
    }
}
