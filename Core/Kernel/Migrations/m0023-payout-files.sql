-- Money that one instance holds may be paid out by another: a provider without payouts settles to
-- the platform's bank account, and a file pays the sellers from there.
create table payout_route (
    holder_id uuid primary key references provider_instance,
    payer_id uuid not null references provider_instance,
    check (holder_id <> payer_id)
);

-- Payouts that a person hands to a bank together.
create table payout_file (
    id uuid primary key,
    instance_id uuid not null references provider_instance,
    currency currency_code not null,
    transfers integer not null check (transfers > 0),
    total minor_units not null check (total > 0),
    made_by uuid references account,
    made_at timestamptz not null default market_now(),
    -- as the module wrote it, once; null until then
    name text,
    media_type text,
    content bytea,
    check ((name is null) = (content is null) and (media_type is null) = (content is null))
);
create index payout_file_list on payout_file (instance_id, id desc);

-- A payout is in one file at most.
alter table payout add column file_id uuid references payout_file;
create index payout_file_payouts on payout (file_id, id) where file_id is not null;
create index payout_file_waiting on payout (instance_id, currency, id)
    where state in ('sent', 'unknown') and file_id is null;

-- by the provider's own id, for its webhooks
create index payout_reference on payout (instance_id, reference) where reference is not null;

-- Money that an instance handed to another, as from a provider to the platform's bank account.
do $$
declare
    known text;
    kinds text;
begin
    select pg_get_constraintdef(oid) into strict known from pg_constraint
    where conrelid = 'ledger_transaction'::regclass and conname = 'ledger_transaction_kind_check';
    select string_agg(distinct quote_literal(kind), ', ') into kinds from (
        select word[1] as kind from regexp_matches(known, '''([a-z_]+)''', 'g') word
        union select 'settlement'
    ) every;
    alter table ledger_transaction drop constraint ledger_transaction_kind_check;
    execute format('alter table ledger_transaction add constraint ledger_transaction_kind_check
        check (kind in (%s)) not valid', kinds);
end $$;
