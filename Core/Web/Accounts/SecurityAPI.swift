import Kernel
import Redis
import Vocabulary

/// Where somebody is signed in, and with what, for programs; the same in all apps.
struct SecurityAPI: Sendable {
    struct SessionPath: Described {
        let session: String
        static let rules: [String: [Rule]] = ["session": [.length(24...24)]]
    }
    struct PresentPassword: Described {
        let currentPassword: String
        static let rules: [String: [Rule]] = ["currentPassword": [.length(1...200)]]
    }
    struct FirstCode: Described {
        let code: String
        static let rules: [String: [Rule]] = [
            "code": [.length(6...20), .about("What the authenticator app shows.")]
        ]
    }
    struct PasswordAndCode: Described {
        let currentPassword: String
        let code: String
        static let rules: [String: [Rule]] = [
            "currentPassword": [.length(1...200)],
            "code": [.length(1...40), .about("Of the app, or a recovery code.")],
        ]
    }

    struct SessionAnswer: Codable, Sendable {
        let id: String
        /// `customer`, `seller` or `admin`.
        let app: String
        let startedAt: Instant?
        /// To the minute.
        let lastUsedAt: Instant
        let device: String
        let isCurrent: Bool
        /// Whether it is the marketplace's support that looks at your account.
        let isSupport: Bool
    }
    struct SupportVisitAnswer: Codable, Sendable {
        let id: ID<Impersonation>
        /// `customer` or `seller`.
        let app: String
        let openedAt: Instant?
        /// When it ended, or will end at the latest.
        let until: Instant
        let isOver: Bool

        init(_ visit: Impersonation) {
            id = visit.id
            app = visit.app.rawValue
            openedAt = visit.openedAt
            until = visit.endedAt ?? visit.until
            isOver = visit.endedAt != nil
        }
    }
    struct TwoStepAnswer: Codable, Sendable {
        let isOn: Bool
        let since: Instant?
        /// Recovery codes that have not been used.
        let recoveryCodesLeft: Int
    }
    struct SecretAnswer: Codable, Sendable {
        /// Base32, shown this once.
        let secret: String
        /// The key URI that a QR code holds.
        let uri: String
    }
    struct RecoveryCodesAnswer: Codable, Sendable {
        /// Shown this once; each opens once.
        let recoveryCodes: [String]
    }

    func mount(on api: API) {
        let tag = "Account"
        api.get("/sessions", "Where you are signed in, the last used first", tag: tag)
            .about("In all apps, a hundred at most.")
            .handle(as: SignedIn.self) { call, person in
                let current = call.request.currentSessionID
                return Listed(
                    items: try await call.request.openSessions(of: person.account).map {
                        SessionAnswer(
                            id: $0.id, app: $0.app.rawValue, startedAt: $0.startedAt,
                            lastUsedAt: $0.lastUsedAt, device: $0.device,
                            isCurrent: $0.id == current, isSupport: $0.impersonation != nil)
                    }, next: nil)
            }
        api.get("/account/support-visits", "When support looked at your account", tag: tag)
            .query(ListQuery.self)
            .handle(as: SignedIn.self) { call, person in
                Listed(
                    try await call.marketplace.impersonations(
                        .account(person.account.id), call.query.page())
                ) { SupportVisitAnswer($0) }
            }
        api.delete("/sessions/others", "Sign out everywhere but here", tag: tag)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.endOtherSessions(of: person.account)
                return Nothing()
            }
        api.delete("/sessions/{session}", "Sign out somewhere", tag: tag)
            .path(SessionPath.self)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.endSession(call.path.session, of: person.account)
                return Nothing()
            }
        mountTwoStep(on: api, tag: "Two-step sign-in")
    }

    private func mountTwoStep(on api: API, tag: String) {
        api.get("/account/two-step", "Whether signing in asks for a code", tag: tag)
            .handle(as: SignedIn.self) { call, person in
                let factor = try await call.marketplace.secondFactor(of: person.account.id)
                return TwoStepAnswer(
                    isOn: factor != nil, since: factor?.confirmedAt,
                    recoveryCodesLeft: factor?.recoveryCodesLeft ?? 0)
            }
        api.post("/account/two-step", "A secret for an authenticator app", tag: tag)
            .about("Nothing is asked for before a code of it is put to the same address.")
            .body(PresentPassword.self).limited(.signIn)
            .refuses(.missing, .conflict, .unavailable).succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                let secret = try await call.request.beginTwoStep(
                    person.account, call.body.currentPassword)
                return SecretAnswer(
                    secret: secret.text.filter { $0 != "-" }, uri: secret.uri)
            }
        api.put("/account/two-step", "Turn it on with a first code", tag: tag)
            .about("Your other sessions and all your tokens end.")
            .body(FirstCode.self).limited(.signIn).refuses(.conflict)
            .handle(as: SignedIn.self) { call, person in
                RecoveryCodesAnswer(
                    recoveryCodes: try await call.request.confirmTwoStep(
                        person.account, call.body.code))
            }
        api.post("/account/two-step/recovery-codes", "New recovery codes", tag: tag)
            .body(PasswordAndCode.self).limited(.signIn)
            .refuses(.missing, .conflict, .unavailable).succeeds(with: .created)
            .handle(as: SignedIn.self) { call, person in
                RecoveryCodesAnswer(
                    recoveryCodes: try await call.request.renewRecoveryCodes(
                        person.account, call.body.currentPassword, call.body.code))
            }
        api.post("/account/two-step/removal", "Turn it off", tag: tag)
            .about("Needs the password and a code: a stolen cookie turns nothing off.")
            .body(PasswordAndCode.self).limited(.signIn).refuses(.missing, .conflict, .unavailable)
            .handle(as: SignedIn.self) { call, person in
                try await call.request.removeTwoStep(
                    person.account, call.body.currentPassword, call.body.code)
                return Nothing()
            }
    }
}

extension WebRequest {
    /// The id of the session that this request came with; nil for programs.
    var currentSessionID: String? {
        bearer == nil ? cookie(sessionCookie).map { site.sessions.id(of: $0) } : nil
    }

    func openSessions(of account: Account) async throws -> [OpenSession] {
        do { return try await site.sessions.list(of: account) } catch is RedisError {
            throw WebRefusal.sessionsUnavailable
        }
    }

    /// - Throws: ``WebRefusal/notFound`` when the account has no such session.
    func endSession(_ id: String, of account: Account) async throws {
        let ended: OpenSession?
        do { ended = try await site.sessions.close(id: id, of: account) } catch is RedisError {
            throw WebRefusal.sessionsUnavailable
        }
        guard let ended else { throw WebRefusal.notFound }
        if let impersonation = ended.impersonation {
            try await marketplace.closeImpersonation(
                impersonation, because: .person, by: account.id)
        }
    }

    /// A program with a token has no session of its own: it ends all.
    func endOtherSessions(of account: Account) async throws {
        try await keepOwnSession(of: marketplace.endOtherSessions(of: account))
    }

    /// Lets this browser's session go on where the database ended all of them.
    private func keepOwnSession(of account: Account) async throws {
        let own = bearer == nil ? cookie(sessionCookie) : nil
        do {
            if let own, var session = try await session() {
                session.epoch = account.accessEpoch
                try await site.sessions.save(session, of: own)
            }
            try await site.sessions.closeOthers(of: account.id, than: own)
        } catch is RedisError { throw WebRefusal.sessionsUnavailable }
    }

    /// Counts something that could be guessed at, or that writes to somebody, under `name`.
    /// - Throws: ``WebRefusal/tooManyRequests(retryAfter:)``.
    public func limitGuesses(_ name: String) async throws {
        try await site.limiter.take(.password, Secrets.hash(name))
    }

    /// Guesses at the password are counted with those at signing in.
    private func limitGuesses(at account: Account) async throws {
        try await site.limiter.take(.password, Secrets.hash(Account.limitKey(of: account.email)))
    }

    func beginTwoStep(
        _ account: Account, _ password: String
    ) async throws -> SecondFactorSecret {
        try await limitGuesses(at: account)
        return try await marketplace.beginSecondFactor(of: account, password: password)
    }

    /// Other sessions end: they were begun with the password alone.
    func confirmTwoStep(_ account: Account, _ code: String) async throws -> [String] {
        try await site.limiter.take(.password, "code \(account.id)")
        let confirmed = try await marketplace.confirmSecondFactor(of: account, code: code)
        try await keepOwnSession(of: confirmed.account)
        return confirmed.codes
    }

    func renewRecoveryCodes(
        _ account: Account, _ password: String, _ code: String
    ) async throws -> [String] {
        try await limitGuesses(at: account)
        try await site.limiter.take(.password, "code \(account.id)")
        return try await marketplace.renewRecoveryCodes(
            of: account.id, password: password, code: code)
    }

    func removeTwoStep(_ account: Account, _ password: String, _ code: String) async throws {
        try await limitGuesses(at: account)
        try await site.limiter.take(.password, "code \(account.id)")
        try await marketplace.turnOffSecondFactor(
            of: account.id, password: password, code: code)
    }
}
