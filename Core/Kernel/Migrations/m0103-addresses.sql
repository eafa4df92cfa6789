-- Where somebody has things sent, kept for the next checkout.
create table saved_address (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    -- an Address as JSON
    address jsonb not null,
    is_default boolean not null default false,
    created_at timestamptz not null default now()
);
create index saved_address_account on saved_address (account_id, id desc);
create unique index saved_address_default on saved_address (account_id) where is_default;
