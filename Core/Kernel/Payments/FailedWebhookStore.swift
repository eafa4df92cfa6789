import Postgres
import Vocabulary

/// Every statement on deliveries whose work failed.
struct FailedWebhookStore {
    let db: any Queryable

    private static let columns: SQL = """
        w.instance_id, p.name, w.event_id, w.kind, w.received_at, w.failed_at, w.tries,
        coalesce(w.error, ''), w.state, exists (
            select from job j where j.kind = 'webhooks.apply'
                and j.unique_key = w.instance_id || ':' || w.event_id
                and j.state in ('ready', 'running')),
        (extract(epoch from w.failed_at) * 1000000)::bigint
        """

    /// The last failure first. The cursor is the last row's place: one that fails again meanwhile
    /// comes to the front, and hides nothing.
    func list(
        of instance: ID<ProviderInstance>?, _ page: PageRequest
    ) async throws -> Page<FailedWebhook> {
        let ofInstance: SQL = instance.map { "w.instance_id = \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns)
            from webhook_inbox w join provider_instance p on p.id = w.instance_id
            where w.failed_at is not null and \(ofInstance) and \(Self.after(page.after))
            order by w.failed_at desc, w.instance_id desc, w.event_id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            (webhook: try FailedWebhook(&c), place: try c.next(Int64.self))
        }
        let found = Page(rows, limit: page.limit) { row in
            "\(row.place)|\(row.webhook.instance)|\(row.webhook.event)"
        }
        return Page(items: found.items.map(\.webhook), next: found.next)
    }

    /// A cursor that is none of ours begins at the front.
    private static func after(_ cursor: String?) -> SQL {
        let parts = cursor?.split(separator: "|", maxSplits: 2).map(String.init) ?? []
        // The end of the year 2099.
        guard parts.count == 3, let place = Int64(parts[0]),
            (0...4_102_444_800_000_000).contains(place),
            let instance = ID<ProviderInstance>(parts[1]), !parts[2].utf8.contains(0)
        else { return "true" }
        return """
            (w.failed_at, w.instance_id, w.event_id) < (
                'epoch'::timestamptz + \(place)::bigint * interval '1 microsecond',
                \(instance)::uuid, \(parts[2])::text)
            """
    }

    func find(
        _ event: String, from instance: ID<ProviderInstance>
    ) async throws -> FailedWebhook? {
        try await db.query(
            """
            select \(Self.columns)
            from webhook_inbox w join provider_instance p on p.id = w.instance_id
            where w.instance_id = \(instance) and w.event_id = \(event)
                and w.failed_at is not null
            """
        ).decode { c in try FailedWebhook(&c) }.first
    }

    func body(_ event: String, from instance: ID<ProviderInstance>) async throws -> [UInt8]? {
        try await db.query(
            """
            select body from webhook_inbox
            where instance_id = \(instance) and event_id = \(event) and failed_at is not null
            """
        ).decode { c in try c.next(Bytes.self).bytes }.first
    }

    /// Writes down that its work failed; the delivery waits to be applied all the same.
    func note(
        _ error: String, of event: String, from instance: ID<ProviderInstance>
    ) async throws {
        try await db.execute(
            """
            update webhook_inbox set tries = tries + 1, failed_at = now(),
                error = left(\(error), 2000)
            where instance_id = \(instance) and event_id = \(event) and state = 'new'
            """)
    }

    /// Holds it. False when it was applied, or never failed.
    func lock(_ event: String, from instance: ID<ProviderInstance>) async throws -> Bool {
        try await !db.query(
            """
            select from webhook_inbox
            where instance_id = \(instance) and event_id = \(event)
                and failed_at is not null and state in ('new', 'failed')
            for no key update
            """
        ).isEmpty
    }

    /// Whether a worker has it, or takes it next.
    func isDue(_ key: String) async throws -> Bool {
        try await !db.query(
            """
            select from job
            where kind = 'webhooks.apply' and unique_key = \(key)
                and (state = 'running' or state = 'ready' and run_at <= now())
            """
        ).isEmpty
    }

    /// Makes one that is held wait to be applied.
    func renew(_ event: String, from instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            update webhook_inbox set state = 'new', done_at = null
            where instance_id = \(instance) and event_id = \(event)
            """)
    }

    /// Leaves one that is held unapplied for good; why it failed stays with it.
    func setAside(_ event: String, from instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            update webhook_inbox set state = 'ignored', done_at = now(), failed_at = null
            where instance_id = \(instance) and event_id = \(event)
            """)
    }

    /// Jobs that were given up over it: nobody waits for them any more.
    func endDeadJobs(_ key: String) async throws {
        try await db.execute(
            """
            update job set state = 'done'
            where kind = 'webhooks.apply' and unique_key = \(key) and state = 'dead'
            """)
    }
}

extension Queryable {
    var failedWebhooks: FailedWebhookStore { FailedWebhookStore(db: self) }
}

extension FailedWebhook {
    fileprivate init(_ c: inout Columns) throws {
        instance = try c.next()
        provider = try c.next()
        event = try c.next()
        kind = try c.next()
        receivedAt = try c.next()
        failedAt = try c.next()
        tries = try c.next()
        error = try c.next()
        let isRefused = try c.next(String.self) == "failed"
        let isTried = try c.next(Bool.self)
        state = isRefused ? .refused : isTried ? .waiting : .dead
    }
}
