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

    /// Locks an open account: nothing new is made for it meanwhile. False when it is none.
    func lock(_ account: ID<Account>) async throws -> Bool {
        try await !db.query(
            "select from account where id = \(account) and state = 'active' for update"
        ).isEmpty
    }

    /// Deletes what is the person's alone, and takes the person out of what stays.
    func erase(_ account: ID<Account>) async throws {
        let nobody = "erased-\(account)@erased.invalid"
        let actor = "account:\(account)"
        _ = try await db.batch([
            "delete from saved_address where account_id = \(account)",
            "delete from wish where account_id = \(account)",
            "delete from mail_refusal where account_id = \(account)",
            "delete from second_factor where account_id = \(account)",
            "delete from access_token where account_id = \(account)",
            "delete from password_reset where account_id = \(account)",
            "delete from idempotency_key where actor = \(actor)",
        ])
        try await eraseWhatWasTold(of: account)
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
            where e.order_id = o.id and b.account_id = \(account) and e.note is not null
                and (e.actor_id = \(account) or e.actor_id is null)
            """,
            """
            update purchase set email = \(nobody), address = address_for_books(address),
                guest_token_hash = null, language = null
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
            "update impersonation set reason = 'erased' where account_id = \(account)",
            """
            update account set email = \(nobody), name = 'Somebody who left',
                password_hash = 'erased', state = 'closed', language = null, language_at = null
            where id = \(account)
            """,
        ])
    }

    /// Of letters to an address of the account that no notice tells of.
    private static let ownTopics = [
        "account.password-reset", "account.email-link", "account.email-asked",
        "account.email-changed",
    ]

    /// Letters and notices to the person, and in those to makers what the person gave as reasons.
    private func eraseWhatWasTold(of account: ID<Account>) async throws {
        // What happened to the person's purchases, also while a guest had them.
        let told: SQL = """
            select e.id from outbox_event e
            join purchase b on b.id = e.aggregate_id and e.aggregate_kind = 'purchase'
            where b.account_id = \(account)
            union all
            select e.id from outbox_event e
            join orders o on o.id = e.aggregate_id and e.aggregate_kind = 'order'
            join purchase b on b.id = o.purchase_id
            where b.account_id = \(account)
            """
        let toThem: SQL = """
            select id from notification where account_id = \(account)
            union all
            select id from notification where audience = 'customer' and event_id in (\(told))
            """
        _ = try await db.batch([
            "delete from mail where notification_id in (\(toThem))",
            """
            delete from mail where notification_id in (
                select id from notification where event_id in (\(told)) and payload ? 'note')
            """,
            // Only to addresses that the person has proved.
            """
            delete from mail m using purchase_claim c
            where c.used_by = \(account) and m.recipient = c.email
                and m.topic = 'purchase.claim-link'
            """,
            """
            delete from mail m using account a
            where a.id = \(account) and m.recipient = a.email
                and m.topic = any(\(Self.ownTopics)::text[])
            """,
            // To the addresses that the account had before.
            """
            delete from mail m using email_change c
            where c.account_id = \(account) and m.recipient = c.old_email
                and m.created_at
                    <= coalesce(c.used_at, c.created_at) + interval '1 minute'
                and m.topic = any(\(Self.ownTopics)::text[])
            """,
            "delete from email_change where account_id = \(account)",
            // As with a claim: to addresses that the person has proved.
            """
            delete from mail m using team_invitation i
            where i.used_by = \(account) and m.recipient = i.email
                and m.topic = \(TeamInvitation.topic)
            """,
            "delete from team_invitation where used_by = \(account)",
            "delete from notification where id in (\(toThem))",
            "update notification set payload = payload - 'note' where event_id in (\(told))",
            """
            update outbox_event set payload = payload - 'note', email = null, account_id = null
            where id in (\(told)) or account_id = \(account)
            """,
            """
            update refund r set reason = 'erased'
            from orders o join purchase b on b.id = o.purchase_id
            where r.order_id = o.id and b.account_id = \(account)
                and (r.requested_by = \(account) or r.requested_by is null)
            """,
        ])
    }
}

extension Queryable {
    var erasures: ErasureStore { ErasureStore(db: self) }
}
