import Hummingbird
import Kernel
import Vocabulary

/// Register, sign in and sign out, the same in all apps.
///
/// `AccountPages(afterSignIn: …).mount(on: routes)` serves `/register`, `/sign-in` and `/sign-out`;
/// ``AccountAPI`` the same for programs.
public struct AccountPages: Sendable {
    /// What an app does when somebody just signed in with this browser, such as merging carts.
    let afterSignIn: @Sendable (WebRequest, Account) async throws -> Void
    /// Where one goes who did not come from somewhere.
    let home: String

    public init(
        home: String = "/",
        afterSignIn: @escaping @Sendable (WebRequest, Account) async throws -> Void = { _, _ in }
    ) {
        self.home = home
        self.afterSignIn = afterSignIn
    }

    public func mount(on routes: Routes) {
        routes.get("/sign-in").query(Then.self).show(as: Visitor.self) { call, visitor in
            if visitor.account != nil { return .seeOther(call.query.path(or: home)) }
            return .page("sign-in", SignInPage(then: call.query.then), title: localized("Sign in"))
        }
        routes.post("/sign-in").form(SignInForm.self).limited(.signIn).outlivingSession()
            .show(as: Visitor.self, again: signInAgain, use: signIn)
        routes.get("/register").query(Then.self).show(as: Visitor.self) { call, _ in
            .page(
                "register", RegisterPage(then: call.query.then),
                title: localized("Create an account"))
        }
        routes.post("/register").form(RegisterForm.self).limited(.register).outlivingSession()
            .show(as: Visitor.self, again: registerAgain, use: register)
        routes.post("/sign-out").openOnBehalf().outlivingSession()
            .show(as: Visitor.self) { call, _ in
                try await call.request.signOut()
                return .seeOther("/", notice: localized("You are signed out."))
            }
        routes.post("/sign-out/everywhere").show(as: SignedIn.self) { call, person in
            try await call.request.signOutEverywhere(person.account.id)
            return .seeOther("/", notice: localized("You are signed out on every device."))
        }
        CodePages(home: home, afterSignIn: afterSignIn).mount(on: routes)
        PasswordPages(home: home).mount(on: routes)
        ForgottenPasswordPages().mount(on: routes)
        NamePages(home: home).mount(on: routes)
        EmailPages(home: home).mount(on: routes)
        SecurityPages().mount(on: routes)
        MailPreferencePages().mount(on: routes)
        KeptFormPages(home: home).mount(on: routes)
    }

    private func signIn(
        _ call: PageCall<Nothing, Nothing, SignInForm>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let account = try await call.request.checkPassword(call.form.email, call.form.password)
        guard try await call.marketplace.secondFactor(of: account.id) == nil else {
            try await call.request.awaitCode(of: account)
            return .seeOther(Then(then: call.form.then).onward("/sign-in/code"))
        }
        try await call.request.signIn(account)
        try await afterSignIn(call.request, account)
        return .seeOther(Then(then: call.form.then).path(or: home))
    }

    @Sendable private func signInAgain(_ again: Again, _ visitor: Visitor) -> PageAnswer {
        .page(
            "sign-in",
            SignInPage(
                then: again.values["then"], email: again.values["email"] ?? "",
                warning: again.explanation),
            title: localized("Sign in"))
    }

    private func register(
        _ call: PageCall<Nothing, Nothing, RegisterForm>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let form = call.form
        let account = try await call.marketplace.register(
            Registration(
                email: form.email, name: form.name, password: form.password,
                language: call.request.spokenLanguage))
        try await call.request.signIn(account)
        try await afterSignIn(call.request, account)
        return .seeOther(
            Then(then: form.then).path(or: home), notice: localized("Welcome, \(account.name)."))
    }

    @Sendable private func registerAgain(_ again: Again, _ visitor: Visitor) -> PageAnswer {
        .page(
            "register",
            RegisterPage(
                then: again.values["then"], name: again.values["name"] ?? "",
                email: again.values["email"] ?? "", warning: again.explanation),
            title: localized("Create an account"))
    }
}

/// Where to go on after signing in.
public struct Then: Described {
    public let then: String?

    public init(then: String?) { self.then = then }

    /// `path`, which goes on to the same.
    func onward(_ path: String) -> String {
        path + (then.map { "?then=\(PercentEncoding.encode($0))" } ?? "")
    }

    /// A path of this site; anything else could lead people to a look-alike.
    public func path(or home: String) -> String {
        guard let then, then.hasPrefix("/"), !then.hasPrefix("//"), !then.contains("\\"),
            then.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return home }
        return then
    }
}

struct SignInForm: Described {
    let email: String
    let password: String
    let then: String?
    static let rules: [String: [Rule]] = [
        "email": [.length(1...254)], "password": [.length(1...200)],
    ]
}

struct RegisterForm: Described {
    let name: String
    let email: String
    let password: String
    let then: String?
    static let rules: [String: [Rule]] = [
        "name": [.length(1...120)], "email": [.length(3...254)], "password": [.length(1...200)],
    ]
}

struct SignInPage {
    let then: String
    let email: String
    let warning: String?
    let registerLink: String

    init(then: String?, email: String = "", warning: String? = nil) {
        self.then = then ?? ""
        self.email = email
        self.warning = warning
        registerLink = "/register" + (then.map { "?then=\(PercentEncoding.encode($0))" } ?? "")
    }
}

struct RegisterPage {
    let then: String
    let name: String
    let email: String
    let warning: String?

    init(then: String?, name: String = "", email: String = "", warning: String? = nil) {
        self.then = then ?? ""
        self.name = name
        self.email = email
        self.warning = warning
    }
}

extension WebRequest {
    /// The account of an e-mail address and its password; guesses are limited per account as well
    /// as per address.
    func checkPassword(_ email: String, _ password: String) async throws -> Account {
        // As the kernel reads it, or blanks around an address would give fresh guesses.
        let caller = Secrets.hash(Account.limitKey(of: email))
        try await site.limiter.take(.password, caller)
        return try await marketplace.signIn(email: email, password: password)
    }
}
