import Postgres
import Vocabulary

/// Every statement on commission rules and on the VAT on commission.
public struct CommissionStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = """
        r.id, r.state, r.name, r.seller_id, r.category_id, r.listing_id, r.band_currency,
        r.band_from, r.band_below, r.rate_ppm, r.base, r.on_shipping, r.amounts, r.effective_from,
        r.effective_until
        """

    /// What holds now and may fit a sale of one of `sellers`.
    public func terms(for sellers: [ID<Seller>]) async throws -> CommissionTerms {
        let reading = try await read(for: sellers)
        return reading.terms(for: sellers, at: reading.now)
    }

    /// What holds now or later and may fit a sale of one of `sellers`. The version is read first:
    /// what changes meanwhile is then of a newer one.
    func read(for sellers: [ID<Seller>]) async throws -> CommissionReading {
        let answers = try await db.batchPlannedOnce([
            "select version, market_now() from commission_version",
            """
            select \(Self.columns), coalesce(r.seller_id, l.seller_id)
            from commission_rule r left join listing l on l.id = r.listing_id
            where r.state = 'published'
                and (r.effective_until is null or r.effective_until > (select market_now()))
                and (r.seller_id is null or r.seller_id = any(\(sellers)::uuid[]))
                and (r.listing_id is null or l.seller_id = any(\(sellers)::uuid[]))
            """,
            """
            select s.id, v.rate_ppm, v.reverse_charge and s.vat_number is not null
            from seller s join commission_vat v on v.country = s.country
            where s.id = any(\(sellers)::uuid[])
            """,
        ])
        guard let row = answers[0].first else {
            throw PostgresError(.decoding, "commission_version has no row")
        }
        var c = row.columns
        var reading = CommissionReading(version: try c.next(), now: try c.next(), of: sellers)
        for (rule, owner) in try answers[1].decode({ c in
            (try Self.rule(&c), try c.next(ID<Seller>?.self))
        }) { reading.add(rule, of: owner) }
        for (seller, vat) in try answers[2].decode({ c in
            (
                try c.next(ID<Seller>.self),
                CommissionVAT(rate: try c.next(), isReverseCharge: try c.next())
            )
        }) { reading.sellers[seller]?.vat = vat }
        return reading
    }

    func find(_ id: ID<CommissionRule>) async throws -> CommissionRule? {
        try await db.query("select \(Self.columns) from commission_rule r where r.id = \(id)")
            .decode(Self.rule).first
    }

    func list(_ page: PageRequest) async throws -> Page<CommissionRule> {
        let rows = try await db.query(
            """
            select \(Self.columns) from commission_rule r
            where \(page.afterID)::uuid is null or r.id < \(page.afterID)::uuid
            order by r.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Self.rule)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Published rules that hold at some time since `instant`.
    func published(since instant: Instant) async throws -> [CommissionRule] {
        try await db.query(
            """
            select \(Self.columns) from commission_rule r
            where r.state = 'published'
                and (r.effective_until is null or r.effective_until > \(instant))
            """
        ).decode(Self.rule)
    }

    /// One who publishes at a time, until the transaction ends.
    func lockForPublishing() async throws {
        try await db.execute("lock table commission_rule in share row exclusive mode")
    }

    func insert(_ rule: CommissionRule, by admin: ID<Account>?) async throws {
        let scope = rule.scope
        try await db.execute(
            """
            insert into commission_rule (id, state, name, seller_id, category_id, listing_id,
                band_currency, band_from, band_below, rate_ppm, base, on_shipping, amounts,
                effective_from, effective_until, created_by)
            values (\(rule.id), \(rule.state), \(rule.name), \(scope.seller), \(scope.category),
                \(scope.listing), \(scope.band?.currency), \(scope.band?.from),
                \(scope.band?.below), \(rule.rate), \(rule.base), \(rule.isOnShipping),
                \(JSON(rule.amounts)), \(rule.effectiveFrom), \(rule.effectiveUntil), \(admin))
            """)
    }

    func publish(_ id: ID<CommissionRule>, from: Instant) async throws -> Bool {
        try await db.execute(
            """
            update commission_rule set state = 'published', effective_from = \(from)
            where id = \(id) and state = 'draft'
            """) == 1
    }

    func deleteDraft(_ id: ID<CommissionRule>) async throws -> Bool {
        try await db.execute(
            "delete from commission_rule where id = \(id) and state = 'draft'") == 1
    }

    /// Ends a published rule that has not ended, now or at `instant`; false when there is none.
    func end(_ id: ID<CommissionRule>, at instant: Instant? = nil) async throws -> Bool {
        try await db.execute(
            """
            update commission_rule
            set effective_until = greatest(coalesce(\(instant)::timestamptz, market_now()),
                effective_from)
            where id = \(id) and state = 'published'
                and (effective_until is null or effective_until > market_now())
            """) == 1
    }

    func saveVAT(
        _ vat: CommissionVATRate, by admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into commission_vat (country, rate_ppm, reverse_charge, changed_by)
            values (\(vat.country), \(vat.rate), \(vat.reverseCharge), \(admin))
            on conflict (country) do update set rate_ppm = excluded.rate_ppm,
                reverse_charge = excluded.reverse_charge, changed_by = excluded.changed_by,
                changed_at = market_now()
            """)
    }

    func listVAT() async throws -> [CommissionVATRate] {
        try await db.query(
            """
            select country, rate_ppm, reverse_charge from commission_vat
            order by country limit 300
            """
        ).decode { c in
            CommissionVATRate(
                country: try c.next(), rate: try c.next(), reverseCharge: try c.next())
        }
    }

    private static func rule(_ c: inout Columns) throws -> CommissionRule {
        let id: ID<CommissionRule> = try c.next()
        let state: CommissionRule.State = try c.next()
        let name: String = try c.next()
        let seller: ID<Seller>? = try c.next()
        let category: ID<Category>? = try c.next()
        let listing: ID<Listing>? = try c.next()
        let currency: Currency? = try c.next()
        let from: Int64? = try c.next()
        let below: Int64? = try c.next()
        return CommissionRule(
            id: id, state: state, name: name,
            CommissionScope(
                seller: seller, category: category, listing: listing,
                band: currency.map { PriceBand($0, from: from ?? 0, below: below) }),
            rate: try c.next(), base: try c.next(), isOnShipping: try c.next(),
            amounts: try c.next(JSON<[CommissionAmounts]>.self).value,
            effectiveFrom: try c.next(), effectiveUntil: try c.next())
    }
}

extension Queryable {
    public var commissions: CommissionStore { CommissionStore(db: self) }
}
