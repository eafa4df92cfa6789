import Postgres
import Vocabulary

/// Every statement on the outbox.
public struct OutboxStore: Sendable {
    let db: any Queryable

    /// Writes an event; it reaches its readers when this transaction commits, and never otherwise.
    public func record<Payload>(_ event: OutboxEvent<Payload>) async throws {
        try await db.execute(Self.recordStatement(event))
    }

    /// ``record(_:)`` as a statement for a batch.
    public static func recordStatement<Payload>(_ event: OutboxEvent<Payload>) -> SQL {
        recordStatement([event])
    }

    /// Several events in their order, as one statement for a batch.
    public static func recordStatement<Payload>(_ events: [OutboxEvent<Payload>]) -> SQL {
        """
        insert into outbox_event
            (topic, aggregate_kind, aggregate_id, payload, account_id, email, seller_id,
            for_administrators)
        select (\(events.map(\.topic))::text[])[n], (\(events.map(\.aggregateKind))::text[])[n],
            (\(events.map(\.aggregateID))::uuid[])[n],
            (\(events.map { JSON($0.payload) })::jsonb[])[n],
            (\(events.map(\.account))::uuid[])[n], (\(events.map(\.email))::text[])[n],
            (\(events.map(\.seller))::uuid[])[n],
            (\(events.map(\.tellsAdministrators))::boolean[])[n]
        from generate_series(1, \(events.count)::integer) n
        """
    }

    /// Where `reader` is, locked so that no second dispatcher reads the same events.
    func lockCursor(_ reader: String) async throws -> OutboxCursor? {
        try await db.query(
            """
            select xid::text, id from outbox_cursor where reader = \(reader)
            for update skip locked
            """
        ).decode { c in try OutboxCursor(xid: c.next(), id: c.next()) }.first
    }

    /// Up to `limit` events after `cursor` that no open transaction can still precede, made into
    /// a row for each person who is told, in their order; returns where to go on, nil when there
    /// was none.
    func dispatchNotifications(
        after cursor: OutboxCursor, limit: Int
    ) async throws -> OutboxCursor? {
        try await db.query(
            """
            with batch as materialized (
                select id, xid, topic, payload, account_id, email, seller_id, for_administrators, at
                from outbox_event
                where (xid, id) > (\(cursor.xid)::xid8, \(cursor.id))
                    and xid < pg_snapshot_xmin(pg_current_snapshot())
                order by xid, id
                limit \(limit)::bigint
            ), told as (
                insert into notification (event_id, account_id, email, audience, seller_id, topic,
                    payload, at)
                select batch.id, person.account_id, person.email, person.audience,
                    batch.seller_id, topic, payload, at
                from batch cross join lateral (
                    select batch.account_id, batch.email, 'customer' as audience, 1 as turn
                    where batch.account_id is not null or batch.email is not null
                    union all
                    select member.account_id, null, 'seller', 2
                    from seller_member member where member.seller_id = batch.seller_id
                    union all
                    select distinct role.account_id, null, 'administrator', 3
                    from account_role role where batch.for_administrators
                        and role.role in ('administrator', 'support', 'finance')
                ) person
                order by batch.xid, batch.id, person.turn, person.account_id
                on conflict on constraint notification_once do nothing
            )
            select xid::text, id from batch order by xid desc, id desc limit 1
            """
        ).decode { c in try OutboxCursor(xid: c.next(), id: c.next()) }.first
    }

    func moveCursor(_ reader: String, to cursor: OutboxCursor) async throws {
        try await db.execute(
            """
            update outbox_cursor set xid = \(cursor.xid)::xid8, id = \(cursor.id)
            where reader = \(reader)
            """)
    }

    /// Forgets events of half a year ago that every reader has passed and no notice is made of.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from outbox_event where id in (
                select event.id from outbox_event event
                where event.at < now() - interval '180 days'
                    and not exists (select from notification where event_id = event.id)
                    and not exists (
                        select from outbox_cursor cursor
                        where (event.xid, event.id) > (cursor.xid, cursor.id))
                order by event.at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

/// How far a reader of the outbox is.
struct OutboxCursor: Sendable {
    let xid: String
    let id: Int64
}

extension Queryable {
    public var outbox: OutboxStore { OutboxStore(db: self) }
}
