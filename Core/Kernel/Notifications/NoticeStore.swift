import Postgres
import Vocabulary

/// Every statement on notices.
struct NoticeStore {
    let db: any Queryable

    func list(
        of account: ID<Account>, _ audience: Notice.Audience, _ page: PageRequest
    ) async throws -> Page<Notice> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let rows = try await db.query(
            """
            select id, audience, seller_id, topic, payload, at, read_at
            from notification
            where account_id = \(account) and audience = \(audience) and id < \(before)
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try Notice(
                id: c.next(), audience: c.next(), seller: c.next(), topic: c.next(),
                payload: c.next(), at: c.next(), readAt: c.next())
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    func markRead(_ account: ID<Account>, upTo id: Int64) async throws {
        try await db.execute(
            """
            update notification set read_at = now()
            where account_id = \(account) and id <= \(id) and read_at is null
            """)
    }

    /// Forgets what people were told half a year ago.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from notification where id in (
                select id from notification where at < now() - interval '180 days'
                order by at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var notices: NoticeStore { NoticeStore(db: self) }
}
