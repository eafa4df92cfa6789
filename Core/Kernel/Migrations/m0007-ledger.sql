-- Who has what. Credit is positive: a seller's balance is positive when we owe it.
create table ledger_account (
    id bigint generated always as identity primary key,
    -- kind:owner:currency, as ledger_account_code makes it
    code text not null,
    kind text not null check (kind in ('provider_clearing', 'seller_pending', 'seller_available',
        'seller_paying', 'seller_debt', 'commission', 'tax_payable', 'suspense')),
    wallet_id uuid references wallet,
    instance_id uuid references provider_instance,
    currency currency_code not null,
    -- a wallet's balance is kept with its entries, because something may be refused on it; the
    -- platform's own accounts, which every sale touches, are summed afterwards
    synchronous boolean not null,
    created_at timestamptz not null default now(),
    constraint ledger_account_code_key unique (code),
    check ((wallet_id is not null) = (kind like 'seller\_%')),
    check ((instance_id is not null) = (kind = 'provider_clearing')),
    check (synchronous = (wallet_id is not null))
);
create index ledger_account_wallet on ledger_account (wallet_id) where wallet_id is not null;

create function ledger_account_code(kind text, owner uuid, currency text) returns text
language sql immutable parallel safe
as $$ select kind || ':' || coalesce(owner::text, 'platform') || ':' || currency $$;

-- What a wallet's account holds now. A debt is below zero; nothing else ever is.
create table ledger_balance (
    account_id bigint primary key references ledger_account,
    balance bigint not null default 0,
    floor bigint,
    constraint ledger_balance_floor check (floor is null or balance >= floor)
) with (fillfactor = 50);

-- A platform account's sum of all entries written by transactions before upto.
create table ledger_fold (
    account_id bigint primary key references ledger_account,
    balance numeric not null default 0,
    upto xid8 not null default '0'
);

-- One business event, once: the key is made from what happened.
create table ledger_transaction (
    id bigint generated always as identity primary key,
    key text not null check (length(key) between 1 and 200),
    kind text not null check (kind in ('sale', 'refund', 'release', 'recovery', 'payout_hold',
        'payout_post', 'payout_void', 'adjustment')),
    currency currency_code not null,
    reverses bigint references ledger_transaction,
    purchase_id uuid,
    fingerprint bytea not null,
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(),
    -- by the market's clock: what statements go by
    booked_at timestamptz not null default market_now(),
    constraint ledger_transaction_key_key unique (key),
    constraint ledger_transaction_reverses_key unique (reverses)
);
create index ledger_transaction_kind on ledger_transaction (kind, id);

-- One side of it. No foreign key to the account: every sale would lock the same few rows of the
-- platform, and post_ledger, the only writer, takes the id from that table itself.
create table ledger_entry (
    transaction_id bigint not null references ledger_transaction,
    line smallint not null,
    account_id bigint not null,
    currency currency_code not null,
    amount minor_units not null check (amount <> 0),
    order_id uuid,
    xid xid8 not null default pg_current_xact_id(),
    primary key (transaction_id, line)
);
create index ledger_entry_account on ledger_entry (account_id, xid, transaction_id)
    include (amount);
create index ledger_entry_order on ledger_entry (order_id) where order_id is not null;

create trigger ledger_transaction_append_only before update or delete on ledger_transaction
    for each row execute function refuse_change();
create trigger ledger_entry_append_only before update or delete on ledger_entry
    for each row execute function refuse_change();
create trigger ledger_account_append_only before update or delete on ledger_account
    for each row execute function refuse_change();
create trigger ledger_transaction_no_truncate before truncate on ledger_transaction
    execute function refuse_change();
create trigger ledger_entry_no_truncate before truncate on ledger_entry
    execute function refuse_change();

create function ledger_transaction_balanced() returns trigger language plpgsql as $$
declare
    currencies integer;
    wrong integer;
begin
    select count(*), count(*) filter (where total <> 0) into currencies, wrong
    from (
        select sum(amount) as total from ledger_entry
        where transaction_id = new.id group by currency
    ) sums;
    if currencies = 0 or wrong > 0 then
        raise exception 'ledger transaction % is empty or does not balance', new.key
            using errcode = '23514', constraint = 'ledger_transaction_balanced';
    end if;
    return null;
end $$;
create constraint trigger ledger_transaction_balanced after insert on ledger_transaction
    deferrable initially deferred for each row execute function ledger_transaction_balanced();

-- The only way in, one round trip. A repeat with the same content is a replay and changes
-- nothing; the same key with other content is an error.
create function post_ledger(
    p_key text, p_kind text, p_currency text, p_purchase uuid, p_reverses text,
    p_accounts text[], p_owners uuid[], p_amounts bigint[], p_orders uuid[]
) returns table (transaction_id bigint, replayed boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    lines integer := cardinality(p_accounts);
    content bytea;
    known bytea;
    codes text[];
    ids bigint[];
    posted bigint;
    reversed bigint;
begin
    if lines not between 2 and 500 or cardinality(p_owners) <> lines
        or cardinality(p_amounts) <> lines or cardinality(p_orders) <> lines
    then
        raise exception 'a ledger transaction has 2 to 500 lines' using errcode = '22023';
    end if;
    content := sha256(convert_to(concat_ws('|', p_kind, p_currency, p_purchase, p_reverses,
        array_to_string(p_accounts, ','), array_to_string(p_owners, ',', '-'),
        array_to_string(p_amounts, ','), array_to_string(p_orders, ',', '-')), 'UTF8'));

    if p_reverses is not null then
        select t.id into reversed from ledger_transaction t where t.key = p_reverses;
        if reversed is null then
            raise exception 'ledger transaction % to be reversed does not exist', p_reverses
                using errcode = '23503', constraint = 'ledger_transaction_reverses_fkey';
        end if;
    end if;

    insert into ledger_transaction (key, kind, currency, purchase_id, reverses, fingerprint)
    values (p_key, p_kind, p_currency, p_purchase, reversed, content)
    on conflict (key) do nothing
    returning id into posted;
    if posted is null then
        select t.id, t.fingerprint into posted, known
        from ledger_transaction t where t.key = p_key;
        if known <> content then
            raise exception 'ledger key % was used for something else', p_key
                using errcode = '23505', constraint = 'ledger_transaction_content';
        end if;
        return query select posted, true;
        return;
    end if;

    select array_agg(ledger_account_code(t.kind, t.owner, p_currency) order by t.line)
    into codes from unnest(p_accounts, p_owners) with ordinality t(kind, owner, line);
    ids := ledger_account_ids(codes);
    if array_position(ids, null) is not null then
        perform open_ledger_accounts(p_currency, p_accounts, p_owners);
        ids := ledger_account_ids(codes);
    end if;

    insert into ledger_entry (transaction_id, line, account_id, currency, amount, order_id)
    select posted, t.line, t.account, p_currency, t.amount, t.order_id
    from unnest(ids, p_amounts, p_orders) with ordinality t(account, amount, order_id, line);

    -- in one order, so that two postings for the same wallets never wait for each other
    perform from ledger_balance b where b.account_id = any(ids)
    order by b.account_id for no key update;
    update ledger_balance b set balance = b.balance + change.amount
    from (
        select t.account, sum(t.amount)::bigint as amount
        from unnest(ids, p_amounts) t(account, amount) group by t.account
    ) change
    where b.account_id = change.account;
    return query select posted, false;
end $$;

create function ledger_account_ids(codes text[]) returns bigint[]
language sql stable as $$
    select array_agg(a.id order by t.line)
    from unnest(codes) with ordinality t(code, line)
    left join ledger_account a on a.code = t.code
$$;

create function open_ledger_accounts(p_currency text, p_kinds text[], p_owners uuid[])
returns void language sql as $$
    with wanted as (
        select distinct t.kind, t.owner
        from unnest(p_kinds, p_owners) t(kind, owner)
        order by t.kind, t.owner
    ), opened as (
        insert into ledger_account (code, kind, wallet_id, instance_id, currency, synchronous)
        select ledger_account_code(kind, owner, p_currency), kind,
            case when kind like 'seller\_%' then owner end,
            case when kind = 'provider_clearing' then owner end,
            p_currency, kind like 'seller\_%'
        from wanted
        on conflict (code) do nothing
        returning id, kind, synchronous
    ), balances as (
        insert into ledger_balance (account_id, floor)
        select id, case when kind = 'seller_debt' then null else 0 end
        from opened where synchronous
    )
    insert into ledger_fold (account_id) select id from opened where not synchronous
$$;

-- Moves the platform accounts' sums up to the oldest transaction that is still open. A lower id
-- may commit later than a higher one, so ids would miss entries; the xid horizon does not.
create function fold_ledger() returns void language plpgsql as $$
declare
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
begin
    perform from ledger_fold where upto < horizon order by account_id for update;
    update ledger_fold f set upto = horizon, balance = f.balance + coalesce((
        select sum(e.amount) from ledger_entry e
        where e.account_id = f.account_id and e.xid >= f.upto and e.xid < horizon), 0)
    where f.upto < horizon;
end $$;

create function ledger_balance_of(account bigint) returns numeric
language sql stable as $$
    select case when a.synchronous
        then (select b.balance::numeric from ledger_balance b where b.account_id = a.id)
        else (
            select f.balance + coalesce((select sum(e.amount) from ledger_entry e
                where e.account_id = f.account_id and e.xid >= f.upto), 0)
            from ledger_fold f where f.account_id = a.id)
        end
    from ledger_account a where a.id = account
$$;
