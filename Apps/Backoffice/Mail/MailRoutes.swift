import Kernel
import Vocabulary
import Web

/// E-mail on its way out. Without an SMTP server this is where it is read.
struct MailRoutes {
    struct MailPath: Described { let mail: ID<Mail> }

    struct MailQuery: Described {
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(Mail.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        var chosen: Mail.State? { state.flatMap(Mail.State.init(rawValue:)) }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 30)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/mails", .runMail, query: MailQuery.self) { call, _ in
            MailPages.list(
                try await call.marketplace.mails(in: call.query.chosen, call.query.page()),
                call.query, hasServer: call.marketplace.settings.mail.host != nil)
        }
        desk.page("/mails/{mail}", .runMail, path: MailPath.self) { call, _ in
            MailPages.show(
                try await call.marketplace.mail(call.path.mail),
                hasServer: call.marketplace.settings.mail.host != nil)
        }
        desk.read(
            "/mails", "E-mail on its way out and gone, newest first", tag: "Mail", .runMail,
            query: MailQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.mails(in: call.query.chosen, call.query.page())) {
                MailAnswer($0)
            }
        }
        desk.read(
            "/mails/{mail}", "An e-mail", tag: "Mail", .runMail, path: MailPath.self
        ) { call, _ in MailAnswer(try await call.marketplace.mail(call.path.mail)) }
        desk.act(
            Act<MailPath>(
                "/mails/{mail}/retries", "Send an e-mail again that failed or was kept",
                tag: "Mail", .runMail, done: "It is sent again.", back: { "/mails/\($0.mail)" }),
            input: Reason.self
        ) { marketplace, path, input, admin in
            MailAnswer(
                try await marketplace.retryMail(
                    path.mail, by: admin.account.id, reason: input.reason))
        }
    }
}

struct MailAnswer: Codable {
    let id: ID<Mail>
    /// What happened: `order.shipped`.
    let topic: String
    let recipient: String
    let subject: String
    let body: String
    let state: String
    let tries: Int
    let error: String?
    let createdAt: Instant
    let sentAt: Instant?
    /// When it is tried next; null when it is not.
    let nextAt: Instant?

    init(_ mail: Mail) {
        id = mail.id
        topic = mail.topic
        recipient = mail.recipient
        subject = mail.subject
        body = mail.body
        state = mail.state.rawValue
        tries = mail.tries
        error = mail.error
        createdAt = mail.createdAt
        sentAt = mail.sentAt
        nextAt = mail.nextAt
    }
}

enum MailPages {
    static func list(
        _ page: Kernel.Page<Mail>, _ query: MailRoutes.MailQuery, hasServer: Bool
    ) -> DeskPage {
        let rows = page.items.map { mail in
            [
                Cell(data: mail.subject, to: "/mails/\(mail.id)"), Cell(data: mail.recipient),
                .state(mail.state), .time(mail.createdAt), .time(mail.sentAt),
                .number(mail.tries), Cell(data: mail.error ?? ""),
            ]
        }
        let kept = query.state.map { [("state", $0)] } ?? []
        return DeskPage(
            "E-mail",
            lead: hasServer
                ? "What people are written of; the worker hands it to the SMTP server."
                : "No SMTP server is set: what would be sent stays here, to be read.",
            tabs: DeskPage.Tab.states(
                Mail.State.allCases.map(\.rawValue), of: "/mails", chosen: query.state),
            [
                Block(
                    table: Table(
                        ["Subject", "To", "State", "Written", "Sent", "Tries#", "Error"], rows),
                    nothing: "Nothing was written to anybody.",
                    more: page.next.map {
                        Links.with("/mails", kept + [("after", Cursor.seal($0))])
                    })
            ])
    }

    static func show(_ mail: Mail, hasServer: Bool) -> DeskPage {
        let again = DeskForm.reasoned(
            "Send it again", to: "/mails/\(mail.id)/retries",
            hint: "This letter goes to its address, as it was written then.")
        let canRetry = hasServer && (mail.state == .failed || mail.state == .kept)
        return DeskPage(
            .data(mail.subject),
            [
                Block(facts: [
                    Fact("To", data: mail.recipient), Fact("State", .state(mail.state)),
                    Fact("Written", data: Format.time(mail.createdAt)),
                    Fact("Sent", mail.sentAt.map(Phrase.time) ?? "not yet"),
                    Fact("Tries", data: String(mail.tries)), Fact("Error", data: mail.error ?? "—"),
                    Fact("Because of", .event(mail.topic)),
                ])
            ] + mail.body.split(separator: "\n\n").map { Block(text: .data(String($0))) }
                + [Block(forms: canRetry ? [again] : [])])
    }
}
