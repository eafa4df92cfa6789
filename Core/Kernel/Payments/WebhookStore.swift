import Postgres
import ProviderKit
import Vocabulary

/// A delivery that was stored, as the job applies it.
struct StoredWebhook: Sendable {
    let instance: ID<ProviderInstance>
    let webhook: VerifiedWebhook
}

/// Every statement on what providers told us.
struct WebhookStore {
    let db: any Queryable

    /// Stores a verified delivery; false when it is known already.
    func insert(
        _ webhook: VerifiedWebhook, _ headers: [String: String],
        from instance: ID<ProviderInstance>
    ) async throws -> Bool {
        try await db.execute(
            """
            insert into webhook_inbox (instance_id, event_id, kind, headers, body, received_at)
            values (\(instance), \(webhook.eventID), \(webhook.kind), \(JSON(headers)),
                \(Bytes(webhook.body)), now())
            on conflict do nothing
            """) == 1
    }

    /// A stored delivery that was not applied yet.
    func find(_ event: String, from instance: ID<ProviderInstance>) async throws -> StoredWebhook? {
        try await db.query(
            """
            select kind, body, received_at from webhook_inbox
            where instance_id = \(instance) and event_id = \(event) and state = 'new'
            """
        ).decode { c in
            let kind = try c.next(String.self)
            let body = try c.next(Bytes.self)
            return StoredWebhook(
                instance: instance,
                webhook: VerifiedWebhook(
                    eventID: event, kind: kind, occurredAt: try c.next(), body: body.bytes))
        }.first
    }

    func settle(
        _ event: String, from instance: ID<ProviderInstance>, _ state: String, error: String? = nil
    ) async throws {
        try await db.execute(
            """
            update webhook_inbox set state = \(state), error = \(error), done_at = now(),
                failed_at = case when \(state)::text = 'failed' then now() end,
                tries = tries + case when \(state)::text = 'failed' then 1 else 0 end
            where instance_id = \(instance) and event_id = \(event)
            """)
    }

    /// Forgets what was applied a month ago, and what could not be applied for three.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from webhook_inbox where (instance_id, event_id) in (
                select instance_id, event_id from webhook_inbox
                where state <> 'new' and received_at < now() - interval '30 days'
                    and (state <> 'failed' or received_at < now() - interval '90 days')
                order by received_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var webhooks: WebhookStore { WebhookStore(db: self) }
}
