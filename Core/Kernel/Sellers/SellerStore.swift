import Postgres
import Vocabulary

struct SellerStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, slug, name, about, country, legal_name, vat_number, origin, state, hold_days,
        reserve_ppm, reserve_days, rating_sum, rating_count, created_at, in_debt_since,
        restricted_at
        """

    func insert(_ id: ID<Seller>, _ profile: SellerProfile) async throws {
        try await db.execute(
            """
            insert into seller
                (id, slug, name, about, country, legal_name, vat_number, origin)
            values (\(id), \(profile.slug), \(profile.name), \(profile.about ?? ""),
                \(profile.country), \(profile.legalName), \(profile.vatNumber),
                \(profile.origin.map(JSON.init)))
            """)
    }

    func save(_ id: ID<Seller>, _ profile: SellerProfile) async throws {
        try await db.execute(
            """
            update seller set slug = \(profile.slug), name = \(profile.name),
                about = \(profile.about ?? ""), country = \(profile.country),
                legal_name = \(profile.legalName), vat_number = \(profile.vatNumber),
                origin = \(profile.origin.map(JSON.init))
            where id = \(id)
            """)
    }

    func find(_ id: ID<Seller>) async throws -> Seller? {
        try await db.query("select \(Self.columns) from seller where id = \(id)")
            .first.map(Seller.init(row:))
    }

    func find(slug: String) async throws -> Seller? {
        try await db.query("select \(Self.columns) from seller where slug = \(slug)")
            .first.map(Seller.init(row:))
    }

    /// Of the verified ones, oldest first.
    /// - Parameter first: where to begin, oldest first; at the beginning without.
    func openPages(from first: ID<Seller>?, limit: Int) async throws -> [OpenShopPage] {
        try await db.query(
            """
            select s.slug, greatest(coalesce(s.changed_at, s.created_at), l.at)
            from seller s left join lateral (
                select coalesce(l.changed_at, l.published_at) as at from listing l
                where l.seller_id = s.id and l.published_at is not null
                order by coalesce(l.changed_at, l.published_at) desc limit 1
            ) l on true
            where s.state = 'verified' and (\(first)::uuid is null or s.id >= \(first)::uuid)
            order by s.id limit \(limit)::int
            """
        ).decode { c in OpenShopPage(slug: try c.next(), changedAt: try c.next()) }
    }

    /// The open shop that so many others come before, counted from `first` on; nil when there
    /// are no more.
    func openShop(after count: Int, from first: ID<Seller>?) async throws -> ID<Seller>? {
        try await db.query(
            """
            select id from seller
            where state = 'verified' and (\(first)::uuid is null or id >= \(first)::uuid)
            order by id offset \(count)::int limit 1
            """
        ).decode { c in try c.next(ID<Seller>.self) }.first
    }

    func lock(_ id: ID<Seller>) async throws -> Seller? {
        try await db.query("select \(Self.columns) from seller where id = \(id) for update")
            .first.map(Seller.init(row:))
    }

    /// Newest first; of one state, or of all.
    func list(_ state: Seller.State?, _ page: PageRequest) async throws -> Page<Seller> {
        let condition: SQL =
            state.map { state in "state = \(state)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns) from seller
            where \(condition) and (\(page.afterID)::uuid is null or id < \(page.afterID)::uuid)
            order by id desc
            limit \(page.limit + 1)::int
            """
        ).map(Seller.init(row:))
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Those whose application is to be looked at, the one that waits longest first.
    func listWaiting(_ page: PageRequest) async throws -> Page<Seller> {
        let rows = try await db.query(
            """
            select \(Self.columns) from seller
            where state = 'submitted' and (\(page.afterID)::uuid is null
                or (coalesce(submitted_at, created_at), id) > (
                    select coalesce(submitted_at, created_at), id from seller
                    where id = \(page.afterID)::uuid))
            order by coalesce(submitted_at, created_at), id
            limit \(page.limit + 1)::int
            """
        ).map(Seller.init(row:))
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Verified sellers whose name contains every letter of `name` nearly, best first, ten.
    func search(name: String) async throws -> [Seller] {
        try await db.query(
            """
            select \(Self.columns) from seller
            where name % \(name) or name ilike '%' || \(name) || '%'
            order by similarity(name, \(name)) desc, id
            limit 10
            """
        ).map(Seller.init(row:))
    }

    /// Guarded by the old state; false when somebody was faster.
    func saveState(
        _ id: ID<Seller>, from old: Seller.State, to new: Seller.State
    ) async throws -> Bool {
        try await db.execute(
            """
            update seller set state = \(new),
                submitted_at = case when \(new) = 'submitted' then market_now()
                    else submitted_at end
            where id = \(id) and state = \(old)
            """) == 1
    }

    func saveHoldDays(_ id: ID<Seller>, _ days: Int) async throws -> Bool {
        try await db.execute("update seller set hold_days = \(days) where id = \(id)") == 1
    }

    func saveReserve(_ id: ID<Seller>, _ policy: ReservePolicy) async throws {
        try await db.execute(
            """
            update seller set reserve_ppm = \(policy.rate), reserve_days = \(policy.days)
            where id = \(id)
            """)
    }

    func insertTransition(
        _ id: ID<Seller>, from old: Seller.State, to new: Seller.State, reason: String?,
        by actor: ID<Account>?
    ) async throws {
        try await db.execute(
            """
            insert into seller_transition (seller_id, from_state, to_state, reason, actor_id)
            values (\(id), \(old), \(new), \(reason), \(actor))
            """)
    }

    /// The newest hundred steps, newest first.
    func listTransitions(_ id: ID<Seller>) async throws -> [SellerTransition] {
        try await db.query(
            """
            select t.from_state, t.to_state, t.reason, t.actor_id, a.name, t.at
            from seller_transition t left join account a on a.id = t.actor_id
            where t.seller_id = \(id)
            order by t.id desc
            limit 100
            """
        ).decode { c in
            SellerTransition(
                from: try c.next(), to: try c.next(), reason: try c.next(), actor: try c.next(),
                actorName: try c.next(), at: try c.next())
        }
    }

    func hasOpenOrders(_ id: ID<Seller>) async throws -> Bool {
        try await db.query(
            """
            select from orders where seller_id = \(id)
                and state in ('awaiting_payment', 'paid', 'partly_shipped', 'shipped')
            limit 1
            """
        ).first != nil
    }

    func hasOpenBalance(_ id: ID<Seller>) async throws -> Bool {
        try await db.query(
            """
            select from wallet w
                join ledger_account a on a.wallet_id = w.id
                join ledger_balance b on b.account_id = a.id
            where w.seller_id = \(id) and b.balance <> 0
            limit 1
            """
        ).first != nil
    }
}

extension Queryable {
    var sellers: SellerStore { SellerStore(db: self) }
}

extension Seller {
    fileprivate init(row: Row) throws {
        var c = row.columns
        self.init(
            id: try c.next(), slug: try c.next(), name: try c.next(), about: try c.next(),
            country: try c.next(), legalName: try c.next(), vatNumber: try c.next(),
            origin: try c.next(JSON<Address>?.self)?.value, state: try c.next(),
            holdDays: try c.next(),
            reserve: ReservePolicy(rate: try c.next(), days: try c.next()),
            rating: Rating(sum: try c.next(), count: try c.next()),
            createdAt: try c.next(), inDebtSince: try c.next(), restrictedAt: try c.next())
    }
}
