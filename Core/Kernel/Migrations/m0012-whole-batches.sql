-- The market's time is asked for by nearly every statement of a sale. PL/pgSQL keeps the plan of
-- this; a function in SQL is planned anew by each statement that calls it.
create or replace function market_now() returns timestamptz
language plpgsql stable parallel safe as $$
begin
    return (select now() + shift from market_clock);
end $$;

-- The only way in: any number of postings in one call. `p_postings` tells for each line which of
-- `p_keys` it belongs to, counted from 1; lines of one posting stand together. A repeat with the
-- same content is a replay and changes nothing; the same key with other content is an error.
create function post_ledger_batch(
    p_keys text[], p_kinds text[], p_currencies text[], p_purchases uuid[], p_reverses text[],
    p_postings integer[], p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lines integer := cardinality(p_postings);
    contents bytea[];
    reversed bigint[];
    missing text;
    posted bigint[];
    known bigint[];
    ids bigint[];
begin
    if cardinality(p_accounts) <> lines or cardinality(p_owners) <> lines
        or cardinality(p_amounts) <> lines or cardinality(p_orders) <> lines
        or lines > 500 * cardinality(p_keys)
    then
        raise exception 'a ledger transaction has 2 to 500 lines' using errcode = '22023';
    end if;
    select array_agg(sha256(convert_to(concat_ws('|', p_kinds[said.posting],
            p_currencies[said.posting], p_purchases[said.posting], p_reverses[said.posting],
            said.accounts, said.owners, said.amounts, said.orders), 'UTF8'))
        order by said.posting)
    into contents
    from (
        select l.posting, string_agg(l.account, ',' order by l.n) as accounts,
            string_agg(coalesce(l.owner::text, '-'), ',' order by l.n) as owners,
            string_agg(l.amount::text, ',' order by l.n) as amounts,
            string_agg(coalesce(l.order_id::text, '-'), ',' order by l.n) as orders
        from unnest(p_postings, p_accounts, p_owners, p_amounts, p_orders)
            with ordinality l(posting, account, owner, amount, order_id, n)
        group by l.posting
        having count(*) between 2 and 500
    ) said;
    if cardinality(contents) is distinct from cardinality(p_keys) then
        raise exception 'a ledger transaction has 2 to 500 lines' using errcode = '22023';
    end if;

    if array_remove(p_reverses, null) <> '{}' then
        select array_agg(t.id order by r.n), min(r.key) filter (where t.id is null)
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
        insert into ledger_transaction (key, kind, currency, purchase_id, reverses, fingerprint)
        select p.key, p.kind, p.currency, p.purchase, reversed[p.n], contents[p.n]
        from unnest(p_keys, p_kinds, p_currencies, p_purchases)
            with ordinality p(key, kind, currency, purchase, n)
        order by p.key
        on conflict (key) do nothing
        returning id, key
    )
    select array_agg(made.id order by p.n) into posted
    from unnest(p_keys) with ordinality p(key, n) left join made on made.key = p.key;

    if array_position(posted, null) is not null then
        select array_agg(t.id order by p.n),
            min(p.key) filter (where t.fingerprint <> contents[p.n])
        into known, missing
        from unnest(p_keys) with ordinality p(key, n)
        left join ledger_transaction t on t.key = p.key and posted[p.n] is null;
        if missing is not null then
            raise exception 'ledger key % was used for something else', missing
                using errcode = '23505', constraint = 'ledger_transaction_content';
        end if;
        -- only what is new goes on
        select array_agg(l.posting order by l.n), array_agg(l.account order by l.n),
            array_agg(l.owner order by l.n), array_agg(l.amount order by l.n),
            array_agg(l.order_id order by l.n)
        into p_postings, p_accounts, p_owners, p_amounts, p_orders
        from unnest(p_postings, p_accounts, p_owners, p_amounts, p_orders)
            with ordinality l(posting, account, owner, amount, order_id, n)
        where posted[l.posting] is not null;
    end if;

    if p_postings is not null then
        ids := ledger_account_ids(p_currencies, p_postings, p_accounts, p_owners);
        if array_position(ids, null) is not null then
            perform open_ledger_accounts(l.currency, array_agg(l.account), array_agg(l.owner))
            from (
                select p_currencies[l.posting] as currency, l.account, l.owner
                from unnest(p_postings, p_accounts, p_owners) l(posting, account, owner)
            ) l
            group by l.currency;
            ids := ledger_account_ids(p_currencies, p_postings, p_accounts, p_owners);
        end if;

        insert into ledger_entry (transaction_id, line, account_id, currency, amount, order_id)
        select posted[l.posting], l.n - array_position(p_postings, l.posting) + 1, l.account,
            p_currencies[l.posting], l.amount, l.order_id
        from unnest(p_postings, ids, p_amounts, p_orders)
            with ordinality l(posting, account, amount, order_id, n);

        -- in one order, so that two calls for the same wallets never wait for each other
        perform from ledger_balance b where b.account_id = any(ids)
        order by b.account_id for no key update;
        update ledger_balance b set balance = b.balance + change.amount
        from (
            select l.account, sum(l.amount)::bigint as amount
            from unnest(ids, p_amounts) l(account, amount) group by l.account
        ) change
        where b.account_id = change.account;
    end if;
    return query
        select coalesce(posted[n], known[n]), posted[n] is null
        from generate_subscripts(p_keys, 1) n;
end $$;

create function ledger_account_ids(
    p_currencies text[], p_postings integer[], p_kinds text[], p_owners uuid[]
) returns bigint[] language plpgsql stable set search_path = public, pg_temp as $$
begin
    return (
        select array_agg(a.id order by l.n)
        from unnest(p_postings, p_kinds, p_owners) with ordinality l(posting, kind, owner, n)
        left join ledger_account a
            on a.code = ledger_account_code(l.kind, l.owner, p_currencies[l.posting]));
end $$;

-- One posting alone.
create or replace function post_ledger(
    p_key text, p_kind text, p_currency text, p_purchase uuid, p_reverses text,
    p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language sql security definer set search_path = public, pg_temp as $$
    select * from post_ledger_batch(array[p_key], array[p_kind], array[p_currency],
        array[p_purchase], array[p_reverses], array_fill(1, array[cardinality(p_accounts)]),
        p_accounts, p_owners, p_amounts, p_orders)
$$;
drop function ledger_account_ids(text[]);

-- All rows of stock are locked in ascending order before any of them changes: an update also
-- touches the listing, and two carts with several variants of one listing could otherwise wait for
-- each other.
create or replace function reserve_stock(
    p_checkout uuid, p_variants uuid[], p_quantities integer[], p_expires timestamptz
) returns void language plpgsql as $$
declare
    taken integer;
begin
    insert into reservation (checkout_id, variant_id, quantity, expires_at)
    select p_checkout, t.variant_id, t.quantity, p_expires
    from unnest(p_variants, p_quantities) t(variant_id, quantity);
    perform from stock_level where variant_id = any(p_variants)
    order by variant_id for no key update;
    update stock_level s set reserved = s.reserved + t.quantity
    from unnest(p_variants, p_quantities) t(variant_id, quantity)
    where s.variant_id = t.variant_id and s.on_hand - s.reserved >= t.quantity;
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
        where r.checkout_id = p_checkout and r.state = 'held'
        order by s.variant_id for no key update of s
    ), committed as (
        update reservation set state = 'committed'
        where checkout_id = p_checkout and state = 'held'
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
