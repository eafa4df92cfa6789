import Postgres
public import Vocabulary

/// An event as it stands in the outbox, without what it says: that is the business of whom it
/// tells.
public struct OutboxEntry: Sendable {
    public let id: Int64
    /// Such as `order.shipped`.
    public let topic: String
    public let aggregateKind: String
    public let aggregateID: String
    public let at: Instant
    /// Whether every reader has passed it, so that whoever it tells was told.
    public let isRead: Bool
}

/// How far a reader of the outbox is, and what hangs behind it.
public struct OutboxReader: Sendable {
    public let name: String
    /// Of when the last event is that it read; nil before the first.
    public let readUntil: Instant?
    /// How many events wait for it; counting stops at ``waitingMax``.
    public let waiting: Int
    /// Since when the oldest of them waits.
    public let waitingSince: Instant?

    /// More than so many are not counted.
    public static let waitingMax = 1_000
}

extension Marketplace {
    /// Events of the outbox, newest first, those of a year ago left out that are swept.
    public func outboxEvents(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await database.outbox.list(page)
    }

    /// What some reader has not passed yet, in the order in which it will be read.
    public func waitingOutboxEvents(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await database.outbox.listWaiting(page)
    }

    /// Every reader of the outbox.
    public func outboxReaders() async throws -> [OutboxReader] {
        try await database.outbox.readers()
    }
}

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
