import Postgres
import Vocabulary

/// Every statement on impersonations. Their times are the machine's and not the market's, like
/// those of the sessions that they hang on.
struct ImpersonationStore {
    let db: any Queryable

    private static let columns: SQL = """
        i.id, i.administrator_id, a.name, i.account_id, p.name, i.app, i.seller_id, s.name,
        i.reason, i.begun_at, i.opened_at, i.until, i.ended_at, i.ending
        """
    private static let tables: SQL = """
        impersonation i join account a on a.id = i.administrator_id
        join account p on p.id = i.account_id left join seller s on s.id = i.seller_id
        """
    /// Whether everybody in it is still who they were.
    private static let stands: SQL = """
        a.state = 'active' and p.state = 'active'
        and exists (
            select from account_role r where r.account_id = i.administrator_id
                and r.role = any(\(Impersonation.roles.map(\.rawValue))::text[]))
        and not exists (select from account_role r where r.account_id = i.account_id)
        and (i.seller_id is null or exists (
            select from seller_member m
            where m.seller_id = i.seller_id and m.account_id = i.account_id))
        and (i.token_hash is null or exists (
            select from access_token t where t.token_hash = i.token_hash
                and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())))
        """

    /// Writes one down, unless the administrator has as many going on as are allowed.
    func insert(
        _ new: NewImpersonation, lifetime: Duration
    ) async throws -> Bool {
        var sessionHash: String?
        var tokenHash: Bytes?
        switch new.origin {
        case .session(let hash): sessionHash = hash
        case .token(let secret): tokenHash = AccessToken.hash(of: secret)
        }
        return try await db.execute(
            """
            insert into impersonation (id, administrator_id, account_id, app, seller_id, reason,
                pass_hash, pass_until, session_hash, token_hash, until)
            select \(new.id)::uuid, \(new.administrator)::uuid, \(new.account)::uuid,
                \(new.app)::text, \(new.seller)::uuid, \(new.reason)::text,
                \(new.passHash)::bytea, clock_timestamp()
                    + \(Impersonation.passLifetime.wholeMilliseconds)::bigint
                        * interval '1 millisecond',
                \(sessionHash)::text, \(tokenHash)::bytea, clock_timestamp()
                    + \(lifetime.wholeMilliseconds)::bigint * interval '1 millisecond'
            where cardinality(array(
                select 1 from impersonation where administrator_id = \(new.administrator)::uuid
                    and ended_at is null limit \(Impersonation.openMax)::int
            )) < \(Impersonation.openMax)::int
            """) == 1
    }

    /// Uses a pass up; nil when it opens nothing, or not any more.
    func open(
        passHash: Bytes, app: AccessToken.Audience
    ) async throws -> ID<Impersonation>? {
        try await db.query(
            """
            update impersonation set pass_hash = null, opened_at = clock_timestamp()
            where pass_hash = \(passHash) and app = \(app) and ended_at is null
                and pass_until > clock_timestamp() and until > clock_timestamp()
            returning id
            """
        ).decode { c in try c.next(ID<Impersonation>.self) }.first
    }

    func find(_ id: ID<Impersonation>) async throws -> Impersonation? {
        try await db.query("select \(Self.columns) from \(Self.tables) where i.id = \(id)")
            .decode { c in try Impersonation(columns: &c) }.first
    }

    /// One that was opened and goes on, with everybody in it who they were.
    func findLive(_ id: ID<Impersonation>) async throws -> LiveImpersonation? {
        try await db.query(
            """
            select \(Self.columns), i.session_hash, a.access_epoch from \(Self.tables)
            where i.id = \(id) and i.opened_at is not null and i.ended_at is null
                and i.until > clock_timestamp() and \(Self.stands)
            """
        ).decode { c in
            LiveImpersonation(
                impersonation: try Impersonation(columns: &c), sessionHash: try c.next(),
                administratorEpoch: try c.next())
        }.first
    }

    /// Ends those that go on among these.
    /// - Returns: those that were ended now.
    func end(
        _ ids: [ID<Impersonation>], because ending: Impersonation.Ending
    ) async throws -> [ID<Impersonation>] {
        try await db.query(
            """
            update impersonation set ended_at = clock_timestamp(), ending = \(ending),
                pass_hash = null
            where id = any(\(ids.map(\.description))::uuid[]) and ended_at is null
            returning id
            """
        ).decode { c in try c.next(ID<Impersonation>.self) }
    }

    /// Those that go on as this person, in whichever app.
    func open(as account: ID<Account>) async throws -> [ID<Impersonation>] {
        try await db.query(
            """
            select id from impersonation where account_id = \(account) and ended_at is null
            order by id limit \(PageRequest.limitMax)::int
            """
        ).decode { c in try c.next(ID<Impersonation>.self) }
    }

    /// Those of this administrator.
    func open(by administrator: ID<Account>) async throws -> [ID<Impersonation>] {
        try await db.query(
            """
            select id from impersonation
            where administrator_id = \(administrator) and ended_at is null
            order by id limit \(PageRequest.limitMax)::int
            """
        ).decode { c in try c.next(ID<Impersonation>.self) }
    }

    /// Those that began with this session of the back office.
    func open(begunWith sessionHash: String) async throws -> [ID<Impersonation>] {
        try await db.query(
            """
            select id from impersonation where session_hash = \(sessionHash) and ended_at is null
            order by id limit \(PageRequest.limitMax)::int
            """
        ).decode { c in try c.next(ID<Impersonation>.self) }
    }

    /// What cannot go on any more, and why, locked; those that somebody else has are left out.
    func lockLapsed(limit: Int) async throws -> [(ID<Impersonation>, Impersonation.Ending)] {
        try await db.query(
            """
            select i.id, case when i.until <= clock_timestamp() then 'time_over'
                when i.opened_at is null and i.pass_until <= clock_timestamp() then 'not_opened'
                else 'right_lost' end
            from \(Self.tables)
            where i.ended_at is null and (i.until <= clock_timestamp()
                or i.opened_at is null and i.pass_until <= clock_timestamp()
                or not (\(Self.stands)))
            order by i.id limit \(limit)::int
            for update of i skip locked
            """
        ).decode { c in
            (try c.next(ID<Impersonation>.self), try c.next(Impersonation.Ending.self))
        }
    }

    /// Newest first.
    func list(
        _ filter: ImpersonationFilter, _ page: PageRequest
    ) async throws -> Page<Impersonation> {
        let condition: SQL =
            switch filter {
            case .everything: "true"
            case .open: "i.ended_at is null"
            case .account(let account): "i.account_id = \(account)"
            }
        let rows = try await db.query(
            """
            select \(Self.columns) from \(Self.tables)
            where \(condition) and (\(page.afterID)::uuid is null or i.id < \(page.afterID)::uuid)
            order by i.id desc limit \(page.limit + 1)::int
            """
        ).decode { c in try Impersonation(columns: &c) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }
}

/// What an impersonation begins with.
struct NewImpersonation {
    let id = ID<Impersonation>()
    let administrator: ID<Account>
    let account: ID<Account>
    let app: AccessToken.Audience
    let seller: ID<Seller>?
    let reason: String
    let origin: ImpersonationOrigin
    let passHash: Bytes
}

extension Queryable {
    var impersonations: ImpersonationStore { ImpersonationStore(db: self) }
}

extension Impersonation {
    fileprivate init(columns c: inout Columns) throws {
        try self.init(
            id: c.next(), administrator: c.next(), administratorName: c.next(),
            account: c.next(), accountName: c.next(), app: c.next(), seller: c.next(),
            sellerName: c.next(), reason: c.next(), begunAt: c.next(), openedAt: c.next(),
            until: c.next(), endedAt: c.next(), ending: c.next())
    }
}
