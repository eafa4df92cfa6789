import Postgres
import Vocabulary

/// Every statement on what waits for a second person.
struct SecondPersonStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = "subject, wish, reason, asked_by, asked_at"

    private static let isFresh: SQL =
        "asked_at > market_now() - \(SecondPersonWish.daysMax)::int * interval '1 day'"

    /// Locked; nil when nobody asked for anything, or too long ago.
    func lock(_ subject: String) async throws -> SecondPersonWish? {
        try await db.query(
            """
            select \(Self.columns) from second_person
            where subject = \(subject) and \(Self.isFresh) for update
            """
        ).decode(SecondPersonWish.init).first
    }

    /// Those of these subjects that still count.
    func find(_ subjects: [String]) async throws -> [SecondPersonWish] {
        try await db.query(
            """
            select \(Self.columns) from second_person
            where subject = any(\(subjects)::text[]) and \(Self.isFresh) order by subject
            """
        ).decode(SecondPersonWish.init)
    }

    /// In the place of what was asked for before.
    func insert(
        _ wish: String, of subject: String, reason: String, by admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into second_person (subject, wish, reason, asked_by)
            values (\(subject), \(wish), \(reason), \(admin))
            on conflict (subject) do update set wish = excluded.wish, reason = excluded.reason,
                asked_by = excluded.asked_by, asked_at = excluded.asked_at
            """)
    }

    func delete(_ subject: String) async throws {
        try await db.execute("delete from second_person where subject = \(subject)")
    }
}

extension Queryable {
    var secondPersons: SecondPersonStore { SecondPersonStore(db: self) }
}

extension SecondPersonWish {
    fileprivate init(_ c: inout Columns) throws {
        try self.init(
            subject: c.next(), wish: c.next(), reason: c.next(), askedBy: c.next(),
            askedAt: c.next())
    }
}
