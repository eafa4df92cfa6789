-- What sellers paid of commission invoices to the platform's bank account; each of the bank's
-- references counts once.
create table invoice_payment (
    id uuid primary key,
    invoice_id uuid not null references commission_invoice,
    -- whose account it came to
    instance_id uuid not null references provider_instance,
    amount minor_units not null check (amount > 0),
    currency currency_code not null,
    reference text not null check (length(reference) between 1 and 80),
    recorded_by uuid references account,
    at timestamptz not null default market_now(),
    constraint invoice_payment_once unique (instance_id, reference)
);
create index invoice_payment_invoice on invoice_payment (invoice_id, id);
create trigger invoice_payment_append_only before update or delete on invoice_payment
    for each row execute function refuse_change();
