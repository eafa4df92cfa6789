import Postgres
import Vocabulary

struct PolicyStore {
    let db: any Queryable

    func find(_ seller: ID<Seller>) async throws -> String? {
        try await db.query("select body from seller_policy where seller_id = \(seller)")
            .decode { c in try c.next(String.self) }.first
    }

    func save(_ seller: ID<Seller>, _ text: String?) async throws {
        guard let text else {
            try await db.execute("delete from seller_policy where seller_id = \(seller)")
            return
        }
        try await db.execute(
            """
            insert into seller_policy (seller_id, body) values (\(seller), \(text))
            on conflict (seller_id) do update set body = excluded.body
            """)
    }
}

extension Queryable {
    var policies: PolicyStore { PolicyStore(db: self) }
}
