import Postgres
import Vocabulary

/// Every statement on shops' holidays.
struct HolidayStore {
    let db: any Queryable

    func find(_ seller: ID<Seller>) async throws -> Holiday? {
        try await db.query(
            """
            select starts_at, ends_at, note, is_on, stays_open from seller_holiday
            where seller_id = \(seller)
            """
        ).decode { c in
            Holiday(
                startsAt: try c.next(), endsAt: try c.next(), note: try c.next(),
                isOn: try c.next(), staysOpen: try c.next())
        }.first
    }

    func save(_ holiday: Holiday, of seller: ID<Seller>) async throws {
        try await db.execute(
            """
            insert into seller_holiday (seller_id, starts_at, ends_at, note, is_on, stays_open)
            values (\(seller), \(holiday.startsAt), \(holiday.endsAt), \(holiday.note),
                \(holiday.isOn), \(holiday.staysOpen))
            on conflict (seller_id) do update set starts_at = excluded.starts_at,
                ends_at = excluded.ends_at, note = excluded.note, is_on = excluded.is_on,
                stays_open = excluded.stays_open
            """)
    }

    func delete(_ seller: ID<Seller>) async throws {
        try await db.execute("delete from seller_holiday where seller_id = \(seller)")
    }

    /// Whose holiday begins or ends by now.
    func due(at now: Instant, limit: Int) async throws -> [ID<Seller>] {
        try await db.query(
            """
            (select seller_id from seller_holiday where not is_on and starts_at <= \(now)
                order by starts_at limit \(limit)::int)
            union
            (select seller_id from seller_holiday where is_on and ends_at <= \(now)
                order by ends_at limit \(limit)::int)
            """
        ).decode { c in try c.next() }
    }
}

extension Queryable {
    var holidays: HolidayStore { HolidayStore(db: self) }
}
