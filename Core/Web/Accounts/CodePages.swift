import Kernel
import Vocabulary

/// `/sign-in/code`: the second step of signing in.
struct CodePages: Sendable {
    let home: String
    let afterSignIn: @Sendable (WebRequest, Account) async throws -> Void

    struct CodeForm: Described {
        let code: String
        let then: String?
        static let rules: [String: [Rule]] = ["code": [.length(1...40)]]
    }

    func mount(on routes: Routes) {
        routes.get("/sign-in/code").query(Then.self).show(as: Visitor.self) { call, _ in
            guard try await call.request.accountAwaitingCode() != nil else {
                return .seeOther(call.query.onward("/sign-in"))
            }
            return .page(
                "sign-in-code", CodePage(then: call.query.then), title: localized("Sign in"))
        }
        routes.post("/sign-in/code").form(CodeForm.self).limited(.signIn).outlivingSession()
            .show(
                as: Visitor.self,
                again: { again, _ in
                    .page(
                        "sign-in-code",
                        CodePage(then: again.values["then"], warning: again.explanation),
                        title: localized("Sign in"))
                },
                use: { call, _ in
                    let then = Then(then: call.form.then)
                    guard let account = try await call.request.accountAwaitingCode() else {
                        return .seeOther(
                            then.onward("/sign-in"),
                            warning: localized("That took too long. Type your password again."))
                    }
                    try await call.request.checkCode(call.form.code, of: account)
                    try await call.request.endAwaitingCode()
                    try await call.request.signIn(account)
                    try await afterSignIn(call.request, account)
                    return .seeOther(then.path(or: home))
                })
    }
}

/// The model of `sign-in-code.mustache`.
struct CodePage {
    let then: String
    let warning: String?

    init(then: String?, warning: String? = nil) {
        self.then = then ?? ""
        self.warning = warning
    }
}
