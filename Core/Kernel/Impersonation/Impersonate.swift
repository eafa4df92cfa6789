import Postgres
import ProviderKit
import Vocabulary

/// What of an impersonation the audit trail shows.
private struct ImpersonationState: Codable, Sendable {
    let account: ID<Account>
    let app: AccessToken.Audience
    let seller: ID<Seller>?
    let until: Instant
    let ending: String?

    init(_ impersonation: Impersonation) {
        account = impersonation.account
        app = impersonation.app
        seller = impersonation.seller
        until = impersonation.until
        ending = impersonation.ending?.rawValue
    }
}

/// Something that was asked for in another person's place.
private struct ActOnBehalf: Codable, Sendable {
    let route: String
}

extension Marketplace {
    /// Lets an administrator look at the shop or the sellers' desk as somebody else, from now on
    /// for ``KernelSettings/impersonationLifetime``. Written to the audit trail.
    /// - Returns: it, and the pass that opens it: once, within ``Impersonation/passLifetime``;
    ///   43 characters, of which only the SHA-256 is kept.
    /// - Throws: ``ImpersonationRefusal``, ``AccountRefusal/unknown``, ``InputRefusal`` for the
    ///   reason or an app that cannot be looked at.
    public func beginImpersonation(
        of person: ID<Account>, in app: AccessToken.Audience, for seller: ID<Seller>? = nil,
        reason: String, by administrator: ID<Account>, from origin: ImpersonationOrigin
    ) async throws -> (impersonation: Impersonation, pass: String) {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        guard app != .admin else {
            throw InputRefusal(.wrong("Only the shop and the desk can be looked at."), field: "app")
        }
        guard person != administrator else { throw ImpersonationRefusal.oneself }
        let pass = base64(randomBytes(32), urlSafe: true)
        let new = NewImpersonation(
            administrator: administrator, account: person, app: app, seller: seller,
            reason: reason, origin: origin, passHash: Self.hash(ofPass: pass))
        let made = try await database.transaction { tx in
            // So that two at once do not count the same.
            guard try await tx.accounts.lockOpen(administrator) else {
                throw ImpersonationRefusal.notAllowed
            }
            guard try await tx.accounts.find(person) != nil else { throw AccountRefusal.unknown }
            guard try await tx.accounts.roles(of: person).isEmpty else {
                throw ImpersonationRefusal.staff
            }
            let roles = try await tx.accounts.roles(of: administrator)
            guard !roles.isDisjoint(with: Impersonation.roles) else {
                throw ImpersonationRefusal.notAllowed
            }
            try await require(person, in: app, seller, tx)
            guard
                try await tx.impersonations.insert(
                    new, lifetime: settings.impersonationLifetime),
                let made = try await tx.impersonations.find(new.id)
            else { throw ImpersonationRefusal.tooMany }
            try await tell("impersonation.allowed", made, tx, by: administrator)
            return made
        }
        return (made, pass)
    }

    private func require(
        _ person: ID<Account>, in app: AccessToken.Audience, _ seller: ID<Seller>?,
        _ tx: Transaction
    ) async throws {
        guard app == .seller else {
            guard seller == nil else { throw ImpersonationRefusal.notMember }
            return
        }
        guard let seller, try await tx.teams.find(person, of: seller) != nil else {
            throw ImpersonationRefusal.notMember
        }
    }

    /// Uses a pass up. The caller opens the session.
    /// - Throws: ``ImpersonationRefusal/passSpent`` when it opens nothing in this app, or not any
    ///   more.
    public func openImpersonation(
        pass: String, in app: AccessToken.Audience
    ) async throws -> LiveImpersonation {
        try await database.transaction { tx in
            let hash = Self.hash(ofPass: pass)
            guard let id = try await tx.impersonations.open(passHash: hash, app: app),
                let live = try await tx.impersonations.findLive(id)
            else { throw ImpersonationRefusal.passSpent }
            let impersonation = live.impersonation
            try await tell(
                "impersonation.begun", impersonation, tx, by: impersonation.administrator)
            return live
        }
    }

    /// One that goes on; nil when it is over, or when somebody in it is not any more who they
    /// were. Asked with every request of its session.
    public func liveImpersonation(_ id: ID<Impersonation>) async throws -> LiveImpersonation? {
        try await database.impersonations.findLive(id)
    }

    /// Notes that something is about to be done in the person's place.
    /// - Parameter route: method and pattern, such as `POST /cart/lines`.
    public func recordAct(_ route: String, on impersonation: Impersonation) async throws {
        try await database.audit.record(
            "impersonation.acted", on: "impersonation", impersonation.id.description,
            by: AuditAuthor(impersonation.administrator, in: impersonation, nil),
            for: impersonation.seller,
            before: ActOnBehalf?.none, after: ActOnBehalf(route: route))
    }

    /// Ends one at once.
    /// - Parameter actor: who ended it; nil when nobody did.
    /// - Throws: ``ImpersonationRefusal/unknown``, ``ImpersonationRefusal/over``.
    public func endImpersonation(
        _ id: ID<Impersonation>, because ending: Impersonation.Ending, by actor: ID<Account>?,
        reason: String? = nil
    ) async throws {
        try await database.transaction { tx in
            guard try await tx.impersonations.find(id) != nil else {
                throw ImpersonationRefusal.unknown
            }
            guard try await end([id], because: ending, by: actor, reason, tx) == 1 else {
                throw ImpersonationRefusal.over
            }
        }
    }

    /// ``endImpersonation(_:because:by:reason:)`` for whoever does not mind that it is over.
    public func closeImpersonation(
        _ id: ID<Impersonation>, because ending: Impersonation.Ending, by actor: ID<Account>?
    ) async throws {
        try await database.transaction { tx in
            try await end([id], because: ending, by: actor, nil, tx)
        }
    }

    /// Ends whatever goes on as this person, who wants nobody else to be signed in as them, and
    /// what the person does as others.
    func endImpersonations(of person: ID<Account>, _ tx: Transaction) async throws {
        let asThem = try await tx.impersonations.open(as: person)
        try await end(asThem, because: .person, by: person, nil, tx)
        let byThem = try await tx.impersonations.open(by: person)
        try await end(byThem, because: .signedOut, by: person, nil, tx)
    }

    /// Ends whatever began with a session of the back office that is over.
    /// - Parameter sessionHash: SHA-256 of the session's token, in hexadecimal.
    public func endImpersonations(begunWith sessionHash: String) async throws {
        try await database.transaction { tx in
            let open = try await tx.impersonations.open(begunWith: sessionHash)
            try await end(open, because: .signedOut, by: nil, nil, tx)
        }
    }

    /// Writes down the end of those whose time is over, that nobody opened, or whose people are
    /// not any more who they were. Their sessions are refused without it.
    /// - Returns: how many there were.
    @discardableResult
    public func endLapsedImpersonations(limit: Int = 100) async throws -> Int {
        try await database.transaction { tx in
            let lapsed = try await tx.impersonations.lockLapsed(limit: limit)
            for (id, ending) in lapsed {
                try await end([id], because: ending, by: nil, nil, tx)
            }
            return lapsed.count
        }
    }

    /// Newest first.
    public func impersonations(
        _ filter: ImpersonationFilter = .everything, _ page: PageRequest = PageRequest()
    ) async throws -> Page<Impersonation> {
        try await database.impersonations.list(filter, page)
    }

    @discardableResult
    private func end(
        _ ids: [ID<Impersonation>], because ending: Impersonation.Ending, by actor: ID<Account>?,
        _ reason: String?, _ tx: Transaction
    ) async throws -> Int {
        let ended = try await tx.impersonations.end(ids, because: ending)
        for id in ended {
            guard let over = try await tx.impersonations.find(id) else { continue }
            // What the person ended is the person's own act, and nobody's for them.
            guard actor != over.account else {
                try await tx.audit.record(
                    "impersonation.ended", on: "impersonation", id.description, by: actor,
                    as: over.app.actor, for: over.seller, reason: reason,
                    before: ImpersonationState?.none, after: ImpersonationState(over))
                continue
            }
            try await tell("impersonation.ended", over, tx, by: actor, reason)
        }
        return ended.count
    }

    private func tell(
        _ action: String, _ impersonation: Impersonation, _ tx: Transaction,
        by actor: ID<Account>?, _ reason: String? = nil
    ) async throws {
        try await tx.audit.record(
            action, on: "impersonation", impersonation.id.description,
            by: AuditAuthor(actor, in: impersonation, reason),
            for: impersonation.seller, before: ImpersonationState?.none,
            after: ImpersonationState(impersonation))
    }

    private static func hash(ofPass pass: String) -> Bytes { Bytes(sha256(Array(pass.utf8))) }
}
