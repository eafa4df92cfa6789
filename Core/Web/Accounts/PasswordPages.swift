import Kernel
import Vocabulary

/// `/password`: a new password for whoever knows the present one.
struct PasswordPages: Sendable {
    let home: String

    func mount(on routes: Routes) {
        routes.get("/password").show(as: SignedIn.self) { _, _ in
            .page("password", PasswordPage(warning: nil), title: localized("Change your password"))
        }
        routes.post("/password").form(NewPassword.self).limited(.signIn)
            .show(
                as: SignedIn.self,
                again: { again, _ in
                    .page(
                        "password", PasswordPage(warning: again.explanation),
                        title: localized("Change your password"))
                },
                use: { call, person in
                    try await call.request.changePassword(of: person.account, call.form)
                    return .seeOther(
                        home,
                        notice: localized(
                            """
                            Your password is changed. Other devices are signed out, and your \
                            programs need new tokens.
                            """))
                })
    }
}

struct NewPassword: Described {
    let current: String
    let password: String
    static let rules: [String: [Rule]] = [
        "current": [.length(1...200)], "password": [.length(1...200)],
    ]
}

struct PasswordPage {
    let warning: String?
}

extension WebRequest {
    /// Sets a new password, which ends every session and every token for programs; this browser
    /// gets a new session.
    /// - Throws: what the kernel refuses, and ``WebRefusal/tooManyRequests(retryAfter:)`` after
    ///   too many guesses at the present one.
    func changePassword(of account: Account, _ input: NewPassword) async throws {
        try await site.limiter.take(.password, Secrets.hash(Account.limitKey(of: account.email)))
        let changed = try await marketplace.changePassword(
            of: account.id, from: input.current, to: input.password)
        try await forgetSessions(of: account.id)
        guard bearer == nil else { return }
        try await signOut()
        try await signIn(changed)
    }
}
