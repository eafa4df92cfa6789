-- Nobody asks for what is held by when it ends: checkouts end, and take their reservations along.
drop index reservation_expiry;

-- As before, but accounts and balances are found by their keys: of a few hundred wallets, all were
-- read for each posting. And the planner thought of a thousand postings where there are three. The
-- market's time is read from its clock: `market_now()` is planned anew in every transaction.
create or replace function post_ledger_batch(
    p_keys text[], p_kinds text[], p_currencies text[], p_purchases uuid[], p_reverses text[],
    p_postings integer[], p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lines integer := cardinality(p_postings);
    booked timestamptz := (select now() + shift from market_clock);
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
        select k.key, p_kinds[n], p_currencies[n], p_purchases[n], reversed[n], contents[n], booked
        from unnest(p_keys) with ordinality k(key, n)
        order by k.key
        on conflict (key) do nothing
        returning id, key
    )
    select array_agg(made.id order by n) into posted
    from unnest(p_keys) with ordinality k(key, n) left join made on made.key = k.key;

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
            ids := array(
                select (select a.id from ledger_account a where a.code = ledger_account_code(
                    p_accounts[n], p_owners[n], p_currencies[p_postings[n]]))
                from generate_series(1, lines) n);
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
        where b.account_id = change.account and b.account_id = any(ids);

        if p_accounts && array['seller_available', 'seller_frozen'] then
            insert into ledger_order_balance as kept (account_id, order_id, balance)
            select ids[n], p_orders[n], sum(p_amounts[n])::bigint
            from generate_series(1, lines) n
            where p_accounts[n] in ('seller_available', 'seller_frozen')
                and p_orders[n] is not null
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
