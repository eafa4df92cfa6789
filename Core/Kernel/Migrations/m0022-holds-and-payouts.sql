-- Adds to the kinds that a table's rows may have, whatever earlier migrations made of the list.
create function allow_kinds(p_table text, p_kinds text[]) returns void language plpgsql as $$
declare
    known text;
    kinds text;
begin
    select pg_get_constraintdef(oid) into strict known from pg_constraint
    where conrelid = p_table::regclass and conname = p_table || '_kind_check';
    select string_agg(distinct quote_literal(kind), ', ') into kinds from (
        select word[1] as kind from regexp_matches(known, '''([a-z_]+)''', 'g') word
        union select unnest(p_kinds)
    ) every;
    execute format('alter table %I drop constraint %I', p_table, p_table || '_kind_check');
    -- the old list was narrower, so what stands there fits
    execute format('alter table %I add constraint %I check (kind in (%s)) not valid',
        p_table, p_table || '_kind_check', kinds);
end $$;
select allow_kinds('ledger_account', array['seller_reserve']);
select allow_kinds('ledger_transaction', array['reserve_release', 'payout_return']);
drop function allow_kinds(text, text[]);

-- A part of what becomes available is kept for some days longer.
alter table seller
    add column reserve_ppm integer not null default 0 check (reserve_ppm between 0 and 1000000),
    add column reserve_days integer not null default 0 check (reserve_days between 0 and 365),
    add check (reserve_ppm = 0 or reserve_days > 0);

-- What of an order is kept in reserve, and until when.
create table reserve_hold (
    order_id uuid primary key references orders,
    wallet_id uuid not null references wallet,
    currency currency_code not null,
    amount minor_units not null check (amount > 0),
    until timestamptz not null,
    released_at timestamptz
);
create index reserve_hold_due on reserve_hold (until) where released_at is null;
create index reserve_hold_wallet on reserve_hold (wallet_id, until) where released_at is null;

-- What a wallet's delivered orders hold, by the day on which it moves.
create index orders_wallet_hold on orders (wallet_id, hold_until)
    where released_at is null and hold_until is not null;

-- An administrator stopped a seller's payouts, and why.
create table payout_freeze (
    id uuid primary key,
    seller_id uuid not null references seller,
    reason text not null check (length(reason) between 3 and 500),
    frozen_by uuid references account,
    frozen_at timestamptz not null default market_now(),
    lifted_by uuid references account,
    lifted_at timestamptz
);
create unique index payout_freeze_once on payout_freeze (seller_id) where lifted_at is null;

alter table wallet
    -- payouts wait for some days after an account took the place of another
    add column details_changed_at timestamptz,
    -- the bank sent the last payout back: payouts wait until the details are looked at
    add column returned_at timestamptz;

-- When a wallet is paid out by itself.
create table payout_schedule (
    wallet_id uuid not null references wallet,
    currency currency_code not null,
    every text not null check (every in ('daily', 'weekly', 'monthly', 'manual')),
    -- weekly: 1 is Monday; monthly: the day of the month
    day smallint,
    -- what is less waits for the next time; null is the wallet's own minimum
    minimum minor_units check (minimum >= 0),
    next_at timestamptz,
    primary key (wallet_id, currency),
    check ((every = 'manual') = (next_at is null)),
    check (case every when 'weekly' then day between 1 and 7
        when 'monthly' then day between 1 and 28 else day is null end)
);
create index payout_schedule_due on payout_schedule (next_at, wallet_id) where next_at is not null;

-- A payout of so much or more needs a second person; a currency without a row needs none.
create table payout_approval_limit (
    currency currency_code primary key,
    amount minor_units not null check (amount > 0)
);
insert into payout_approval_limit (currency, amount)
values ('EUR', 1000000), ('USD', 1000000), ('GBP', 1000000), ('CHF', 1000000);

-- What would be paid out: written down first, looked at, and applied once.
create table payout_plan (
    id uuid primary key,
    state text not null default 'open' check (state in ('open', 'applied', 'dropped')),
    -- of every line that pays; applying compares it with what it would do then
    fingerprint bytea not null check (length(fingerprint) = 32),
    needs_approval boolean not null,
    -- nobody: the market itself, by its schedules
    made_by uuid references account,
    made_at timestamptz not null default market_now(),
    approved_by uuid references account,
    approved_at timestamptz,
    -- who applied or dropped it
    settled_by uuid references account,
    settled_at timestamptz,
    constraint payout_plan_two_people check (approved_by is distinct from made_by
        or approved_by is null),
    check ((approved_by is null) = (approved_at is null)),
    check ((state = 'open') = (settled_at is null))
);
create index payout_plan_list on payout_plan (state, id desc);

create table payout_plan_line (
    plan_id uuid not null references payout_plan,
    line integer not null,
    seller_id uuid not null references seller,
    wallet_id uuid not null references wallet,
    instance_id uuid references provider_instance,
    currency currency_code not null,
    amount minor_units not null check (amount > 0),
    -- pay, or why the money stays
    outcome text not null,
    -- what is taken first for what the seller owes: a list of orders and amounts
    recovery jsonb not null default '[]',
    -- what it pays: a list of orders and amounts
    items jsonb not null,
    destination jsonb not null,
    payout_id uuid,
    primary key (plan_id, line)
);

alter table payout
    drop constraint payout_state_check,
    drop constraint payout_check,
    add constraint payout_state_check
        check (state in ('held', 'sent', 'unknown', 'paid', 'failed', 'returned')) not valid,
    add constraint payout_settled
        check ((state in ('paid', 'failed', 'returned')) = (settled_at is not null)) not valid,
    -- of the provider's newest snapshot: an older one changes nothing
    add column version bigint not null default 0,
    -- where it goes, as it was when it was claimed; a later change concerns later payouts
    add column destination jsonb,
    add column plan_id uuid references payout_plan,
    add column returned_at timestamptz;
create index payout_plan_payouts on payout (plan_id) where plan_id is not null;

-- An order is paid in parts when some of it was kept in reserve: each part once.
alter table payout_item add column part smallint not null default 1 check (part > 0);
drop index payout_item_once;
create unique index payout_item_once on payout_item (order_id, part) where voided_at is null;
