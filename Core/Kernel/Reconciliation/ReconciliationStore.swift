import Postgres
import ProviderKit
import Vocabulary

/// Every statement on comparisons with providers' books.
struct ReconciliationStore {
    let db: any Queryable

    /// How many of our lines are read at once.
    static let pageMax: Int64 = 5000

    /// What our books have of an instance's clearing account in a time of the machine's clock,
    /// after the transaction `last`; each with what the provider calls it.
    func lines(
        of instance: ID<ProviderInstance>, from: Instant, until: Instant, after last: Int64
    ) async throws -> [(transaction: Int64, line: BookLine)] {
        try await db.query(
            """
            select posting.id, posting.key, case
                    when posting.kind in ('sale') or posting.key like 'stray:%' then 'charge'
                    when posting.kind = 'refund' or posting.key like 'stray-return:%'
                        or posting.key like 'refund-return:%' then 'refund'
                    when posting.kind like 'payout%' then 'payout'
                    else 'adjustment' end,
                case
                    when posting.kind = 'sale' then (
                        select payment.reference from payment_share share
                        join payment on payment.id = share.payment_id
                        where share.order_id = entry.order_id
                            and payment.instance_id = \(instance)
                        order by share.captured desc limit 1)
                    when posting.key like 'stray:%' then (
                        select reference from payment
                        where id::text = split_part(posting.key, ':', 2))
                    when posting.kind = 'refund' or posting.key like 'stray-return:%'
                        or posting.key like 'refund-return:%' then (
                        select reference from refund
                        where id::text = split_part(posting.key, ':', 2))
                    when posting.key like 'invoice-payment:%' then (
                        select reference from invoice_payment
                        where id::text = split_part(posting.key, ':', 2))
                    when posting.kind = 'settlement'
                        then regexp_replace(posting.key, '^settlement:[^:]*:', '')
                    when posting.kind like 'payout%' then (
                        select reference from payout
                        where id::text = split_part(posting.key, ':', 2))
                    when posting.kind = 'dispute' then (
                        select reference from dispute
                        where id::text = split_part(posting.key, ':', 2))
                end,
                (-entry.amount)::bigint, entry.currency, posting.at
            from ledger_transaction posting
            join ledger_entry entry on entry.transaction_id = posting.id
            join ledger_account account on account.id = entry.account_id
            where posting.at >= \(from) and posting.at < \(until) and posting.id > \(last)
                and account.kind = 'provider_clearing' and account.instance_id = \(instance)
                -- made from the provider's own lines, whose amounts are compared without them
                and posting.kind <> 'provider_fee'
            order by posting.id, entry.line
            limit \(Self.pageMax)
            """
        ).decode { c in
            let transaction: Int64 = try c.next()
            let key: String = try c.next()
            let kind: String = try c.next()
            let reference: String? = try c.next()
            let amount: Int64 = try c.next()
            let currency: Currency = try c.next()
            return (
                transaction,
                BookLine(
                    name: key, kind: BalanceEntry.Kind(rawValue: kind) ?? .adjustment,
                    reference: reference, amount: Money(amount, currency), fee: .zero(currency),
                    at: try c.next())
            )
        }
    }

    /// What we know of references, in words; first what this instance made.
    func known(
        _ references: [String], at instance: ID<ProviderInstance>
    ) async throws -> [String: KnownReference] {
        let rows = try await db.query(
            """
            select reference, instance_id, words from (
                select reference, instance_id, 'payment ' || id || ' is ' || state as words
                from payment where reference = any(\(references)::text[])
                union all
                select refund.reference, payment.instance_id,
                    'refund ' || refund.id || ' is ' || refund.state
                from refund join payment on payment.id = refund.payment_id
                where refund.reference = any(\(references)::text[])
                union all
                select reference, instance_id, 'payout ' || id || ' is ' || state
                from payout where reference = any(\(references)::text[])
                union all
                select reference, instance_id, 'dispute ' || id || ' is ' || status
                from dispute where reference = any(\(references)::text[])
            ) made
            order by instance_id <> \(instance)
            """
        ).decode { c in
            (
                try c.next(String.self),
                KnownReference(instance: try c.next(), words: try c.next())
            )
        }
        return Dictionary(rows) { first, _ in first }
    }

    func insert(
        _ instance: ID<ProviderInstance>, _ day: Day, _ result: Reconciliation
    ) async throws {
        let shown = Array(result.faults.prefix(ReconciliationRun.faultsMax))
        try await db.execute(
            """
            insert into reconciliation (instance_id, day, matched, unmatched, faults)
            values (\(instance), \(day.description)::date, \(result.matched),
                \(result.faults.count), \(JSON(shown)))
            """)
    }

    private static let columns: SQL = """
        r.id, r.instance_id, i.name, r.day::text, r.at, r.matched, r.unmatched,
        not \(isReplaced), r.faults
        """

    private static let isReplaced: SQL = """
        exists (select from reconciliation later where later.instance_id = r.instance_id
            and later.day = r.day and later.id > r.id)
        """

    /// Newest first.
    func list(
        _ filter: ReconciliationFilter, _ page: PageRequest
    ) async throws -> Page<ReconciliationRun> {
        let before = page.afterNumber ?? Int64.max
        let ofInstance: SQL = filter.instance.map { "r.instance_id = \($0)" } ?? "true"
        let ofDay: SQL = filter.day.map { "r.day = \($0.description)::date" } ?? "true"
        let open: SQL = filter.isOpen ? "r.unmatched > 0 and not \(Self.isReplaced)" : "true"
        let rows = try await db.query(
            """
            select \(Self.columns)
            from reconciliation r join provider_instance i on i.id = r.instance_id
            where \(ofInstance) and \(ofDay) and \(open) and r.id < \(before)
            order by r.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(ReconciliationRun.init)
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    /// Whether a day of an instance was compared after it had ended.
    func isDone(_ instance: ID<ProviderInstance>, _ day: Day) async throws -> Bool {
        try await !db.query(
            """
            select from reconciliation
            where instance_id = \(instance) and day = \(day.description)::date
                and at >= \(day.until) limit 1
            """
        ).isEmpty
    }

    /// Days whose newest comparison found something, some hours ago.
    func open(
        olderThanHours hours: Int, days: Int, limit: Int
    ) async throws -> [(ID<ProviderInstance>, Day)] {
        let rows = try await db.query(
            """
            select r.instance_id, r.day::text from reconciliation r
            where r.unmatched > 0 and r.day > current_date - \(days)::int
                and r.at < clock_timestamp() - \(hours)::int * interval '1 hour'
                and not \(Self.isReplaced)
            order by r.day, r.id limit \(limit)::bigint
            """
        ).decode { c in (try c.next(ID<ProviderInstance>.self), try c.next(String.self)) }
        return rows.compactMap { instance, day in Day(day).map { (instance, $0) } }
    }

    /// Faults in the newest comparison of every instance's day, of the last 30 days.
    func unmatched() async throws -> Int64 {
        try await db.query(
            """
            select coalesce(sum(unmatched), 0)::bigint from (
                select distinct on (instance_id, day) unmatched from reconciliation
                where day > current_date - 30
                order by instance_id, day, id desc
            ) newest
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }
}

extension Queryable {
    var reconciliations: ReconciliationStore { ReconciliationStore(db: self) }
}

extension ReconciliationRun {
    fileprivate init(_ c: inout Columns) throws {
        id = try c.next()
        instance = try c.next()
        instanceName = try c.next()
        day = Day(try c.next(String.self)) ?? Day(containing: Instant(secondsSince1970: 0))
        at = try c.next()
        matched = try c.next()
        unmatched = try c.next()
        isNewest = try c.next()
        faults = try c.next(JSON<[ReconciliationFault]>.self).value
    }
}
