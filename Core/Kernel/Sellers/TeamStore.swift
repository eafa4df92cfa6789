import Postgres
import Vocabulary

/// The largest team that one shop may have; it bounds every list of members.
let teamMax = 100

struct TeamStore {
    let db: any Queryable

    func insert(_ account: ID<Account>, as role: SellerRole, of seller: ID<Seller>) async throws {
        try await db.execute(
            """
            insert into seller_member (seller_id, account_id, role)
            values (\(seller), \(account), \(role))
            """)
    }

    func find(_ account: ID<Account>, of seller: ID<Seller>) async throws -> SellerMember? {
        try await db.query(
            """
            select seller_id, account_id, role from seller_member
            where seller_id = \(seller) and account_id = \(account)
            """
        ).decode { c in
            SellerMember(seller: try c.next(), account: try c.next(), role: try c.next())
        }.first
    }

    /// Locks all members, so that two changes cannot both leave the team without an owner.
    func lock(_ seller: ID<Seller>) async throws -> [SellerMember] {
        try await db.query(
            """
            select seller_id, account_id, role from seller_member
            where seller_id = \(seller)
            order by account_id
            for update
            """
        ).decode { c in
            SellerMember(seller: try c.next(), account: try c.next(), role: try c.next())
        }
    }

    func list(of seller: ID<Seller>) async throws -> [TeamMember] {
        try await db.query(
            """
            select a.id, a.name, a.email, m.role, m.joined_at
            from seller_member m join account a on a.id = m.account_id
            where m.seller_id = \(seller)
            order by m.joined_at, a.id
            limit \(teamMax)::int
            """
        ).decode { c in
            TeamMember(
                account: try c.next(), name: try c.next(), email: try c.next(),
                role: try c.next(), joinedAt: try c.next())
        }
    }

    /// The shops that an account works for, oldest first.
    func list(of account: ID<Account>) async throws -> [SellerMembership] {
        try await db.query(
            """
            select s.id, s.slug, s.name, s.state, m.role
            from seller_member m join seller s on s.id = m.seller_id
            where m.account_id = \(account)
            order by s.id
            limit 100
            """
        ).decode { c in
            SellerMembership(
                seller: try c.next(), slug: try c.next(), name: try c.next(),
                state: try c.next(), role: try c.next())
        }
    }

    func save(_ role: SellerRole, of account: ID<Account>, in seller: ID<Seller>) async throws {
        try await db.execute(
            """
            update seller_member set role = \(role)
            where seller_id = \(seller) and account_id = \(account)
            """)
    }

    func delete(_ account: ID<Account>, of seller: ID<Seller>) async throws {
        try await db.execute(
            """
            delete from seller_member
            where seller_id = \(seller) and account_id = \(account)
            """)
    }
}

extension Queryable {
    var teams: TeamStore { TeamStore(db: self) }
}
