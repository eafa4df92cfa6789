import Postgres
import Vocabulary

/// Every statement on the checklist and what was ticked on it.
struct ChecklistStore {
    let db: any Queryable

    private static let columns: SQL =
        "id, position, body, required, countries, active, created_at"

    /// All of them, in their order.
    func list() async throws -> [ChecklistRow] {
        try await db.query(
            """
            select \(Self.columns) from checklist_row
            order by position, id limit \(ChecklistRow.countMax)::int
            """
        ).decode(ChecklistRow.init)
    }

    func lock(_ id: ID<ChecklistRow>) async throws -> ChecklistRow? {
        try await db.query(
            "select \(Self.columns) from checklist_row where id = \(id) for update"
        ).decode(ChecklistRow.init).first
    }

    /// Has others who add a row wait, so that there are never too many.
    func lockList() async throws {
        try await db.execute("lock table checklist_row in share row exclusive mode")
    }

    /// Inserts it, or changes the one of that id.
    func save(_ id: ID<ChecklistRow>, _ draft: ChecklistDraft) async throws {
        try await db.execute(
            """
            insert into checklist_row (id, position, body, required, countries, active)
            values (\(id), \(draft.position), \(draft.text), \(draft.isRequired),
                \(draft.countries)::text[], \(draft.isActive))
            on conflict (id) do update set position = excluded.position, body = excluded.body,
                required = excluded.required, countries = excluded.countries,
                active = excluded.active
            """)
    }

    /// What counts for a seller, in the order of the rows.
    func ticks(of seller: ID<Seller>) async throws -> [ChecklistTick] {
        try await db.query(
            """
            select t.row_id, t.body, t.required, t.note, t.ticked_by, a.name, t.ticked_at
            from checklist_tick t
            join checklist_row r on r.id = t.row_id
            left join account a on a.id = t.ticked_by
            where t.seller_id = \(seller) and t.withdrawn_at is null
            order by r.position, r.id limit \(ChecklistRow.countMax)::int
            """
        ).decode { c in
            ChecklistTick(
                row: try c.next(), text: try c.next(), isRequired: try c.next(),
                note: try c.next(), by: try c.next(), byName: try c.next(), at: try c.next())
        }
    }

    func insert(
        _ row: ChecklistRow, for seller: ID<Seller>, note: String?, by admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into checklist_tick (id, seller_id, row_id, body, required, note, ticked_by,
                ticked_at)
            values (\(ID<ChecklistTick>()), \(seller), \(row.id), \(row.text), \(row.isRequired),
                \(note), \(admin), market_now())
            """)
    }

    /// Takes a tick back, or without a row all of a seller's; how many there were.
    @discardableResult
    func withdraw(_ row: ID<ChecklistRow>? = nil, for seller: ID<Seller>) async throws -> Int {
        try await db.execute(
            """
            update checklist_tick set withdrawn_at = greatest(market_now(), ticked_at)
            where seller_id = \(seller) and withdrawn_at is null
                and (\(row)::uuid is null or row_id = \(row)::uuid)
            """)
    }
}

extension Queryable {
    var checklist: ChecklistStore { ChecklistStore(db: self) }
}

extension ChecklistRow {
    init(_ c: inout Columns) throws {
        id = try c.next()
        position = try c.next()
        text = try c.next()
        isRequired = try c.next()
        countries = try c.next()
        isActive = try c.next()
        createdAt = try c.next()
    }
}
