import Kernel
import Vocabulary

/// `/email` and the link that it sends to another address; the same in all apps.
struct EmailPages: Sendable {
    struct Wish: Described {
        let email: String
        let currentPassword: String
        static let rules: [String: [Rule]] = [
            "email": [.length(3...254), .pattern(.email)], "currentPassword": [.length(1...200)],
        ]
    }
    struct LinkPath: Described {
        let change: String
        static let rules: [String: [Rule]] = [
            "change": [.length(43...43), .about("What stands in the link.")]
        ]
    }

    let home: String

    func mount(on routes: Routes) {
        routes.get("/email").show(as: SignedIn.self) { _, person in
            Self.page(person.account, typed: "", warning: nil)
        }
        routes.post("/email").form(Wish.self).limited(.signIn)
            .show(
                as: SignedIn.self,
                again: { again, person in
                    Self.page(
                        person.account, typed: again.values["email"] ?? "",
                        warning: again.explanation)
                },
                use: { call, person in
                    try await call.request.askForEmail(call.form, of: person.account)
                    return .seeOther(
                        "/email",
                        notice: localized(
                            """
                            A link is on its way to \(call.form.email). Your account keeps the \
                            address that it has until you open it, within a day.
                            """))
                })
        routes.get("/email/{change}").path(LinkPath.self).show(as: Visitor.self) { call, _ in
            do {
                let change = try await call.marketplace.emailChange(call.path.change)
                return .page(
                    "email-change",
                    EmailChangePage(action: "/email/\(call.path.change)", email: change.email),
                    title: localized("Your new e-mail address"))
            } catch EmailChangeRefusal.over { return Self.over(.over) }
        }
        routes.post("/email/{change}").path(LinkPath.self).limited(.signIn).outlivingSession()
            .show(as: Visitor.self) { call, visitor in
                do {
                    let account = try await call.request.changeEmail(by: call.path.change)
                    return .seeOther(
                        visitor.account?.id == account.id ? home : "/sign-in",
                        notice: localized("The address of your account is \(account.email) now."))
                } catch let refusal as EmailChangeRefusal { return Self.over(refusal) }
            }
    }

    func mount(on api: API) {
        api.post("/account/email", "Have a link sent to another address", tag: "Account")
            .about(
                """
                The address changes when the link is opened. The answer is the same whether \
                somebody else has the address or not.
                """
            )
            .body(Wish.self).limited(.signIn).refuses(.missing, .unavailable)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.askForEmail(call.body, of: person.account)
                return Nothing()
            }
        api.put("/email-changes/{change}", "Take on the new address", tag: "Account")
            .about("With what stands in the link. It works once, within a day; sessions go on.")
            .path(LinkPath.self).limited(.signIn).refuses(.conflict)
            .handle(as: Visitor.self) { call, _ in
                AccountAnswer(try await call.request.changeEmail(by: call.path.change))
            }
    }

    private static func page(
        _ account: Account, typed: String, warning: String?
    ) -> PageAnswer {
        .page(
            "email", EmailPage(present: account.email, email: typed, warning: warning),
            title: localized("Change your e-mail address"))
    }

    private static func over(_ refusal: EmailChangeRefusal) -> PageAnswer {
        .page(
            "email-change-over",
            EmailChangeOverPage(explanation: refusal.localizedExplanation),
            title: localized("This link is over"),
            status: refusal == .taken ? .conflict : .notFound)
    }
}

/// The model of `email.mustache`.
struct EmailPage {
    let present: String
    let email: String
    let warning: String?
}

/// The model of `email-change.mustache`.
struct EmailChangePage {
    let action: String
    let email: String
}

/// The model of `email-change-over.mustache`.
struct EmailChangeOverPage {
    let explanation: String
}

extension WebRequest {
    /// Guesses at the password are counted with those at signing in, and letters by whom they are
    /// sent to, too.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``, what the kernel refuses.
    func askForEmail(_ wish: EmailPages.Wish, of account: Account) async throws {
        try await limitGuesses(Account.limitKey(of: account.email))
        try await limitGuesses("email " + Account.limitKey(of: wish.email))
        try await marketplace.askForEmail(
            wish.email, of: account.id, password: wish.currentPassword, at: appURL)
    }

    func changeEmail(by token: String) async throws -> Account {
        try await marketplace.changeEmail(by: token, at: appURL)
    }
}
