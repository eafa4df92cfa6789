-- To whom the platform hands tax: an account of its own for each. What was posted before stays in
-- the one account that there was, and goes back from there.
create table tax_remitter (
    -- made from the jurisdiction, so that nobody has to look it up
    id uuid primary key,
    -- as the tax provider calls it: DE, US-CA
    jurisdiction text not null check (length(jurisdiction) between 1 and 80),
    constraint tax_remitter_jurisdiction_key unique (jurisdiction)
);
create trigger tax_remitter_append_only before update or delete on tax_remitter
    for each row execute function refuse_change();

-- Frozen with the order's amounts; null for orders from before, and without such tax.
alter table orders add column tax_jurisdiction text;

alter table ledger_account
    add column remitter_id uuid references tax_remitter,
    add constraint ledger_account_remitter check (remitter_id is null or kind = 'tax_payable');

create or replace function open_ledger_accounts(p_currency text, p_kinds text[], p_owners uuid[])
returns void language sql security definer set search_path = public, pg_temp as $$
    with wanted as (
        select distinct t.kind, t.owner
        from unnest(p_kinds, p_owners) t(kind, owner)
        order by t.kind, t.owner
    ), opened as (
        insert into ledger_account (code, kind, wallet_id, instance_id, remitter_id, currency,
            synchronous)
        select ledger_account_code(kind, owner, p_currency), kind,
            case when kind like 'seller\_%' then owner end,
            case when kind = 'provider_clearing' then owner end,
            case when kind = 'tax_payable' then owner end,
            p_currency, kind like 'seller\_%'
        from wanted
        on conflict (code) do nothing
        returning id, kind, synchronous
    ), balances as (
        insert into ledger_balance (account_id, floor)
        select id, case when kind in ('seller_debt', 'seller_receivable') then null else 0 end
        from opened where synchronous
    )
    insert into ledger_fold (account_id) select id from opened where not synchronous
$$;
