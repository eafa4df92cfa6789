import Postgres
import Vocabulary

/// Every statement that gathers what is known of a person: each section in pages, by its key.
struct PersonalDataStore {
    let db: any Queryable

    /// Rows read at once.
    static let batch = 200

    /// The person, and what stands once beside the lists.
    func person(_ account: ID<Account>) async throws -> String? {
        try await db.query(
            """
            select jsonb_build_object('id', a.id, 'email', a.email, 'name', a.name,
                'createdAt', a.created_at, 'language', a.language, 'noMailOf', array(
                    select subject from mail_refusal where account_id = a.id order by subject),
                'twoStepSince', (
                    select confirmed_at from second_factor where account_id = a.id),
                'recoveryCodesLeft', cardinality(array(
                    select 1 from recovery_code where account_id = a.id and used_at is null)),
                'roles', array(
                    select role from account_role where account_id = a.id order by role))::text
            from account a where a.id = \(account)
            """
        ).decode { c in try c.next(String.self) }.first
    }

    /// The rows of a section after a key, as JSON, and the last one's key; none at the end.
    func rows(
        of section: PersonalDataSection, _ account: ID<Account>, after key: String?
    ) async throws -> (rows: [String], last: String?) {
        let rows = try await db.query(Self.statement(section, account, key))
            .decode { c in (key: try c.next(String.self), json: try c.next(String.self)) }
        return (rows.map(\.json), rows.count < Self.batch ? nil : rows.last?.key)
    }

    private static func statement(
        _ section: PersonalDataSection, _ account: ID<Account>, _ key: String?
    ) -> SQL {
        let id: SQL = key.flatMap { ID<Account>($0) }.map { "\($0)::uuid" } ?? first
        let number: SQL = key.flatMap { Int64($0) }.map { "\($0)::bigint" } ?? "0"
        return switch section {
        case .addresses:
            list("id", "saved_address", "to_jsonb(t) - 'account_id'", mine(account), after: id)
        case .tokens:
            list(
                "id", "access_token", "to_jsonb(t) - 'account_id' - 'token_hash'", mine(account),
                after: id)
        case .checkouts:
            list(
                "id", "checkout", "to_jsonb(t) - 'account_id' - 'guest_token_hash' - 'version'",
                "\(mine(account)) and t.state <> 'placed'", after: id)
        case .purchases: purchases(account, after: id)
        case .reviews:
            list(
                "id", "review",
                """
                to_jsonb(t) - 'account_id' || jsonb_build_object('photos', array(
                    select encode(p.content_hash, 'hex') from review_photo p
                    where p.review_id = t.id order by p.position))
                """, mine(account), after: id)
        case .ratings:
            list("id", "seller_rating", "to_jsonb(t) - 'account_id'", mine(account), after: id)
        case .wishes:
            list("listing_id", "wish", "to_jsonb(t) - 'account_id'", mine(account), after: id)
        case .notices:
            list(
                "id", "notification",
                "to_jsonb(t) - 'account_id' - 'event_id' - 'is_mailed'", mine(account),
                after: number)
        case .letters:
            // By notice and not by address: nobody has proved the address of an account, and
            // letters to a guest of the same address are not the account's.
            """
            select t.id::text, jsonb_build_object('at', t.created_at, 'to', t.recipient,
                'subject', t.subject, 'body', t.body)::text
            from notification n join mail t on t.notification_id = n.id
            where n.account_id = \(account) and t.id > \(id)
            order by t.id limit \(batch)::int
            """
        case .shops:
            list(
                "seller_id", "seller_member", "to_jsonb(t) - 'account_id'", mine(account),
                after: id)
        case .acts:
            list(
                "id", "audit_log",
                """
                jsonb_build_object('at', t.at, 'action', t.action, 'objectKind', t.object_kind,
                    'objectId', t.object_id, 'reason', t.reason)
                """, "t.actor_id = \(account)", after: number)
        case .supportVisits:
            list(
                "id", "impersonation",
                """
                jsonb_build_object('app', t.app, 'begunAt', t.begun_at, 'openedAt', t.opened_at,
                    'until', coalesce(t.ended_at, t.until), 'reason', t.reason)
                """, mine(account), after: id)
        }
    }

    private static let first: SQL = "'00000000-0000-0000-0000-000000000000'::uuid"

    private static func mine(_ account: ID<Account>) -> SQL { "t.account_id = \(account)" }

    private static func list(
        _ key: SQL, _ table: SQL, _ json: SQL, _ condition: SQL, after: SQL
    ) -> SQL {
        """
        select t.\(key)::text, (\(json))::text from \(table) t
        where \(condition) and t.\(key) > \(after)
        order by t.\(key) limit \(batch)::int
        """
    }

    private static func purchases(_ account: ID<Account>, after: SQL) -> SQL {
        """
        select t.id::text, (to_jsonb(t) - 'account_id' - 'guest_token_hash' || jsonb_build_object(
            'orders', (
                select jsonb_agg(to_jsonb(o) - array['purchase_id', 'wallet_id', 'commission',
                    'commission_vat', 'shipping_commission', 'shipping_commission_vat',
                    'shipping_commission_explanation', 'seller_share', 'hold_days', 'hold_until',
                    'released_at', 'shipping_instance_id'] || jsonb_build_object(
                    'seller', (select name from seller where id = o.seller_id),
                    'wishes', (
                        select jsonb_build_object('giftMessage', k.gift_message,
                            'deliverOn', k.deliver_on)
                        from checkout_parcel k
                        where k.checkout_id = t.checkout_id and k.wallet_id = o.wallet_id),
                    'lines', (
                        select jsonb_agg(jsonb_build_object('title', l.title,
                            'options', l.options_text, 'quantity', l.quantity,
                            'unitPrice', l.unit_price, 'total', l.total,
                            'shipped', l.shipped) order by l.line)
                        from order_line l where l.order_id = o.id),
                    'parcels', (
                        select jsonb_agg(to_jsonb(s) - 'order_id' order by s.id)
                        from shipment s where s.order_id = o.id),
                    'events', (
                        select jsonb_agg(jsonb_build_object('at', e.at, 'what', e.kind,
                            'note', e.note) order by e.id)
                        from order_event e where e.order_id = o.id),
                    'refunds', (
                        select jsonb_agg(jsonb_build_object('amount', r.amount, 'state', r.state,
                            'reason', r.reason, 'at', r.requested_at) order by r.id)
                        from refund r where r.order_id = o.id)) order by o.number)
                from orders o where o.purchase_id = t.id),
            'payments', (
                select jsonb_agg(jsonb_build_object('method', p.method, 'amount', p.amount,
                    'state', p.state, 'reference', p.reference, 'at', p.created_at) order by p.id)
                from payment p where p.purchase_id = t.id)))::text
        from purchase t
        where t.account_id = \(account) and t.id > \(after)
        order by t.id limit \(batch)::int
        """
    }
}

extension Queryable {
    var personalData: PersonalDataStore { PersonalDataStore(db: self) }
}
