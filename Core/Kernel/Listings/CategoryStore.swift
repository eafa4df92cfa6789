import Postgres
import Vocabulary

struct CategoryStore {
    let db: any Queryable

    private static let columns: SQL = "id, parent_id, slug, name, path, position, tax_code"

    func insert(_ category: Category) async throws {
        try await db.execute(
            """
            insert into category (id, parent_id, slug, name, path, position, tax_code)
            values (\(category.id), \(category.parent), \(category.slug), \(category.name),
                \(category.path)::uuid[], \(category.position), \(category.taxCode))
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
            path: try c.next(), position: try c.next(), taxCode: try c.next())
    }
}
