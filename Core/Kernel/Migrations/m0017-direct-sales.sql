-- Payments that go to the seller and never touch the platform: its commission, the VAT on it and
-- the tax that it hands on are then what the seller owes.
alter table payment add column is_direct boolean not null default false;

create or replace function open_ledger_accounts(p_currency text, p_kinds text[], p_owners uuid[])
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
        select id, case when kind in ('seller_debt', 'seller_receivable') then null else 0 end
        from opened where synchronous
    )
    insert into ledger_fold (account_id) select id from opened where not synchronous
$$;

-- What a seller is asked for, once a month and currency, for what was paid to it directly.
create table commission_invoice (
    id uuid primary key,
    -- without gaps
    number bigint not null check (number > 0),
    seller_id uuid not null references seller,
    currency currency_code not null,
    -- a day of the month that it is for: the first
    month date not null,
    commission minor_units not null,
    commission_vat minor_units not null,
    tax_by_platform minor_units not null,
    issued_at timestamptz not null default market_now(),
    constraint commission_invoice_number_key unique (number),
    constraint commission_invoice_once unique (seller_id, currency, month)
);
create index commission_invoice_seller on commission_invoice (seller_id, id desc);

create table commission_invoice_line (
    invoice_id uuid not null references commission_invoice,
    order_id uuid not null references orders,
    commission minor_units not null,
    commission_vat minor_units not null,
    tax_by_platform minor_units not null,
    primary key (invoice_id, order_id),
    constraint commission_invoice_line_once unique (order_id)
);
create trigger commission_invoice_append_only before update or delete on commission_invoice
    for each row execute function refuse_change();
create trigger commission_invoice_line_append_only before update or delete
    on commission_invoice_line for each row execute function refuse_change();
