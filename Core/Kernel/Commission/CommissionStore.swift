import Postgres
import Vocabulary

/// Every statement on commission rules.
public struct CommissionStore: Sendable {
    let db: any Queryable

    /// The rules that are in effect now and may fit a sale of one of `sellers`.
    public func effective(for sellers: [ID<Seller>]) async throws -> [CommissionRule] {
        try await db.query(
            """
            select id, seller_id, category_id, rate_ppm, fixed_per_unit, fixed_currency,
                effective_from, effective_until
            from commission_rule
            where effective_from <= market_now()
                and (effective_until is null or effective_until > market_now())
                and (seller_id is null or seller_id = any(\(sellers)::uuid[]))
            """
        ).decode(Self.rule)
    }

    func list(_ page: PageRequest) async throws -> Page<CommissionRule> {
        let rows = try await db.query(
            """
            select id, seller_id, category_id, rate_ppm, fixed_per_unit, fixed_currency,
                effective_from, effective_until
            from commission_rule
            where \(page.afterID)::uuid is null or id < \(page.afterID)::uuid
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Self.rule)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func insert(_ rule: CommissionRule, by admin: ID<Account>?) async throws {
        try await db.execute(
            """
            insert into commission_rule (id, seller_id, category_id, rate_ppm, fixed_per_unit,
                fixed_currency, effective_from, effective_until, created_by)
            values (\(rule.id), \(rule.seller), \(rule.category), \(rule.rate),
                \(rule.fixedPerUnit?.amount ?? 0), \(rule.fixedPerUnit?.currency),
                \(rule.effectiveFrom), \(rule.effectiveUntil), \(admin))
            """)
    }

    /// Ends a rule that has not ended; false when there is none.
    func end(_ id: ID<CommissionRule>) async throws -> Bool {
        try await db.execute(
            """
            update commission_rule set effective_until = greatest(market_now(), effective_from)
            where id = \(id) and (effective_until is null or effective_until > market_now())
            """) == 1
    }

    private static func rule(_ c: inout Columns) throws -> CommissionRule {
        let id: ID<CommissionRule> = try c.next()
        let seller: ID<Seller>? = try c.next()
        let category: ID<Category>? = try c.next()
        let rate: PartsPerMillion = try c.next()
        let fixed: Int64 = try c.next()
        let currency: Currency? = try c.next()
        return CommissionRule(
            id: id, seller: seller, category: category, rate: rate,
            fixedPerUnit: currency.map { Money(fixed, $0) }, effectiveFrom: try c.next(),
            effectiveUntil: try c.next())
    }
}

extension Queryable {
    public var commissions: CommissionStore { CommissionStore(db: self) }
}
