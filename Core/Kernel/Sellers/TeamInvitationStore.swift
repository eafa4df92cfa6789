import Postgres
import Vocabulary

/// Every statement on invitations into a shop.
struct TeamInvitationStore {
    let db: any Queryable

    private static let columns: SQL = """
        i.id, i.seller_id, s.name, i.email, i.role, i.sent_at, i.expires_at, s.state
        """

    func insert(
        _ id: ID<TeamInvitation>, _ email: String, as role: SellerRole, by member: SellerMember,
        hash: [UInt8]
    ) async throws {
        try await db.execute(
            """
            insert into team_invitation
                (id, seller_id, email, role, created_by, token_hash, expires_at)
            values (\(id), \(member.seller), \(email), \(role), \(member.account),
                \(Bytes(hash)), \(Self.expiry))
            """)
    }

    /// A new link for one that is open; the one before opens nothing any more.
    func renew(_ id: ID<TeamInvitation>, hash: [UInt8]) async throws {
        try await db.execute(
            """
            update team_invitation set token_hash = \(Bytes(hash)), sends = sends + 1,
                sent_at = now(), expires_at = \(Self.expiry)
            where id = \(id) and ended_at is null
            """)
    }

    private static var expiry: SQL {
        "now() + \(TeamInvitation.lifetime.components.seconds)::bigint * interval '1 second'"
    }

    /// Ends an open one: taken up by `account`, or taken back. False when it is not open.
    func end(_ id: ID<TeamInvitation>, by account: ID<Account>?) async throws -> Bool {
        try await db.execute(
            """
            update team_invitation set ended_at = now(), used_by = \(account)
            where id = \(id) and ended_at is null
            """) == 1
    }

    /// An open one of the shop, whether its link is good or too old.
    func find(
        _ id: ID<TeamInvitation>, of seller: ID<Seller>
    ) async throws -> TeamInvitation? {
        try await db.query(
            """
            select \(Self.columns) from team_invitation i join seller s on s.id = i.seller_id
            where i.id = \(id) and i.seller_id = \(seller) and i.ended_at is null
            """
        ).decode(TeamInvitation.init).first
    }

    /// The open one whose link is good.
    func find(hash: [UInt8]) async throws -> TeamInvitation? {
        try await db.query(
            """
            select \(Self.columns) from team_invitation i join seller s on s.id = i.seller_id
            where i.token_hash = \(Bytes(hash)) and i.ended_at is null and i.expires_at > now()
            """
        ).decode(TeamInvitation.init).first
    }

    /// What somebody who used this link up is in the shop; nil once they are it no more.
    func member(by hash: [UInt8], _ account: ID<Account>) async throws -> SellerMember? {
        try await db.query(
            """
            select m.seller_id, m.account_id, m.role
            from team_invitation i
            join seller_member m on m.seller_id = i.seller_id and m.account_id = i.used_by
            where i.token_hash = \(Bytes(hash)) and i.used_by = \(account)
            """
        ).decode { c in
            SellerMember(
                seller: try c.next(), account: try c.next(), role: try c.next())
        }.first
    }

    /// A shop's open ones, newest first.
    func list(of seller: ID<Seller>) async throws -> [TeamInvitation] {
        try await db.query(
            """
            select \(Self.columns) from team_invitation i join seller s on s.id = i.seller_id
            where i.seller_id = \(seller) and i.ended_at is null
            order by i.created_at desc, i.id
            limit \(TeamInvitation.openMax)::int
            """
        ).decode(TeamInvitation.init)
    }

    /// How many the shop has open, how many it began within a day, and how many links the
    /// address was sent within a day, whoever asked.
    func counts(
        of seller: ID<Seller>, to email: String
    ) async throws -> (open: Int, today: Int, letters: Int) {
        try await db.query(
            """
            select
                (select count(*) from team_invitation
                    where seller_id = \(seller) and ended_at is null),
                cardinality(array(select 1 from team_invitation
                    where seller_id = \(seller) and created_at > now() - interval '1 day'
                    limit \(TeamInvitation.dailyMax)::int)),
                (select coalesce(sum(sends), 0) from team_invitation
                    where email = \(email) and sent_at > now() - interval '1 day')::bigint
            """
        ).decode { c in
            (
                open: try c.next(Int.self), today: try c.next(Int.self),
                letters: try c.next(Int.self)
            )
        }.first ?? (0, 0, 0)
    }

    /// Forgets those that ended, or whose link was too old, a month ago.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from team_invitation where id in (
                select id from team_invitation
                where coalesce(ended_at, expires_at) < now() - interval '31 days'
                order by coalesce(ended_at, expires_at) limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var invitations: TeamInvitationStore { TeamInvitationStore(db: self) }
}

extension TeamInvitation {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        seller = try c.next()
        shop = try c.next()
        email = try c.next()
        role = try c.next()
        sentAt = try c.next()
        expiresAt = try c.next()
        state = try c.next()
    }
}
