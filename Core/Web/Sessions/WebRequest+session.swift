import Kernel
import Redis
import Vocabulary

/// What is known of this request's caller, looked up at most once.
struct SessionLookup: Sendable {
    var session: Session?
    var account: Account?
    /// Set where the account is not the caller's own.
    var impersonation: Impersonation?
    /// What the caller's token may do at most in a shop; nil for everything.
    var permissions: Set<SellerPermission>?
}

extension WebRequest {
    /// The cookie of this app's sessions.
    var sessionCookie: String { "guildhall_\(site.app.rawValue)" }
    private var browserCookie: String { sessionCookie + "_browser" }

    /// The token after `Authorization: Bearer`.
    var bearer: String? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Who is signed in, by token or by session; nil for nobody.
    /// - Throws: ``WebRefusal/sessionsUnavailable`` when it cannot be known, and the kernel's
    ///   refusal for a token that is not valid.
    public func account() async throws -> Account? { try await lookup().account }

    /// What the caller's token may do at most in a shop; nil for everything, and without a token.
    func tokenPermissions() async throws -> Set<SellerPermission>? {
        try await lookup().permissions
    }

    /// The session of this browser, when somebody signed in with it.
    public func session() async throws -> Session? { try await lookup().session }

    private func lookup() async throws -> SessionLookup {
        if let known = trace.notes.withLock({ $0.session }) { return known }
        var lookup = SessionLookup()
        if let header = headers[.authorization] {
            guard let token = bearer, token.utf8.count <= 200 else {
                throw AccountRefusal.tokenInvalid
            }
            _ = header
            let bearer = try await marketplace.bearer(ofToken: token, audience: site.app)
            lookup.account = bearer.account
            lookup.permissions = bearer.permissions
        } else if let token = cookie(sessionCookie), !token.isEmpty {
            do { lookup.session = try await site.sessions.find(token) } catch is RedisError {
                throw WebRefusal.sessionsUnavailable
            }
            if let session = lookup.session, let id = session.impersonation {
                lookup.impersonation = try await goesOn(id)
                if lookup.impersonation == nil {
                    lookup.session = nil
                    do { try await site.sessions.close(token) } catch is RedisError {
                        throw WebRefusal.sessionsUnavailable
                    }
                }
            }
            if let session = lookup.session {
                lookup.account = try await marketplace.account(session.account)
                // The database decides, whatever Redis has kept.
                if let account = lookup.account, !session.isOf(account) { lookup = SessionLookup() }
            }
        }
        note(lookup)
        return lookup
    }

    private func note(_ lookup: SessionLookup) {
        trace.notes.withLock { notes in
            notes.session = lookup
            notes.account = lookup.account?.id.description
            if let impersonation = lookup.impersonation {
                notes.account =
                    "\(impersonation.administrator) on behalf of \(impersonation.account)"
            }
        }
    }

    /// Who looks on as whom with this session; nil for whoever is there for themselves.
    func impersonation() async throws -> Impersonation? { try await lookup().impersonation }

    /// The same where it was looked up already.
    var knownImpersonation: Impersonation? {
        trace.notes.withLock { $0.session?.impersonation }
    }

    /// From now on this request is nobody's.
    func forgetCaller() { note(SessionLookup()) }

    /// Signs `account` in: a new token, never one that was there before.
    public func signIn(_ account: Account) async throws {
        do {
            if let old = cookie(sessionCookie) { try await site.sessions.close(old) }
            let token = try await site.sessions.open(
                account, with: Device.words(headers[.userAgent] ?? ""))
            setCookie(sessionCookie, token, maxAge: SessionStore.lifetime)
        } catch is RedisError { throw WebRefusal.sessionsUnavailable }
        trace.notes.withLock { $0.session = nil }
        if let language = spokenLanguage {
            try await marketplace.noteLanguage(language, of: account.id)
        }
    }

    /// Ends this browser's session, and whoever looks on by it.
    public func signOut() async throws {
        let impersonation = knownImpersonation
        if let token = cookie(sessionCookie) {
            do { try await site.sessions.close(token) } catch is RedisError {
                throw WebRefusal.sessionsUnavailable
            }
            if site.app == .admin {
                try await marketplace.endImpersonations(begunWith: Secrets.hash(token))
            }
        }
        if let impersonation {
            try await marketplace.closeImpersonation(
                impersonation.id, because: .administrator, by: impersonation.administrator)
        }
        setCookie(sessionCookie, "", maxAge: .zero)
        // Whoever uses this browser next is somebody else.
        setCookie(browserCookie, "", maxAge: .zero)
        let newcomer = Secrets.token()
        trace.notes.withLock { notes in
            notes.session = SessionLookup()
            notes.browser = newcomer
        }
    }

    /// Ends all sessions of the account in all apps, and signs this browser out.
    public func signOutEverywhere(_ account: ID<Account>) async throws {
        try await endSessions(of: account)
        try await signOut()
    }

    /// Ends all sessions of the account in all apps.
    func endSessions(of account: ID<Account>) async throws {
        try await marketplace.endSessions(of: account)
        try await forgetSessions(of: account)
    }

    /// Takes out of Redis what the database has ended: it opens nothing, so that nobody has to
    /// hear of it where Redis is away.
    func forgetSessions(of account: ID<Account>) async throws {
        do { try await site.sessions.closeAll(of: account) } catch is RedisError {
            logger.warning("sessions.not-forgotten")
        }
    }

    /// Remembers in the session which shop is worked on.
    public func choose(_ seller: ID<Seller>) async throws {
        guard let token = cookie(sessionCookie), var session = try await session() else { return }
        session.seller = seller
        do { try await site.sessions.save(session, of: token) } catch is RedisError {
            throw WebRefusal.sessionsUnavailable
        }
    }

    /// This browser's random name, for the guest's cart and forms; made up when there is none.
    func browser() -> String {
        if let known = trace.notes.withLock({ $0.browser }) { return known }
        let name: String
        if let sent = cookie(browserCookie), Secrets.isToken(sent) {
            name = sent
        } else {
            name = Secrets.token()
        }
        trace.notes.withLock { $0.browser = name }
        return name
    }

    /// Whether this browser has a name already: one that just looks has none, and no cart.
    public var hasBrowser: Bool {
        trace.notes.withLock { $0.browser != nil }
            || cookie(browserCookie).map(Secrets.isToken) ?? false
    }

    /// Makes the browser keep its name; only done for those who begin something.
    func rememberBrowser() {
        setCookie(browserCookie, browser(), maxAge: .seconds(90 * 86_400))
    }
}
