import Postgres
import Vocabulary

/// A notice that nobody was written of yet.
struct UnmailedNotice: Sendable {
    let id: Int64
    let audience: Notice.Audience
    let topic: String
    let facts: LetterFacts
    let recipient: String
    let name: String?
    /// What the receiver is in the shop that the notice is for.
    let role: SellerRole?
    /// What it happened to.
    let about: NoticeSubject
    /// In which the receiver is written, when that is known.
    let language: Language?
    /// What the receiver does not want to be written of.
    let refused: [MailChoice]

    /// The purchase whose things and sums stand in the letter.
    var listedPurchase: ID<Purchase>? {
        audience == .customer && Letter.listsWhatWasBought(topic) ? about.purchase : nil
    }
}

/// What a notice is about, for the link in its letter.
struct NoticeSubject: Sendable {
    /// By table: `order`.
    let kind: String
    /// The canonical text of its id.
    let id: String
    /// The purchase that a customer's notice is about.
    let purchase: ID<Purchase>?
}

/// Every statement on e-mail.
struct MailStore {
    let db: any Queryable

    private static let columns: SQL = """
        id, topic, recipient, subject, body, state, tries, error, created_at, sent_at, next_at
        """

    /// Locked, so that no other process writes the same letters.
    func unmailed(limit: Int) async throws -> [UnmailedNotice] {
        try await db.query(
            """
            with unmailed as materialized (
                select id, event_id, account_id, email, audience, seller_id, topic, payload
                from notification where not is_mailed order by id limit \(limit)::bigint
                for update skip locked
            )
            select told.id, told.audience, told.topic, told.payload,
                coalesce(person.email, told.email), person.name, member.role,
                event.aggregate_kind, event.aggregate_id::text, bought.id,
                case when person.language_at > bought.placed_at then person.language
                    else coalesce(bought.language, person.language) end,
                array(select subject from mail_refusal where account_id = told.account_id)
            from unmailed told
            join outbox_event event on event.id = told.event_id
            left join account person on person.id = told.account_id
            left join seller_member member on member.account_id = told.account_id
                and member.seller_id = told.seller_id
            left join purchase bought on told.audience = 'customer' and bought.id = coalesce(
                (select purchase_id from orders where id = event.aggregate_id
                    and event.aggregate_kind = 'order'),
                case when event.aggregate_kind = 'purchase' then event.aggregate_id end)
            order by told.id
            """
        ).decode { c in
            UnmailedNotice(
                id: try c.next(), audience: try c.next(), topic: try c.next(),
                facts: try c.next(JSON<LetterFacts>.self).value, recipient: try c.next(),
                name: try c.next(), role: try c.next(),
                about: NoticeSubject(
                    kind: try c.next(), id: try c.next(), purchase: try c.next()),
                language: try c.next(),
                refused: try c.next([String].self).compactMap(MailChoice.init(rawValue:)))
        }
    }

    func markMailed(_ notices: [Int64]) async throws {
        try await db.execute(
            "update notification set is_mailed = true where id = any(\(notices)::bigint[])")
    }

    func refused(by account: ID<Account>) async throws -> [MailChoice] {
        try await db.query("select subject from mail_refusal where account_id = \(account)")
            .decode { c in try c.next() }
    }

    func saveRefused(_ refused: [MailChoice], by account: ID<Account>) async throws {
        _ = try await db.batch([
            "delete from mail_refusal where account_id = \(account)",
            """
            insert into mail_refusal (account_id, subject)
            select \(account)::uuid, unnest(\(refused.map(\.rawValue))::text[])
            on conflict do nothing
            """,
        ])
    }

    /// - Parameter isSendable: whether there is a server to send it by.
    func insert(
        _ message: MailMessage, of notice: UnmailedNotice, isSendable: Bool
    ) async throws {
        let state: Mail.State = isSendable ? .waiting : .kept
        try await db.execute(
            """
            insert into mail (id, notification_id, topic, recipient, subject, body, message, state,
                next_at)
            values (\(message.id), \(notice.id), \(notice.topic), \(message.recipient),
                \(message.subject), \(message.body), \(message.text), \(state),
                case when \(isSendable) then clock_timestamp() end)
            on conflict (notification_id) do nothing
            """)
    }

    /// A letter that no notice tells of, with the words that the back office shows of it.
    func insert(
        _ message: MailMessage, showing body: String, topic: String, isSendable: Bool
    ) async throws {
        let state: Mail.State = isSendable ? .waiting : .kept
        try await db.execute(
            """
            insert into mail (id, topic, recipient, subject, body, message, state, next_at)
            values (\(message.id), \(topic), \(message.recipient), \(message.subject), \(body),
                \(message.text), \(state), case when \(isSendable) then clock_timestamp() end)
            """)
    }

    func list(in state: Mail.State?, _ page: PageRequest) async throws -> Page<Mail> {
        let inState: SQL = state.map { "state = \($0)" } ?? "true"
        let before: SQL = page.afterID.map { "id < \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select \(Self.columns) from mail where \(inState) and \(before)
            order by id desc limit \(page.limit + 1)::bigint
            """
        ).decode(Mail.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func find(_ id: ID<Mail>) async throws -> Mail? {
        try await db.query("select \(Self.columns) from mail where id = \(id)")
            .decode(Mail.init).first
    }

    /// Takes the next that is due for so long, in the order of what happened; a process that dies
    /// with it leaves it to the next.
    func claim(for time: Duration) async throws -> (mail: Mail, message: String)? {
        try await db.query(
            """
            update mail set tries = tries + 1, next_at = clock_timestamp()
                + \(time.wholeMilliseconds)::bigint * interval '1 millisecond'
            where id = (
                select id from mail where state = 'waiting' and next_at <= clock_timestamp()
                order by notification_id limit 1 for update skip locked)
            returning \(Self.columns), message
            """
        ).decode { c in (mail: try Mail(&c), message: try c.next(String.self)) }.first
    }

    func markSent(_ id: ID<Mail>) async throws {
        try await db.execute(
            """
            update mail set state = 'sent', sent_at = clock_timestamp(), next_at = null,
                error = null
            where id = \(id) and state = 'waiting'
            """)
    }

    func markFailed(_ id: ID<Mail>, _ error: String) async throws {
        try await db.execute(
            """
            update mail set state = 'failed', next_at = null, error = \(error)
            where id = \(id) and state = 'waiting'
            """)
    }

    func putOff(_ id: ID<Mail>, by time: Duration, _ error: String) async throws {
        try await db.execute(
            """
            update mail set error = \(error), next_at = clock_timestamp()
                + \(time.wholeMilliseconds)::bigint * interval '1 millisecond'
            where id = \(id) and state = 'waiting'
            """)
    }

    func wakeAgain(_ id: ID<Mail>) async throws -> Bool {
        try await db.execute(
            """
            update mail set state = 'waiting', tries = 0, next_at = clock_timestamp(), error = null
            where id = \(id) and state in ('failed', 'kept')
            """) > 0
    }

    /// Forgets what was written two months ago; what still waits for a server is older than any
    /// server is away.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from mail where id in (
                select id from mail where created_at < clock_timestamp() - interval '60 days'
                order by created_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var mails: MailStore { MailStore(db: self) }
}

extension Mail {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        topic = try c.next()
        recipient = try c.next()
        subject = try c.next()
        body = try c.next()
        state = try c.next()
        tries = try c.next()
        error = try c.next()
        createdAt = try c.next()
        sentAt = try c.next()
        nextAt = try c.next()
    }
}
