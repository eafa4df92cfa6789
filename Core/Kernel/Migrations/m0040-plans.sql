-- Where a row is found by its key and its state is only checked, the check is written so that no
-- index fits it (`is not distinct from`): the partial indexes of what is open look nearly empty to
-- the planner, and hold all that was open a moment ago.

-- Locks a payment that was written a moment ago and its purchase, in the order in which everybody
-- does; fails with `payment_fresh` when somebody has settled either since.
create or replace function lock_fresh_payment(p_purchase uuid, p_payment uuid) returns void
language plpgsql as $$
begin
    perform from purchase
    where id = p_purchase and state is not distinct from 'awaiting_payment' for update;
    if found then
        perform from payment
        where id = p_payment and state is not distinct from 'created' and version = 0
        for update;
    end if;
    if not found then
        raise exception 'payment % has been settled by somebody else', p_payment
            using errcode = '23514', constraint = 'payment_fresh';
    end if;
end $$;

-- As before, with the arrays read by subscript: `unnest` of several makes a temporary table of
-- each. Where a table is joined it is `unnest` of one, of which the planner expects ten rows, not a
-- thousand as of `generate_series`.
create or replace function post_ledger_batch(
    p_keys text[], p_kinds text[], p_currencies text[], p_purchases uuid[], p_reverses text[],
    p_postings integer[], p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lines integer := cardinality(p_postings);
    booked timestamptz := market_now();
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
        perform from ledger_balance b where b.account_id = any(ids)
        order by b.account_id for no key update;
        update ledger_balance b set balance = b.balance + change.amount
        from (
            select l.account, sum(p_amounts[l.n])::bigint as amount
            from unnest(ids) with ordinality l(account, n) group by l.account
        ) change
        where b.account_id = change.account;
    end if;
    return query
        select coalesce(posted[n], known[n]), posted[n] is null
        from generate_subscripts(p_keys, 1) n;
end $$;

create or replace function reserve_stock(
    p_checkout uuid, p_variants uuid[], p_quantities integer[], p_expires timestamptz
) returns void language plpgsql as $$
declare
    taken integer;
begin
    insert into reservation (checkout_id, variant_id, quantity, expires_at)
    select p_checkout, p_variants[n], p_quantities[n], p_expires
    from generate_subscripts(p_variants, 1) n;
    perform from stock_level where variant_id = any(p_variants)
    order by variant_id for no key update;
    update stock_level s set reserved = s.reserved + p_quantities[t.n]
    from unnest(p_variants) with ordinality t(variant_id, n)
    where s.variant_id = t.variant_id and s.on_hand - s.reserved >= p_quantities[t.n];
    get diagnostics taken = row_count;
    if taken <> cardinality(p_variants) then
        raise exception 'too little stock for checkout %', p_checkout
            using errcode = '23514', constraint = 'stock_level_short';
    end if;
end $$;

create or replace function take_stock(p_checkout uuid, p_purchase uuid) returns void
language plpgsql as $$
declare
    lines integer;
    taken integer;
begin
    insert into stock_movement (variant_id, delta, cause, order_id)
    select l.variant_id, -l.quantity, 'sale', l.order_id
    from orders o join order_line l on l.order_id = o.id
    where o.purchase_id = p_purchase;
    get diagnostics lines = row_count;
    with held as materialized (
        select s.variant_id from reservation r join stock_level s on s.variant_id = r.variant_id
        where r.checkout_id = p_checkout and r.state is not distinct from 'held'
        order by s.variant_id for no key update of s
    ), committed as (
        update reservation set state = 'committed'
        where checkout_id = p_checkout and state is not distinct from 'held'
        returning variant_id, quantity
    )
    update stock_level s set on_hand = s.on_hand - c.quantity, reserved = s.reserved - c.quantity
    from held h join committed c on c.variant_id = h.variant_id
    where s.variant_id = h.variant_id;
    get diagnostics taken = row_count;
    if taken <> lines then
        raise exception 'purchase % no longer holds its stock', p_purchase
            using errcode = '23514', constraint = 'reservation_gone';
    end if;
end $$;
