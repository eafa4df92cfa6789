-- Locks a payment that was written a moment ago and its purchase, in the order in which everybody
-- does; fails with `payment_fresh` when somebody has settled either since.
create function lock_fresh_payment(p_purchase uuid, p_payment uuid) returns void
language plpgsql as $$
begin
    perform from purchase where id = p_purchase and state = 'awaiting_payment' for update;
    if found then
        perform from payment where id = p_payment and state = 'created' and version = 0
        for update;
    end if;
    if not found then
        raise exception 'payment % has been settled by somebody else', p_payment
            using errcode = '23514', constraint = 'payment_fresh';
    end if;
end $$;

-- As before, with the arrays read by subscript: `unnest` of several makes a temporary table of
-- each.
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
        from generate_subscripts(p_reverses, 1) n
        left join ledger_transaction t on t.key = p_reverses[n];
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
        from generate_subscripts(p_keys, 1) n
        left join ledger_transaction t on t.key = p_keys[n] and posted[n] is null;
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
            select array_agg(a.id order by n) into ids
            from generate_series(1, lines) n
            left join ledger_account a on a.code = ledger_account_code(
                p_accounts[n], p_owners[n], p_currencies[p_postings[n]]);
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
            select ids[n] as account, sum(p_amounts[n])::bigint as amount
            from generate_series(1, lines) n group by 1
        ) change
        where b.account_id = change.account;
    end if;
    return query
        select coalesce(posted[n], known[n]), posted[n] is null
        from generate_subscripts(p_keys, 1) n;
end $$;

-- What `post_ledger_batch` asked for the accounts' ids.
drop function ledger_account_ids(text[], integer[], text[], uuid[]);

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
    update stock_level s set reserved = s.reserved + p_quantities[n]
    from generate_subscripts(p_variants, 1) n
    where s.variant_id = p_variants[n] and s.on_hand - s.reserved >= p_quantities[n];
    get diagnostics taken = row_count;
    if taken <> cardinality(p_variants) then
        raise exception 'too little stock for checkout %', p_checkout
            using errcode = '23514', constraint = 'stock_level_short';
    end if;
end $$;

-- Gives back what several checkouts hold, in one order of all their stock: two that end the same
-- carts, or one that buys meanwhile, never wait for each other. Twice changes nothing.
create function release_stock(p_checkouts uuid[]) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (
        select variant_id from reservation
        where checkout_id = any(p_checkouts) and state = 'held')
    order by variant_id for no key update;
    with released as (
        update reservation set state = 'released'
        where checkout_id = any(p_checkouts) and state = 'held'
        returning variant_id, quantity
    )
    update stock_level s set reserved = s.reserved - r.quantity
    from (
        select variant_id, sum(quantity)::integer as quantity from released group by variant_id
    ) r
    where s.variant_id = r.variant_id;
end $$;
