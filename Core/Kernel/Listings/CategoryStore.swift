import Postgres
import Vocabulary

struct CategoryStore {
    let db: any Queryable

    private static let columns: SQL = "id, parent_id, slug, name, names, path, position, tax_code"

    func insert(_ category: Category) async throws {
        try await db.execute(
            """
            insert into category (id, parent_id, slug, name, names, path, position, tax_code)
            values (\(category.id), \(category.parent), \(category.slug), \(category.name),
                \(JSON(category.names)), \(category.path)::uuid[], \(category.position),
                \(category.taxCode))
            """)
    }

    func find(_ id: ID<Category>) async throws -> Category? {
        try await db.query("select \(Self.columns) from category where id = \(id)")
            .first.map(Category.init(row:))
    }

    func find(slug: String) async throws -> Category? {
        try await db.query("select \(Self.columns) from category where slug = \(slug)")
            .first.map(Category.init(row:))
    }

    /// When one of the things that stand in a category itself was changed last, by category.
    func changes() async throws -> [ID<Category>: Instant] {
        let rows = try await db.query(
            """
            select c.id, l.at
            from category c cross join lateral (
                select coalesce(l.changed_at, l.published_at) as at from listing l
                where l.category_id = c.id and l.published_at is not null
                order by coalesce(l.changed_at, l.published_at) desc limit 1
            ) l
            """
        ).decode { c in (try c.next(ID<Category>.self), try c.next(Instant.self)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// Keeps the category where it is until the transaction ends; nil when there is none.
    func hold(_ id: ID<Category>) async throws -> Category? {
        try await db.query("select \(Self.columns) from category where id = \(id) for share")
            .first.map(Category.init(row:))
    }

    /// The whole tree, which nobody else changes until the transaction ends.
    func lockTree() async throws -> [Category] {
        try await db.execute("lock table category in share row exclusive mode")
        return try await list()
    }

    /// Writes categories as they are now.
    func save(_ categories: [Category]) async throws {
        _ = try await db.batch(
            categories.map { category in
                """
                update category set parent_id = \(category.parent), slug = \(category.slug),
                    name = \(category.name), names = \(JSON(category.names)),
                    path = \(category.path)::uuid[],
                    position = \(category.position), tax_code = \(category.taxCode)
                where id = \(category.id)
                """
            })
    }

    /// What stands in one of these categories stands where its category is now, and is shown anew.
    func takeListingsAlong(_ categories: [ID<Category>]) async throws {
        try await db.execute(
            """
            update listing set category_path = c.path, version = version + 1
            from category c
            where c.id = listing.category_id and listing.category_id = any(\(categories)::uuid[])
            """)
    }

    /// The whole tree, each level in its order.
    func list() async throws -> [Category] {
        try await db.query(
            """
            select \(Self.columns) from category
            order by cardinality(path), position, name, id
            limit \(Category.countMax)::int
            """
        ).map(Category.init(row:))
    }
}

extension Queryable {
    var categories: CategoryStore { CategoryStore(db: self) }
}

extension Category {
    fileprivate init(row: Row) throws {
        var c = row.columns
        self.init(
            id: try c.next(), parent: try c.next(), slug: try c.next(), name: try c.next(),
            names: try c.next(JSON<CategoryNames>.self).value, path: try c.next(),
            position: try c.next(), taxCode: try c.next())
    }
}
