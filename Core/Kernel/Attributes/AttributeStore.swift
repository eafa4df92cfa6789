import Postgres
import Vocabulary

/// Every statement on what is asked of things.
struct AttributeStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, category_id, handle, name, names, kind, unit, least, most, is_facet, position,
        retired_at is not null, coalesce((
            select jsonb_agg(jsonb_build_object('id', v.id, 'handle', v.handle, 'name', v.name,
                'names', v.names, 'position', v.position,
                'isRetired', v.retired_at is not null) order by v.position, v.handle)
            from attribute_value v where v.attribute_id = attribute.id), '[]')
        """

    /// All of them in their order, with their values.
    func list() async throws -> [Attribute] {
        try await db.query(
            """
            select \(Self.columns) from attribute
            order by position, handle limit \(Attribute.countMax)::int
            """
        ).decode(Attribute.init)
    }

    func find(_ id: ID<Attribute>) async throws -> Attribute? {
        try await db.query("select \(Self.columns) from attribute where id = \(id)")
            .decode(Attribute.init).first
    }

    /// Nobody else changes it or its values until the transaction ends.
    func lock(_ id: ID<Attribute>) async throws -> Attribute? {
        try await db.query(
            "select \(Self.columns) from attribute where id = \(id) for no key update"
        ).decode(Attribute.init).first
    }

    /// Has others who add one wait, so that there are never too many.
    func lockList() async throws {
        try await db.execute("lock table attribute in share row exclusive mode")
    }

    func insert(
        _ id: ID<Attribute>, _ handle: String, _ kind: Attribute.Kind, in category: ID<Category>?,
        _ draft: AttributeDraft
    ) async throws {
        try await db.execute(
            """
            insert into attribute (id, category_id, handle, name, names, kind, unit, least, most,
                is_facet, position)
            values (\(id), \(category), \(handle), \(draft.name), \(JSON(draft.names)), \(kind),
                \(draft.unit), \(draft.least), \(draft.most), \(draft.isFacet), \(draft.position))
            """)
    }

    func save(_ id: ID<Attribute>, _ draft: AttributeDraft) async throws {
        try await db.execute(
            """
            update attribute set name = \(draft.name), names = \(JSON(draft.names)),
                unit = \(draft.unit), least = \(draft.least), most = \(draft.most),
                is_facet = \(draft.isFacet), position = \(draft.position)
            where id = \(id)
            """)
    }

    func setRetired(_ id: ID<Attribute>, _ isRetired: Bool) async throws {
        try await db.execute(
            """
            update attribute set retired_at = case when \(isRetired) then market_now() end
            where id = \(id)
            """)
    }

    func insert(
        _ id: ID<AttributeValue>, _ handle: String, of attribute: ID<Attribute>,
        _ kind: Attribute.Kind, _ draft: AttributeValueDraft
    ) async throws {
        try await db.execute(
            """
            insert into attribute_value (id, attribute_id, kind, handle, name, names, position)
            values (\(id), \(attribute), \(kind), \(handle), \(draft.name), \(JSON(draft.names)),
                \(draft.position))
            """)
    }

    func save(_ id: ID<AttributeValue>, _ draft: AttributeValueDraft) async throws {
        try await db.execute(
            """
            update attribute_value set name = \(draft.name), names = \(JSON(draft.names)),
                position = \(draft.position)
            where id = \(id)
            """)
    }

    func setRetired(_ id: ID<AttributeValue>, _ isRetired: Bool) async throws {
        try await db.execute(
            """
            update attribute_value set retired_at = case when \(isRetired) then market_now() end
            where id = \(id)
            """)
    }

    /// How many things say something of it; of those that say each value, by the value.
    func uses(
        of id: ID<Attribute>
    ) async throws -> (listings: Int, byValue: [ID<AttributeValue>: Int]) {
        let rows = try await db.query(
            """
            select value_id, count(distinct listing_id)::int from listing_attribute
            where attribute_id = \(id)
            group by grouping sets ((), (value_id))
            """
        ).decode { c in (try c.next(ID<AttributeValue>?.self), try c.next(Int.self)) }
        // The whole and a number's have no value; the whole is never the smaller one.
        return (
            rows.filter { $0.0 == nil }.map(\.1).max() ?? 0,
            Dictionary(rows.compactMap { id, count in id.map { ($0, count) } }) { first, _ in
                first
            }
        )
    }

    /// How many things have a number out of these bounds.
    func outside(_ least: Int, _ most: Int, of id: ID<Attribute>) async throws -> Int {
        try await db.query(
            """
            select count(*)::int from listing_attribute
            where attribute_id = \(id) and number not between \(least) and \(most)
            """
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// The things that say something of it are shown anew.
    func showAnew(_ id: ID<Attribute>) async throws {
        try await db.execute(
            """
            update listing set version = version + 1
            where id in (select listing_id from listing_attribute where attribute_id = \(id))
            """)
    }
}

extension Queryable {
    var attributes: AttributeStore { AttributeStore(db: self) }
}

extension Attribute {
    fileprivate init(_ c: inout Columns) throws {
        self.init(
            id: try c.next(), category: try c.next(), handle: try c.next(), name: try c.next(),
            names: try c.next(JSON<CategoryNames>.self).value, kind: try c.next(),
            unit: try c.next(), least: try c.next(), most: try c.next(), isFacet: try c.next(),
            position: try c.next(), isRetired: try c.next(),
            values: try c.next(JSON<[AttributeValue]>.self).value)
    }
}
