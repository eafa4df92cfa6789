import Hummingbird
import Kernel
import Vocabulary

/// Accounts, sessions and tokens for programs, the same in all apps.
public struct AccountAPI: Sendable {
    let afterSignIn: @Sendable (WebRequest, Account) async throws -> Void

    public init(
        afterSignIn: @escaping @Sendable (WebRequest, Account) async throws -> Void = { _, _ in }
    ) {
        self.afterSignIn = afterSignIn
    }

    public func mount(on api: API) {
        let tag = "Account"
        api.post("/accounts", "Register", tag: tag)
            .body(NewAccount.self).refuses(.conflict, .unavailable).limited(.register)
            .succeeds(with: .created)
            .handle(as: Visitor.self) { call, _ in
                AccountAnswer(
                    try await call.marketplace.register(
                        Registration(
                            email: call.body.email, name: call.body.name,
                            password: call.body.password,
                            language: call.request.spokenLanguage)))
            }
        api.get("/account", "Who is signed in", tag: tag).openToScopes()
            .handle(as: SignedIn.self) { _, person in AccountAnswer(person.account) }
        api.put("/account/password", "Change the password; other sessions end", tag: tag)
            .about("All your tokens end with the password that they were made with.")
            .body(NewPassword.self).limited(.signIn).refuses(.missing, .unavailable)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.changePassword(of: person.account, call.body)
                return Nothing()
            }
        api.post("/sessions", "Sign in with a cookie", tag: tag)
            .about(
                """
                Where two-step sign-in is on, the password alone is answered with 401 and \
                `second-factor.code-needed`: send it again with `code`.
                """
            )
            .body(Credentials.self).limited(.signIn).refuses(.unauthenticated)
            .succeeds(with: .created)
            .handle(as: Visitor.self) { call, _ in
                let account = try await call.request.prove(call.body)
                try await call.request.signIn(account)
                try await afterSignIn(call.request, account)
                return AccountAnswer(account)
            }
        api.delete("/sessions/current", "Sign out", tag: tag).openOnBehalf()
            .handle(as: Visitor.self) { call, _ in
                try await call.request.signOut()
                return Nothing()
            }
        api.delete("/sessions", "Sign out everywhere", tag: tag)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.signOutEverywhere(person.account.id)
                return Nothing()
            }
        api.get("/account/language", "In which language you are written", tag: tag)
            .handle(as: SignedIn.self) { call, person in
                LanguageAnswer(
                    language: try await call.marketplace.language(of: person.account.id))
            }
        api.put("/account/language", "Choose in which language you are written", tag: tag)
            .body(LanguageChoice.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.marketplace.chooseLanguage(
                    call.body.language, of: person.account.id)
                return LanguageAnswer(language: call.body.language)
            }
        ForgottenPasswordPages().mount(on: api)
        NamePages(home: "/").mount(on: api)
        EmailPages(home: "/").mount(on: api)
        MailPreferencePages().mount(on: api)
        SecurityAPI().mount(on: api)
        mountTokens(on: api, tag: "Tokens")
    }

    private func mountTokens(on api: API, tag: String) {
        api.post("/tokens", "Make a token for programs, with e-mail and password", tag: tag)
            .about(
                """
                It lasts 90 days where `expiresAt` is absent, and a year at most. In the seller \
                app `scopes` says what it may do; without them it may do what your role includes.
                """
            )
            .body(NewToken.self).limited(.signIn).refuses(.unauthenticated, .conflict)
            .succeeds(with: .created)
            .handle(as: Visitor.self) { call, _ in
                let account = try await call.request.prove(
                    Credentials(
                        email: call.body.email, password: call.body.password,
                        code: call.body.code))
                let (token, secret) = try await call.marketplace.createAccessToken(
                    named: call.body.name, for: call.request.site.app, of: account.id,
                    scopes: call.body.scopes, expiresAt: call.body.expiresAt,
                    since: account.accessEpoch)
                return NewTokenAnswer(
                    id: token.id, name: token.name, token: secret, expiresAt: token.expiresAt,
                    scopes: token.scopes)
            }
        api.get("/tokens", "Your tokens, newest first", tag: tag)
            .query(ListQuery.self)
            .handle(as: SignedIn.self) { call, person in
                let page = try await call.marketplace.accessTokens(
                    of: person.account.id, call.query.page())
                return Listed(page) { TokenAnswer($0) }
            }
        api.delete("/tokens/{token}", "Revoke a token", tag: tag)
            .path(TokenPath.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.marketplace.revokeAccessToken(
                    call.path.token, of: person.account.id)
                return Nothing()
            }
    }
}

struct NewAccount: Described {
    let email: String
    let name: String
    let password: String
    static let rules: [String: [Rule]] = [
        "email": [.length(3...254), .pattern(.email)], "name": [.length(1...120)],
        "password": [.length(1...200)],
    ]
}

struct Credentials: Described {
    let email: String
    let password: String
    let code: String?
    static let rules: [String: [Rule]] = [
        "email": [.length(1...254)], "password": [.length(1...200)], "code": codeRules,
    ]
    static let codeRules: [Rule] = [
        .length(1...40),
        .about("Of the authenticator app, or a recovery code, where two-step sign-in is on."),
    ]
}

struct NewToken: Described {
    let email: String
    let password: String
    let code: String?
    let name: String
    let expiresAt: Instant?
    let scopes: [TokenScope]?
    static let rules: [String: [Rule]] = [
        "email": [.length(1...254)], "password": [.length(1...200)], "name": [.length(1...80)],
        "code": Credentials.codeRules, "scopes": [.count(1...8)],
    ]
}

struct LanguageChoice: Described {
    let language: Language
}

struct LanguageAnswer: Codable, Sendable {
    /// Null while nobody knows: letters are English then.
    let language: Language?
}

struct TokenPath: Described {
    let token: ID<AccessToken>
}

struct AccountAnswer: Codable, Sendable {
    let id: ID<Account>
    let email: String
    let name: String
    let createdAt: Instant

    init(_ account: Account) {
        id = account.id
        email = account.email
        name = account.name
        createdAt = account.createdAt
    }
}

struct NewTokenAnswer: Codable, Sendable {
    let id: ID<AccessToken>
    let name: String
    /// Shown this once.
    let token: String
    let expiresAt: Instant?
    /// Null for all that its person may do.
    let scopes: [TokenScope]?
}

struct TokenAnswer: Codable, Sendable {
    let id: ID<AccessToken>
    let name: String
    let createdAt: Instant
    let expiresAt: Instant?
    let revokedAt: Instant?
    /// Null for all that its person may do.
    let scopes: [TokenScope]?
    /// To within five minutes.
    let lastUsedAt: Instant?

    init(_ token: AccessToken) {
        id = token.id
        name = token.name
        createdAt = token.createdAt
        expiresAt = token.expiresAt
        revokedAt = token.revokedAt
        scopes = token.scopes
        lastUsedAt = token.lastUsedAt
    }
}
