import Postgres
import Vocabulary

/// Every statement on the market's clock.
struct ClockStore {
    let db: any Queryable

    func now() async throws -> Instant {
        try await decode(try await db.query("select market_now()"))
    }

    func shift(by milliseconds: Int64) async throws -> Instant {
        try await decode(
            try await db.query(
                """
                update market_clock
                set shift = shift + \(milliseconds)::bigint * interval '1 millisecond'
                returning now() + shift
                """))
    }

    private func decode(_ rows: Rows) async throws -> Instant {
        guard let row = rows.first else {
            throw PostgresError(.decoding, "market_clock has no row")
        }
        var c = row.columns
        return try c.next()
    }
}

extension Queryable {
    var clock: ClockStore { ClockStore(db: self) }
}
