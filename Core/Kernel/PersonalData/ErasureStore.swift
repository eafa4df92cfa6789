import Postgres
import Vocabulary

/// Every statement that erases a person.
struct ErasureStore {
    let db: any Queryable

    /// What stands in the way, the first that is found.
    func obstacles(of account: ID<Account>) async throws -> [ErasureRefusal] {
        try await db.query(
            """
            select
                exists (select from orders o join purchase b on b.id = o.purchase_id
                    where b.account_id = \(account) and o.state in
                        ('awaiting_payment', 'paid', 'partly_shipped', 'shipped')),
                exists (select from refund r join orders o on o.id = r.order_id
                    join purchase b on b.id = o.purchase_id
                    where b.account_id = \(account) and r.state in ('pending', 'unknown'))
                or exists (select from dispute d join payment p on p.id = d.payment_id
                    join purchase b on b.id = p.purchase_id
                    where b.account_id = \(account)
                        and d.status in ('inquiry', 'needs_response', 'under_review')),
                exists (select from seller_member where account_id = \(account)),
                exists (select from account_role where account_id = \(account))
            """
        ).decode { c in
            try zip(
                ErasureRefusal.allCases,
                [c.next(Bool.self), c.next(Bool.self), c.next(Bool.self), c.next(Bool.self)]
            ).filter(\.1).map(\.0)
        }.first ?? []
    }

    /// The address of an open account, which is locked: nothing new is made for it meanwhile.
    func lock(_ account: ID<Account>) async throws -> String? {
        try await db.query(
            "select email from account where id = \(account) and state = 'active' for update"
        ).decode { c in try c.next(String.self) }.first
    }

    /// Deletes what is the person's alone, and takes the person out of what stays.
    func erase(_ account: ID<Account>, email: String) async throws {
        let nobody = "erased-\(account)@erased.invalid"
        let actor = "account:\(account)"
        _ = try await db.batch([
            "delete from saved_address where account_id = \(account)",
            "delete from wish where account_id = \(account)",
            "delete from mail_refusal where account_id = \(account)",
            "delete from second_factor where account_id = \(account)",
            "delete from access_token where account_id = \(account)",
            "delete from idempotency_key where actor = \(actor)",
            "delete from notification where account_id = \(account)",
            "delete from mail where recipient = \(email)",
        ])
        try await eraseReasons(of: account)
        _ = try await db.batch([
            """
            delete from purchase_claim where used_by = \(account) or purchase_id in (
                select id from purchase where account_id = \(account))
            """,
            """
            update checkout set email = \(nobody), address = address_for_books(address),
                guest_token_hash = null
            where account_id = \(account)
            """,
            """
            update checkout_parcel set gift_message = null
            where checkout_id in (select id from checkout where account_id = \(account))
            """,
            """
            update order_event e set note = null
            from orders o join purchase b on b.id = o.purchase_id
            where e.order_id = o.id and b.account_id = \(account) and e.actor_id = \(account)
                and e.note is not null
            """,
            """
            update purchase set email = \(nobody), address = address_for_books(address),
                guest_token_hash = null
            where account_id = \(account)
            """,
            """
            update review set author = 'Somebody who left', body = ''
            where account_id = \(account)
            """,
            """
            update seller_rating set author = 'Somebody who left', body = ''
            where account_id = \(account)
            """,
            """
            update account set email = \(nobody), name = 'Somebody who left',
                password_hash = 'erased', state = 'closed'
            where id = \(account)
            """,
        ])
    }

    /// What the person gave as reasons, wherever makers were told of them.
    private func eraseReasons(of account: ID<Account>) async throws {
        let told: SQL = """
            select e.id from outbox_event e
            join orders o on o.id = e.aggregate_id and e.aggregate_kind = 'order'
            join purchase b on b.id = o.purchase_id
            where b.account_id = \(account) and e.payload ? 'note'
            """
        _ = try await db.batch([
            """
            delete from mail where notification_id in (
                select n.id from notification n where n.event_id in (\(told)))
            """,
            "update notification set payload = payload - 'note' where event_id in (\(told))",
            "update outbox_event set payload = payload - 'note' where id in (\(told))",
            "update refund set reason = 'erased' where requested_by = \(account)",
        ])
    }
}

extension Queryable {
    var erasures: ErasureStore { ErasureStore(db: self) }
}
