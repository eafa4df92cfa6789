-- What was booked before the posting function kept sums. A posting that began with the function as
-- it was is waited for, and none begins until the sums are there.
lock table ledger_transaction in share row exclusive mode;

delete from ledger_order_balance;
insert into ledger_order_balance (account_id, order_id, balance)
select entry.account_id, entry.order_id, sum(entry.amount)
from ledger_entry entry join ledger_account account on account.id = entry.account_id
where account.kind = 'seller_available' and entry.order_id is not null
group by entry.account_id, entry.order_id having sum(entry.amount) <> 0;

do $$
declare
    known record;
begin
    for known in
        select months.*, sum(change) over (partition by account_id order by month) as balance,
            lead(month) over (partition by account_id order by month) is null as is_newest
        from (
            select entry.account_id,
                date_trunc('month', posting.booked_at at time zone 'UTC')::date as month,
                sum(entry.amount) as change, min(entry.xid::text::numeric)::text::xid8 as first_xid,
                max(entry.xid::text::numeric)::text::xid8 as last_xid
            from ledger_entry entry
            join ledger_transaction posting on posting.id = entry.transaction_id
            join ledger_balance balance on balance.account_id = entry.account_id
            group by 1, 2
        ) months
        order by account_id, month
    loop
        if known.is_newest then
            -- who is to post to it is not below this snapshot's beginning
            update ledger_balance set month = known.month,
                first_xid = least(known.first_xid, pg_snapshot_xmin(pg_current_snapshot()))
            where account_id = known.account_id;
        else
            insert into ledger_closing as kept (account_id, month, balance, first_xid, last_xid)
            values (known.account_id, known.month, known.balance, known.first_xid, known.last_xid)
            on conflict (account_id, month) do update set balance = excluded.balance,
                first_xid = least(kept.first_xid, excluded.first_xid),
                last_xid = greatest(kept.last_xid, excluded.last_xid);
        end if;
    end loop;
end $$;
