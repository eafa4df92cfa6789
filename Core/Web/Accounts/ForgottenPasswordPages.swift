import Kernel
import Vocabulary

/// `/password/forgotten` and the link that it sends: a new password for whoever reads the mail of
/// the account's address. The same in all apps.
struct ForgottenPasswordPages: Sendable {
    static let ask = "/password/forgotten"

    struct Wish: Described {
        let email: String
        static let rules: [String: [Rule]] = ["email": [.length(3...254), .pattern(.email)]]
    }
    struct LinkPath: Described {
        let reset: String
        static let rules: [String: [Rule]] = [
            "reset": [.length(43...43), .about("What stands in the link.")]
        ]
    }
    struct Choice: Described {
        let password: String
        static let rules: [String: [Rule]] = ["password": [.length(1...200)]]
    }

    func mount(on routes: Routes) {
        routes.get("/password/forgotten").show(as: Visitor.self) { _, visitor in
            .page(
                "password-forgotten",
                ForgottenPasswordPage(email: visitor.account?.email ?? "", warning: nil),
                title: localized("Forgotten password"))
        }
        routes.post("/password/forgotten").form(Wish.self).limited(.signIn).outlivingSession()
            .show(
                as: Visitor.self,
                again: { again, _ in
                    .page(
                        "password-forgotten",
                        ForgottenPasswordPage(
                            email: again.values["email"] ?? "", warning: again.explanation),
                        title: localized("Forgotten password"))
                },
                use: { call, _ in
                    try await call.request.sendPasswordReset(to: call.form.email)
                    return .seeOther(
                        Self.ask,
                        notice: localized(
                            """
                            If there is an account of this address, a link is on its way to it. It \
                            works for an hour.
                            """))
                })
        routes.get("/password/reset/{reset}").path(LinkPath.self).show(as: Visitor.self) {
            call, _ in
            do {
                try await call.marketplace.checkPasswordReset(call.path.reset)
                return Self.form(call.path.reset, warning: nil)
            } catch PasswordResetRefusal.over { return Self.over }
        }
        routes.post("/password/reset/{reset}").path(LinkPath.self).form(Choice.self)
            .outlivingSession()
            .limited(.signIn)
            .show(
                as: Visitor.self,
                again: { again, _ in
                    let token = again.request.path.split(separator: "/").last.map(String.init)
                    return Self.form(token ?? "", warning: again.explanation)
                },
                use: { call, _ in
                    do {
                        try await call.request.resetPassword(
                            call.path.reset, to: call.form.password)
                    } catch PasswordResetRefusal.over { return Self.over }
                    return .seeOther(
                        "/sign-in",
                        notice: localized(
                            """
                            Your password is changed. Sign in with the new one, on every device, \
                            and make new tokens for your programs.
                            """))
                })
    }

    func mount(on api: API) {
        api.post("/password-resets", "Have a link sent that sets a new password", tag: "Account")
            .about("The answer is the same whether there is an account of the address or not.")
            .body(Wish.self).limited(.signIn)
            .handle(as: Visitor.self) { call, _ in
                try await call.request.sendPasswordReset(to: call.body.email)
                return Nothing()
            }
        api.put(
            "/password-resets/{reset}", "Set a new password; sessions and tokens end",
            tag: "Account"
        )
        .about("With what stands in the link. It works once, within an hour.")
        .path(LinkPath.self).body(Choice.self).limited(.signIn).refuses(.unavailable)
        .handle(as: Visitor.self) { call, _ in
            try await call.request.resetPassword(call.path.reset, to: call.body.password)
            return Nothing()
        }
    }

    private static func form(_ token: String, warning: String?) -> PageAnswer {
        .page(
            "password-reset",
            PasswordResetPage(action: "/password/reset/\(token)", warning: warning),
            title: localized("Choose a new password"))
    }

    private static var over: PageAnswer {
        .page(
            "password-reset-over",
            PasswordResetOverPage(
                explanation: PasswordResetRefusal.over.localizedExplanation),
            title: localized("This link is over"), status: .notFound)
    }
}

/// The model of `password-forgotten.mustache`.
struct ForgottenPasswordPage {
    let email: String
    let warning: String?
}

/// The model of `password-reset.mustache`.
struct PasswordResetPage {
    let action: String
    let warning: String?
}

/// The model of `password-reset-over.mustache`.
struct PasswordResetOverPage {
    let explanation: String
}

extension WebRequest {
    /// The time that asking for a link takes, whether there is an account or not: many times what
    /// writing the letter takes, so that nobody learns from a clock what the page does not say.
    private static let resetTime = Duration.milliseconds(150)

    /// Limited by the address that is written to, too.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``.
    func sendPasswordReset(to email: String) async throws {
        try await limitGuesses("reset " + Account.limitKey(of: email))
        let end = ContinuousClock.now.advanced(by: Self.resetTime)
        try await marketplace.sendPasswordReset(to: email, at: appURL)
        try await Task.sleep(until: end, clock: .continuous)
    }

    /// Sets the password, which ends every session of the account in all apps.
    func resetPassword(_ token: String, to new: String) async throws {
        let account = try await marketplace.resetPassword(token, to: new)
        try await forgetSessions(of: account)
    }

    /// Where this app is, by its settings: a letter must not lead where a request says that it is.
    public var appURL: String {
        if let known = site.settings.publicURL { return known }
        return site.app == .seller
            ? marketplace.settings.sellerURL : marketplace.settings.storefrontURL
    }
}
