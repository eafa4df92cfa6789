import Postgres
import Vocabulary

extension OutboxStore {
    private static let columns: SQL = """
        e.id, e.topic, e.aggregate_kind, e.aggregate_id::text, e.at,
        not exists (select from outbox_cursor c where (e.xid, e.id) > (c.xid, c.id))
        """

    func list(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await rows(
            page,
            """
            where \(page.afterNumber)::bigint is null or e.id < \(page.afterNumber)::bigint
            order by e.id desc
            """)
    }

    func listWaiting(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await rows(
            page,
            """
            where (e.xid, e.id) > (
                select c.xid, c.id from outbox_cursor c order by c.xid, c.id limit 1)
                and (\(page.afterNumber)::bigint is null or (e.xid, e.id) > (
                    select a.xid, a.id from outbox_event a
                    where a.id = \(page.afterNumber)::bigint))
            order by e.xid, e.id
            """)
    }

    private func rows(_ page: PageRequest, _ rest: SQL) async throws -> Page<OutboxEntry> {
        let rows = try await db.query(
            """
            select \(Self.columns) from outbox_event e
            \(rest)
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            OutboxEntry(
                id: try c.next(), topic: try c.next(), aggregateKind: try c.next(),
                aggregateID: try c.next(), at: try c.next(), isRead: try c.next())
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    func readers() async throws -> [OutboxReader] {
        try await db.query(
            """
            select c.reader, (select at from outbox_event where id = c.id), w.waiting, w.since
            from outbox_cursor c cross join lateral (
                select count(*)::integer as waiting, min(at) as since from (
                    select at from outbox_event where (xid, id) > (c.xid, c.id)
                    order by xid, id limit \(OutboxReader.waitingMax)::bigint
                ) behind
            ) w
            order by c.reader
            """
        ).decode { c in
            OutboxReader(
                name: try c.next(), readUntil: try c.next(), waiting: try c.next(),
                waitingSince: try c.next())
        }
    }
}
