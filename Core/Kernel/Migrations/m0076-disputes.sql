-- A customer asked their bank for the money back, as the provider tells it, in totals. While it is
-- not decided, what was taken stands in an account of its own; when it is lost, it is a loss of the
-- market's; when it is won, it comes back. The provider's fee is a cost as soon as it is charged.
create table dispute (
    id uuid primary key,
    payment_id uuid not null references payment,
    instance_id uuid not null references provider_instance,
    -- the provider's id
    reference text not null check (length(reference) between 1 and 255),
    status text not null
        check (status in ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'closed')),
    currency currency_code not null,
    -- what the customer wants back
    amount minor_units not null check (amount >= 0),
    -- what the provider took and did not give back, and what it charged for it
    withdrawn minor_units not null check (withdrawn >= 0),
    fee minor_units not null check (fee >= 0),
    -- the provider's word
    reason text not null check (length(reason) between 1 and 100),
    respond_by timestamptz,
    -- of the newest snapshot: an older one changes nothing
    version bigint not null,
    opened_at timestamptz not null default market_now(),
    changed_at timestamptz not null default market_now(),
    constraint dispute_reference unique (instance_id, reference)
);
create index dispute_payment on dispute (payment_id);
create index dispute_open on dispute (id)
    where status in ('inquiry', 'needs_response', 'under_review');

-- Whose orders it is about, so that a shop's list reads its own rows only.
create table dispute_order (
    dispute_id uuid not null references dispute,
    order_id uuid not null references orders,
    seller_id uuid not null references seller,
    primary key (seller_id, dispute_id, order_id)
);

create function dispute_goes_forward() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.payment_id <> old.payment_id or new.reference <> old.reference
        or new.instance_id <> old.instance_id or new.currency <> old.currency
        or new.version <= old.version
    then
        raise exception 'dispute % only goes forward', old.id
            using errcode = '23514', constraint = 'dispute_goes_forward';
    end if;
    return new;
end $$;
create trigger dispute_goes_forward before update on dispute
    for each row execute function dispute_goes_forward();
create trigger dispute_kept before delete on dispute
    for each row execute function refuse_change();

-- New kinds of accounts and postings, whatever earlier migrations made of the lists.
do $$
declare
    changed record;
    known text;
    kinds text;
begin
    for changed in
        select * from (values
            ('ledger_account', array['disputed', 'dispute_losses', 'provider_fees']),
            ('ledger_transaction', array['dispute', 'provider_fee'])) list(name, added)
    loop
        select pg_get_constraintdef(oid) into strict known from pg_constraint
        where conrelid = changed.name::regclass and conname = changed.name || '_kind_check';
        select string_agg(distinct quote_literal(kind), ', ') into kinds from (
            select word[1] as kind from regexp_matches(known, '''([a-z_]+)''', 'g') word
            union select unnest(changed.added)
        ) every;
        execute format('alter table %I drop constraint %I', changed.name,
            changed.name || '_kind_check');
        -- the old list was narrower, so what stands there fits
        execute format('alter table %I add constraint %I check (kind in (%s)) not valid',
            changed.name, changed.name || '_kind_check', kinds);
    end loop;
end $$;
