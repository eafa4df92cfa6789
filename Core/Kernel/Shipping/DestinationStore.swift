import Postgres
import Vocabulary

struct DestinationStore {
    let db: any Queryable

    /// Nil for everywhere.
    func find(_ seller: ID<Seller>) async throws -> [String]? {
        try await db.query(
            "select countries from seller_destination where seller_id = \(seller)"
        ).decode { c in try c.next([String].self) }.first
    }

    func save(_ seller: ID<Seller>, _ countries: [String]?) async throws {
        guard let countries else {
            try await db.execute("delete from seller_destination where seller_id = \(seller)")
            return
        }
        try await db.execute(
            """
            insert into seller_destination (seller_id, countries)
            values (\(seller), \(countries)::text[])
            on conflict (seller_id) do update set countries = excluded.countries
            """)
    }

    /// Those of some sellers who do not send to a country.
    func sendingElsewhere(
        than country: String, among sellers: [ID<Seller>]
    ) async throws -> Set<ID<Seller>> {
        Set(
            try await db.query(
                """
                select seller_id from seller_destination
                where seller_id = any(\(sellers)::uuid[])
                    and not countries @> array[\(country)::text]
                """
            ).decode { c in try c.next() })
    }

    /// The makers of some things who do not send to a country.
    static func elsewhereStatement(than country: String, of variants: [ID<Variant>]) -> SQL {
        """
        select d.seller_id from seller_destination d
        where d.seller_id in (select seller_id from variant where id = any(\(variants)::uuid[]))
            and not d.countries @> array[\(country)::text]
        """
    }

    /// Whether the seller of a row `l` sends to a country.
    static func sends(_ l: SQL, to country: String) -> SQL {
        """
        not exists (select from seller_destination d
            where d.seller_id = \(l).seller_id and not d.countries @> array[\(country)::text])
        """
    }
}

extension Queryable {
    var destinations: DestinationStore { DestinationStore(db: self) }
}
