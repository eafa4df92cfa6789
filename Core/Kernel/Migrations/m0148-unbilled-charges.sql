-- What direct sales and refunds of them changed of what sellers are to be invoiced, and no invoice
-- has yet: one row for each booking, written in its transaction and deleted by the invoice.
create table unbilled_charge (
    id bigint generated always as identity primary key,
    order_id uuid not null references orders,
    seller_id uuid not null references seller,
    currency currency_code not null,
    -- minor units; below zero for what went back
    commission minor_units not null,
    commission_vat minor_units not null,
    tax_by_platform minor_units not null
);
create index unbilled_charge_order on unbilled_charge (order_id);
create index unbilled_charge_seller on unbilled_charge (seller_id, currency, order_id)
    include (commission, commission_vat, tax_by_platform);

-- An order has one line of its own; what went back of it afterwards stands on later invoices, which
-- name that first one.
alter table commission_invoice_line
    add column corrects uuid references commission_invoice;
alter table commission_invoice_line drop constraint commission_invoice_line_once;
create unique index commission_invoice_line_once on commission_invoice_line (order_id)
    where corrects is null;
create index commission_invoice_line_order on commission_invoice_line (order_id);

-- What the books have of direct sales beyond their lines, from before there was a list of it.
insert into unbilled_charge (order_id, seller_id, currency, commission, commission_vat,
    tax_by_platform)
select * from (
    select o.id, o.seller_id, o.currency,
        coalesce(booked.commission, 0) - coalesce(billed.commission, 0) as commission,
        coalesce(booked.vat, 0) - coalesce(billed.vat, 0) as vat,
        coalesce(booked.tax, 0) - coalesce(billed.tax, 0) as tax
    from payment p
    join payment_share share on share.payment_id = p.id
    join orders o on o.id = share.order_id
    cross join lateral (
        select sum(entry.amount) filter (where account.kind = 'commission') as commission,
            sum(entry.amount) filter (where account.kind = 'commission_vat') as vat,
            sum(entry.amount) filter (where account.kind = 'tax_payable') as tax
        from ledger_entry entry join ledger_account account on account.id = entry.account_id
        where entry.order_id = o.id
    ) booked
    cross join lateral (
        select sum(line.commission) as commission, sum(line.commission_vat) as vat,
            sum(line.tax_by_platform) as tax
        from commission_invoice_line line where line.order_id = o.id
    ) billed
    where p.is_direct
) owed
where commission <> 0 or vat <> 0 or tax <> 0;
