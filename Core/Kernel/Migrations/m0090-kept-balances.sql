-- What is asked of the books all the time is kept beside them by the posting function, in its own
-- transaction: no payout and no statement adds up all the entries that ever were.

-- What an order still has available in a wallet; no row when that is nothing.
create table ledger_order_balance (
    account_id bigint not null references ledger_account,
    order_id uuid not null,
    balance bigint not null,
    primary key (account_id, order_id)
);

-- What a wallet's account held at the end of a month in which something was booked, by the
-- market's clock in UTC. The newest such month is in ledger_balance itself: it may go on.
create table ledger_closing (
    account_id bigint not null references ledger_account,
    month date not null check (extract(day from month) = 1),
    balance bigint not null,
    -- the month's entries were written by transactions between these
    first_xid xid8 not null,
    last_xid xid8 not null,
    primary key (account_id, month),
    check (first_xid <= last_xid)
);

-- null as long as nothing was booked; what was booked before is summed by m0094
alter table ledger_balance
    add column month date,
    add column first_xid xid8;

alter table ledger_order_balance owner to guildhall_books;
alter table ledger_closing owner to guildhall_books;
revoke all on ledger_order_balance, ledger_closing from public, guildhall_app;
grant select on ledger_order_balance, ledger_closing to guildhall_app;
create trigger ledger_order_balance_no_truncate before truncate on ledger_order_balance
    execute function refuse_change();
create trigger ledger_closing_stays before delete or truncate on ledger_closing
    execute function refuse_change();

-- Every month of an account in which something was booked, with what it holds at its end. Without
-- conditions, so that the planner looks into either table by its key; an account in which nothing
-- was booked has a row without a month.
create view ledger_month as
select account_id, month, balance, first_xid, last_xid from ledger_closing
union all
select account_id, month, balance, first_xid, '18446744073709551615'::xid8 from ledger_balance;

-- A month's entries, found without reading those of other months.
create view ledger_month_entry as
select kept.account_id, kept.month, entry.transaction_id, entry.amount, entry.order_id,
    posting.booked_at
from ledger_month kept
join ledger_entry entry on entry.account_id = kept.account_id
    and entry.xid between kept.first_xid and kept.last_xid
join ledger_transaction posting on posting.id = entry.transaction_id
    and date_trunc('month', posting.booked_at at time zone 'UTC') = kept.month;
revoke insert, update, delete on ledger_month, ledger_month_entry from guildhall_app;

-- What a wallet's account held when a month began.
create function ledger_balance_before(p_account bigint, p_month date) returns bigint
language sql stable as $$
    select case when b.month < p_month then b.balance else coalesce((
        select c.balance from ledger_closing c
        where c.account_id = b.account_id and c.month < p_month
        order by c.month desc limit 1), 0) end
    from ledger_balance b where b.account_id = p_account
$$;

-- Keeps what months ended with, when a posting is booked in another month than an account's newest.
-- The accounts' balances are locked, and do not have the posting in them yet: whoever wrote to them
-- has committed, below this snapshot's end, and whoever is going to is not below its beginning.
create function turn_ledger_months(p_accounts bigint[], p_amounts bigint[], p_month date)
returns void language plpgsql set search_path = public, pg_temp as $$
begin
    insert into ledger_closing (account_id, month, balance, first_xid, last_xid)
    select b.account_id, b.month, b.balance, b.first_xid,
        greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id())
    from ledger_balance b where b.account_id = any(p_accounts) and b.month < p_month;
    update ledger_balance b
    set month = p_month, first_xid = pg_snapshot_xmin(pg_current_snapshot())
    where b.account_id = any(p_accounts) and (b.month < p_month or b.month is null);

    -- Who began before the month was over and comes after one who began later is booked in the
    -- older month, and changes what it and those after it ended with.
    insert into ledger_closing as kept (account_id, month, balance, first_xid, last_xid)
    select b.account_id, p_month, ledger_balance_before(b.account_id, p_month),
        pg_current_xact_id(), pg_current_xact_id()
    from ledger_balance b where b.account_id = any(p_accounts) and b.month > p_month
    on conflict (account_id, month) do update
    set first_xid = least(kept.first_xid, excluded.first_xid),
        last_xid = greatest(kept.last_xid, excluded.last_xid);
    update ledger_closing kept set balance = kept.balance + change.amount
    from (
        select l.account, sum(l.amount)::bigint as amount
        from unnest(p_accounts, p_amounts) l(account, amount) group by l.account
    ) change join ledger_balance b on b.account_id = change.account and b.month > p_month
    where kept.account_id = change.account and kept.month >= p_month;
end $$;
alter function turn_ledger_months(bigint[], bigint[], date) owner to guildhall_books;
revoke all on function turn_ledger_months(bigint[], bigint[], date) from public;

-- As before, and it keeps the months and what is available of orders.
create or replace function post_ledger_batch(
    p_keys text[], p_kinds text[], p_currencies text[], p_purchases uuid[], p_reverses text[],
    p_postings integer[], p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lines integer := cardinality(p_postings);
    booked timestamptz := market_now();
    booked_month date := date_trunc('month', booked at time zone 'UTC');
    is_turned boolean;
    contents bytea[];
    starts integer[];
    first integer := 1;
    last integer;
    reversed bigint[];
    missing text;
    posted bigint[];
    known bigint[];
    ids bigint[];
begin
    if cardinality(p_accounts) <> lines or cardinality(p_owners) <> lines
        or cardinality(p_amounts) <> lines or cardinality(p_orders) <> lines
    then
        raise exception 'the lines of the ledger transactions do not match' using errcode = '22023';
    end if;
    for posting in 1 .. cardinality(p_keys) loop
        last := coalesce(array_position(p_postings, posting + 1) - 1, lines);
        if last - first not between 1 and 499 or p_postings[first] <> posting
            or p_postings[last] <> posting
        then
            raise exception 'a ledger transaction has 2 to 500 lines' using errcode = '22023';
        end if;
        starts[posting] := first;
        contents[posting] := sha256(convert_to(concat_ws('|', p_kinds[posting],
            p_currencies[posting], p_purchases[posting], p_reverses[posting],
            array_to_string(p_accounts[first:last], ','),
            array_to_string(p_owners[first:last], ',', '-'),
            array_to_string(p_amounts[first:last], ','),
            array_to_string(p_orders[first:last], ',', '-')), 'UTF8'));
        first := last + 1;
    end loop;
    if first <> lines + 1 then
        raise exception 'a ledger transaction has 2 to 500 lines' using errcode = '22023';
    end if;

    if array_remove(p_reverses, null) <> '{}' then
        select array_agg(t.id order by n), min(p_reverses[n]) filter (where t.id is null)
        into reversed, missing
        from unnest(p_reverses) with ordinality r(key, n)
        left join ledger_transaction t on t.key = r.key;
        if missing is not null then
            raise exception 'ledger transaction % to be reversed does not exist', missing
                using errcode = '23503', constraint = 'ledger_transaction_reverses_fkey';
        end if;
    end if;

    -- by key, so that two calls with the same keys never wait for each other
    with made as (
        insert into ledger_transaction (key, kind, currency, purchase_id, reverses, fingerprint,
            booked_at)
        select p_keys[n], p_kinds[n], p_currencies[n], p_purchases[n], reversed[n], contents[n],
            booked
        from generate_subscripts(p_keys, 1) n
        order by p_keys[n]
        on conflict (key) do nothing
        returning id, key
    )
    select array_agg(made.id order by n) into posted
    from generate_subscripts(p_keys, 1) n left join made on made.key = p_keys[n];

    if array_position(posted, null) is not null then
        select array_agg(t.id order by n),
            min(p_keys[n]) filter (where t.fingerprint <> contents[n])
        into known, missing
        from unnest(p_keys) with ordinality k(key, n)
        left join ledger_transaction t on t.key = k.key and posted[n] is null;
        if missing is not null then
            raise exception 'ledger key % was used for something else', missing
                using errcode = '23505', constraint = 'ledger_transaction_content';
        end if;
        -- only what is new goes on
        select array_agg(p_postings[n] order by n), array_agg(p_accounts[n] order by n),
            array_agg(p_owners[n] order by n), array_agg(p_amounts[n] order by n),
            array_agg(p_orders[n] order by n)
        into p_postings, p_accounts, p_owners, p_amounts, p_orders
        from generate_series(1, lines) n
        where posted[p_postings[n]] is not null;
        lines := coalesce(cardinality(p_postings), 0);
        starts := (
            select array_agg(array_position(p_postings, n) order by n)
            from generate_subscripts(p_keys, 1) n);
    end if;

    if lines > 0 then
        for attempt in 1 .. 2 loop
            select array_agg(a.id order by l.n) into ids
            from unnest(p_accounts) with ordinality l(kind, n)
            left join ledger_account a on a.code = ledger_account_code(
                l.kind, p_owners[l.n], p_currencies[p_postings[l.n]]);
            exit when array_position(ids, null) is null;
            perform open_ledger_accounts(l.currency, array_agg(l.kind), array_agg(l.owner))
            from (
                select p_currencies[p_postings[n]] as currency, p_accounts[n] as kind,
                    p_owners[n] as owner
                from generate_series(1, lines) n
            ) l
            group by l.currency;
        end loop;

        insert into ledger_entry (transaction_id, line, account_id, currency, amount, order_id)
        select posted[p_postings[n]], n - starts[p_postings[n]] + 1, ids[n],
            p_currencies[p_postings[n]], p_amounts[n], p_orders[n]
        from generate_series(1, lines) n;

        -- in one order, so that two calls for the same wallets never wait for each other
        select bool_or(locked.month is distinct from booked_month) into is_turned
        from (
            select b.month from ledger_balance b where b.account_id = any(ids)
            order by b.account_id for no key update
        ) locked;
        if is_turned then perform turn_ledger_months(ids, p_amounts, booked_month); end if;
        update ledger_balance b set balance = b.balance + change.amount
        from (
            select l.account, sum(p_amounts[l.n])::bigint as amount
            from unnest(ids) with ordinality l(account, n) group by l.account
        ) change
        where b.account_id = change.account;

        if 'seller_available' = any(p_accounts) then
            insert into ledger_order_balance as kept (account_id, order_id, balance)
            select ids[n], p_orders[n], sum(p_amounts[n])::bigint
            from generate_series(1, lines) n
            where p_accounts[n] = 'seller_available' and p_orders[n] is not null
            group by ids[n], p_orders[n]
            on conflict (account_id, order_id) do update
            set balance = kept.balance + excluded.balance;
            delete from ledger_order_balance kept
            where kept.account_id = any(ids) and kept.order_id = any(p_orders)
                and kept.balance = 0;
        end if;
    end if;
    return query
        select coalesce(posted[n], known[n]), posted[n] is null
        from generate_subscripts(p_keys, 1) n;
end $$;
