import Postgres

/// What must hold in the books, each as a statement that finds what is at fault.
struct LedgerCheckStore {
    let db: any Queryable

    struct Check: Sendable {
        let claim: String
        let culprits: SQL
    }

    func run(_ culprits: SQL) async throws -> [String] {
        try await db.query(
            "select culprit from (\(culprits)) found(culprit) limit \(LedgerCheck.culpritsMax)"
        ).decode { c in try c.next() }
    }

    func size() async throws -> (transactions: Int64, entries: Int64) {
        let rows = try await db.query(
            "select (select count(*) from ledger_transaction), (select count(*) from ledger_entry)"
        ).decode { c in (try c.next(Int64.self), try c.next(Int64.self)) }
        return rows.first.map { (transactions: $0.0, entries: $0.1) } ?? (0, 0)
    }

    static let checks =
        booksChecks + businessChecks + splitChecks + stateChecks + payoutChecks
        + reserveAndPlanChecks + refundChecks
        + commissionChecks + disputeChecks

    /// What the entries and balances say of each other, whatever they were posted for.
    static let booksChecks = entryChecks + keptChecks

    private static let entryChecks = [
        Check(
            claim: "All entries of a currency add up to zero",
            culprits: """
                select currency || ' is off by ' || sum(amount)
                from ledger_entry group by currency having sum(amount) <> 0
                """),
        Check(
            claim: "The entries of every transaction add up to zero, and there are some",
            culprits: """
                select posting.key || ' is off by ' || coalesce(sum(amount)::text, 'everything')
                from ledger_transaction posting
                left join ledger_entry entry on entry.transaction_id = posting.id
                group by posting.id, posting.key having coalesce(sum(amount), 1) <> 0
                """),
        Check(
            claim: "Every entry is in an account of its currency",
            culprits: """
                select 'transaction ' || entry.transaction_id || ' line ' || entry.line
                from ledger_entry entry
                left join ledger_account account on account.id = entry.account_id
                where account.id is null or account.currency <> entry.currency
                """),
        Check(
            claim: "Every kept balance is the sum of its entries",
            culprits: """
                select account.code || ' is ' || balance || ', its entries say '
                    || coalesce(sums.amount, 0)
                from ledger_balance
                join ledger_account account on account.id = account_id
                left join (
                    select account_id, sum(amount) as amount from ledger_entry group by account_id
                ) sums on sums.account_id = account.id
                where balance <> coalesce(sums.amount, 0)
                """),
        Check(
            claim: "Every folded sum with its tail is the sum of its entries",
            culprits: """
                select account.code || ' is ' || ledger_balance_of(account.id)
                    || ', its entries say ' || coalesce(sums.amount, 0)
                from ledger_account account
                left join (
                    select account_id, sum(amount) as amount from ledger_entry group by account_id
                ) sums on sums.account_id = account.id
                where not synchronous and ledger_balance_of(account.id) <> coalesce(sums.amount, 0)
                """),
        Check(
            claim: "No wallet has less than nothing, and no debt is above nothing, but for what "
                + "went back of direct sales that were paid for",
            culprits: """
                select account.code || ' is ' || balance
                from ledger_balance join ledger_account account on account.id = account_id
                where case account.kind
                    when 'seller_debt' then balance > 0
                    when 'seller_receivable' then balance > 0 and balance > (
                        select coalesce(sum(amount), 0) from ledger_entry back
                        where back.account_id = account.id and back.amount > 0
                            and back.order_id is not null)
                    else balance < 0 end
                """),
    ]

    private static let businessChecks = [
        Check(
            claim: "Every purchase is the sum of its orders",
            culprits: """
                select 'purchase ' || purchase.number || ' is ' || purchase.total || ', not '
                    || coalesce(sum(orders.total), 0)
                from purchase left join orders on orders.purchase_id = purchase.id
                group by purchase.id having purchase.total <> coalesce(sum(orders.total), 0)
                """),
        Check(
            claim: "Every payment's amount, captures and refunds are the sums of its shares",
            culprits: """
                select 'payment ' || payment.id
                from payment join payment_share share on share.payment_id = payment.id
                where payment.state in ('authorized', 'captured')
                group by payment.id
                having payment.amount <> sum(share.amount)
                    or payment.captured <> sum(share.captured)
                    or payment.refunded <> sum(share.refunded)
                """),
        Check(
            claim: "Every order whose share was captured is in the books, as it was frozen",
            culprits: """
                select 'order ' || orders.number || ' was captured with ' || share.captured
                    || ', the books have ' || coalesce(sold.total::text, 'nothing')
                from payment_share share
                join payment on payment.id = share.payment_id
                join orders on orders.id = share.order_id
                left join lateral (
                    select
                        -sum(amount) filter (where account.kind = 'provider_clearing') as total,
                        coalesce(sum(amount) filter (
                            where account.kind = 'seller_pending'), 0) as share,
                        coalesce(sum(amount) filter (
                            where account.kind = 'commission'), 0) as commission,
                        coalesce(sum(amount) filter (
                            where account.kind = 'commission_vat'), 0) as vat,
                        coalesce(sum(amount) filter (
                            where account.kind = 'tax_payable'), 0) as tax
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.key = 'sale:' || orders.id
                ) sold on true
                cross join lateral (
                    select coalesce(sum(part.seller_share), 0) as share,
                        coalesce(sum(part.commission), 0) as commission,
                        coalesce(sum(part.commission_vat), 0) as vat,
                        coalesce(sum(part.tax_by_platform), 0) as tax
                    from refund join refund_part part on part.refund_id = refund.id
                    where refund.order_id = orders.id and refund.state = 'called_off'
                ) off
                where payment.state = 'captured' and not payment.is_direct
                    and share.captured > 0 and (
                    sold.total is distinct from share.captured
                    or sold.share is distinct from orders.seller_share - off.share
                    or sold.commission is distinct from orders.commission - off.commission
                    or sold.vat is distinct from orders.commission_vat - off.vat
                    or sold.tax is distinct from orders.tax_by_platform - off.tax)
                """),
        Check(
            claim: "Every sale in the books was captured",
            culprits: """
                select posting.key
                from ledger_transaction posting
                where posting.kind = 'sale' and not exists (
                    select from payment_share share
                    where 'sale:' || share.order_id = posting.key and share.captured > 0)
                """),
        Check(
            claim: "Every refund that succeeded is in the books, and no other",
            culprits: """
                select 'refund ' || refund.id || ' of ' || refund.amount || ', the books have '
                    || coalesce(sums.amount::text, 'nothing')
                from refund
                left join lateral (
                    select sum(entry.amount) as amount
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.key in ('refund:' || refund.id, 'refund-return:' || refund.id)
                        and account.kind = 'provider_clearing'
                ) sums on true
                where refund.kind <> 'stray' and not exists (
                    select from payment
                    where payment.id = refund.payment_id and payment.is_direct)
                and coalesce(sums.amount, 0) <> case
                    when refund.state = 'succeeded' then refund.amount else 0 end
                """),
        Check(
            claim: "What orders hold back is released, and only what was released is available",
            culprits: """
                select 'order ' || orders.number || ' has ' || sums.pending || ' pending and '
                    || sums.available || ' available, ' || sums.frozen || ' frozen and '
                    || sums.reserved || ' in reserve'
                from orders join (
                    select order_id,
                        coalesce(sum(amount) filter (
                            where account.kind = 'seller_pending'), 0) as pending,
                        coalesce(sum(amount) filter (
                            where account.kind = 'seller_available'), 0) as available,
                        coalesce(sum(amount) filter (
                            where account.kind = 'seller_frozen'), 0) as frozen,
                        coalesce(sum(amount) filter (
                            where account.kind = 'seller_reserve'), 0) as reserved
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where order_id is not null group by order_id
                ) sums on sums.order_id = orders.id
                where sums.pending < 0 or sums.available < 0 or sums.frozen < 0
                    or sums.reserved < 0
                    or (orders.released_at is not null and sums.pending <> 0)
                    or (orders.released_at is null
                        and (sums.available <> 0 or sums.frozen <> 0 or sums.reserved <> 0))
                """),
    ]

    private static let payoutChecks = [
        Check(
            claim: "Every payout is the sum of its orders",
            culprits: """
                select 'payout ' || payout.id || ' is ' || payout.amount || ', not '
                    || coalesce(sum(item.amount), 0)
                from payout left join payout_item item on item.payout_id = payout.id
                group by payout.id having payout.amount <> coalesce(sum(item.amount), 0)
                """),
        Check(
            claim: "Every payout is in the books as its state says",
            culprits: """
                select 'payout ' || payout.id || ' is ' || payout.state || ', the books have '
                    || coalesce(string_agg(posting.kind, ', ' order by posting.id), 'nothing')
                from payout
                left join ledger_transaction posting on posting.key in (
                    'payout:' || payout.id || ':hold', 'payout:' || payout.id || ':post',
                    'payout:' || payout.id || ':void', 'payout:' || payout.id || ':return')
                group by payout.id
                having coalesce(string_agg(posting.kind, ',' order by posting.id), '')
                    <> case payout.state when 'failed' then 'payout_hold,payout_void'
                        when 'held' then 'payout_hold' when 'sent' then 'payout_hold'
                        when 'unknown' then 'payout_hold'
                        -- one that had failed before was made available in between
                        else 'payout_hold,' || case when payout.contradicted_at is null then ''
                            else 'payout_void,' end || case payout.state
                            when 'paid' then 'payout_post'
                            else 'payout_post,payout_return' end end
                """),
        Check(
            claim: "What a wallet has on its way is the sum of its open payouts",
            culprits: """
                select account.code || ' is ' || balance || ', its open payouts are '
                    || coalesce(sums.amount, 0)
                from ledger_balance
                join ledger_account account on account.id = account_id
                left join (
                    select wallet_id, currency, sum(amount) as amount from payout
                    where state in ('held', 'sent', 'unknown') group by wallet_id, currency
                ) sums on sums.wallet_id = account.wallet_id and sums.currency = account.currency
                where account.kind = 'seller_paying' and balance <> coalesce(sums.amount, 0)
                """),
        Check(
            claim: "No order is paid out twice",
            culprits: """
                select 'order ' || orders.number || ' earned ' || orders.seller_share
                    || ' and was paid ' || sum(item.amount)
                from payout_item item join orders on orders.id = item.order_id
                where item.voided_at is null
                group by orders.id having sum(item.amount) > orders.seller_share + (
                    -- what was paid, refunded and came back is the seller's once more
                    select coalesce(sum(entry.amount), 0)
                    from refund
                    join ledger_transaction posting
                        on posting.key = 'refund-return:' || refund.id
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where refund.order_id = orders.id and account.kind = 'seller_available'
                ) + (
                    -- and so is what a dispute took that was not lost in the end
                    select coalesce(sum(entry.amount), 0)
                    from ledger_entry entry
                    join ledger_transaction posting on posting.id = entry.transaction_id
                    join ledger_account account on account.id = entry.account_id
                    where entry.order_id = orders.id and posting.kind = 'dispute'
                        and account.kind = 'seller_available' and entry.amount > 0)
                """),
    ]
}
