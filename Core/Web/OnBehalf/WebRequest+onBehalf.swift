import Hummingbird
import Kernel
import Redis
import Vocabulary

extension WebRequest {
    /// Answers by a route. Whoever looks on as somebody else may read, and do what few routes say
    /// may be done in another's place; each of these is written to the audit trail before it is
    /// done.
    /// - Throws: ``WebRefusal/notOnBehalf`` for every other route, and what the route throws.
    func answer(by route: Route) async throws -> Response {
        let isRead = route.method == .get
        guard !isRead || !route.isOpenOnBehalf, let impersonation = try await onBehalf(route)
        else { return try await route.respond(self) }
        guard route.isOpenOnBehalf else { throw WebRefusal.notOnBehalf }
        try await marketplace.recordAct(
            "\(route.method.rawValue) \(route.pattern)", on: impersonation)
        return try await ActingFor.$current.withValue(ActingFor(impersonation)) {
            try await route.respond(self)
        }
    }

    /// Who looks on as whom, where it matters: a caller with a token speaks for themselves.
    private func onBehalf(_ route: Route) async throws -> Impersonation? {
        guard headers[.authorization] == nil, cookie(sessionCookie) != nil else { return nil }
        do { return try await impersonation() } catch WebRefusal.sessionsUnavailable {
            // Whose session it is cannot be known, so for this request it is nobody's, also when
            // it could be known a moment later.
            guard route.access == .everyone else { throw WebRefusal.sessionsUnavailable }
            forgetCaller()
            return nil
        }
    }

    /// The shops that the caller works for, oldest first. Whoever looks on sees the one that is
    /// looked at, and nothing of the others.
    public func shops(of account: Account) async throws -> [SellerMembership] {
        let shops = try await marketplace.memberships(of: account.id)
        guard let impersonation = try await impersonation() else { return shops }
        return shops.filter { $0.seller == impersonation.seller }
    }

    /// With what the caller is signed in here, for what has to end together with it.
    /// - Throws: ``WebRefusal/signInNeeded``
    public func impersonationOrigin() throws(WebRefusal) -> ImpersonationOrigin {
        if let bearer { return .token(secret: bearer) }
        guard let token = cookie(sessionCookie) else { throw .signInNeeded }
        return .session(hash: Secrets.hash(token))
    }

    /// Opens the session that a pass of the back office allows, in place of the one that this
    /// browser has here.
    /// - Throws: ``ImpersonationRefusal/passSpent``, ``WebRefusal/sessionsUnavailable``.
    func lookOn(with pass: String) async throws -> Impersonation {
        guard Secrets.isToken(pass) else { throw ImpersonationRefusal.passSpent }
        let live = try await marketplace.openImpersonation(pass: pass, in: site.app)
        let impersonation = live.impersonation
        let before = knownImpersonation
        do {
            if let old = cookie(sessionCookie) { try await site.sessions.close(old) }
            let token = try await site.sessions.open(impersonation)
            setCookie(sessionCookie, token, maxAge: marketplace.settings.impersonationLifetime)
        } catch is RedisError { throw WebRefusal.sessionsUnavailable }
        if let before {
            try await marketplace.closeImpersonation(
                before.id, because: .administrator, by: before.administrator)
        }
        forgetCaller()
        return impersonation
    }

    /// What a session's impersonation is now; nil when it is over in whichever way.
    func goesOn(_ id: ID<Impersonation>) async throws -> Impersonation? {
        guard let live = try await marketplace.liveImpersonation(id) else { return nil }
        guard let hash = live.sessionHash else { return live.impersonation }
        let isOpen: Bool
        do {
            isOpen = try await SessionStore.isOpen(
                hash, in: .admin, live.administratorEpoch, site.redis)
        } catch is RedisError { throw WebRefusal.sessionsUnavailable }
        guard isOpen else {
            try await marketplace.closeImpersonation(id, because: .signedOut, by: nil)
            return nil
        }
        return live.impersonation
    }
}

/// What stands above every page for whoever looks on as somebody else.
struct OnBehalfBanner {
    let words: String

    init(_ impersonation: Impersonation) {
        let (who, person) = (impersonation.administratorName, impersonation.accountName)
        let until = Format.time(impersonation.until)
        words =
            impersonation.sellerName.map { shop in
                localized("\(who) looks on as \(person) of \(shop), until \(until).")
            } ?? localized("\(who) looks on as \(person), until \(until).")
    }
}
