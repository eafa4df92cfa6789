extension LedgerCheckStore {
    /// What must hold of the sums that the database keeps beside the entries.
    static let keptChecks = [
        Check(
            claim: "What of each order is available or frozen is kept as its entries say",
            culprits: """
                select 'order ' || coalesce(orders.number, order_id::text) || ' has '
                    || coalesce(kept.balance::text, 'nothing')
                    || ' kept, its entries say ' || coalesce(sums.amount, 0)
                from (
                    select entry.account_id, entry.order_id, sum(entry.amount) as amount
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where account.kind in ('seller_available', 'seller_frozen')
                        and entry.order_id is not null
                    group by entry.account_id, entry.order_id having sum(entry.amount) <> 0
                ) sums
                full join ledger_order_balance kept using (account_id, order_id)
                left join orders on orders.id = order_id
                where kept.balance is distinct from sums.amount
                """),
        Check(
            claim: "Every month of a wallet ended with the sum of its entries until then",
            culprits: """
                with booked as (
                    select entry.account_id,
                        date_trunc('month', posting.booked_at at time zone 'UTC')::date as month,
                        sum(entry.amount) as change,
                        min(entry.xid::text::numeric) as first_xid,
                        max(entry.xid::text::numeric) as last_xid
                    from ledger_entry entry
                    join ledger_transaction posting on posting.id = entry.transaction_id
                    join ledger_balance on ledger_balance.account_id = entry.account_id
                    group by 1, 2
                ), summed as (
                    select *, sum(change) over (partition by account_id order by month) as balance
                    from booked
                ), kept as (
                    select account_id, month, balance, first_xid, last_xid from ledger_closing
                    union all
                    -- the newest month's balance has a check of its own
                    select account_id, month, null, first_xid, null from ledger_balance
                    where month is not null
                )
                select account.code || ' in ' || to_char(month, 'YYYY-MM') || ' is kept as '
                    || coalesce(kept.balance::text, 'nothing') || ', its entries say '
                    || coalesce(summed.balance::text, 'nothing')
                from summed full join kept using (account_id, month)
                join ledger_account account on account.id = account_id
                where kept.account_id is null or summed.account_id is null
                    or kept.balance <> summed.balance
                    or kept.first_xid::text::numeric > summed.first_xid
                    or kept.last_xid::text::numeric < summed.last_xid
                """),
    ]
}
