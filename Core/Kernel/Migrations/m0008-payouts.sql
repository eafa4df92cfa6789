-- What the market keeps of a sale. Of the rules that fit a line, one with both seller and category
-- beats one with a seller, that beats one with a category (the deepest first), and that beats one
-- with neither; of equals the one that took effect last.
create table commission_rule (
    id uuid primary key,
    seller_id uuid references seller,
    -- with everything below it
    category_id uuid references category,
    rate_ppm bigint not null check (rate_ppm between 0 and 1000000),
    -- on top, for each piece; only for sales in its currency
    fixed_per_unit minor_units not null default 0 check (fixed_per_unit >= 0),
    fixed_currency currency_code,
    effective_from timestamptz not null default now(),
    effective_until timestamptz,
    created_by uuid references account,
    created_at timestamptz not null default now(),
    check (fixed_per_unit = 0 or fixed_currency is not null),
    check (effective_until is null or effective_until >= effective_from)
);
create index commission_rule_seller on commission_rule (seller_id);
insert into commission_rule (id, rate_ppm, effective_from)
values ('00000000-0000-7000-8000-000000000001', 100000, '2000-01-01');

-- A seller's money on its way out: from one wallet, in one currency, from the provider instance
-- that holds it.
create table payout (
    id uuid primary key,
    seller_id uuid not null references seller,
    wallet_id uuid not null references wallet,
    instance_id uuid not null references provider_instance,
    currency currency_code not null,
    amount minor_units not null check (amount > 0),
    -- held: claimed and set aside; sent: asked of the provider; unknown: no answer, to be looked up
    state text not null default 'held'
        check (state in ('held', 'sent', 'unknown', 'paid', 'failed')),
    -- the provider's own id of it
    reference text,
    failure text,
    tries integer not null default 0,
    created_at timestamptz not null default market_now(),
    settled_at timestamptz,
    check ((state in ('paid', 'failed')) = (settled_at is not null))
);
create index payout_seller on payout (seller_id, id desc);
create index payout_wallet on payout (wallet_id, id desc);
create index payout_open on payout (id) where state in ('held', 'sent', 'unknown');

-- What a payout is made of. An order's money is in one live payout at most.
create table payout_item (
    payout_id uuid not null references payout,
    order_id uuid not null references orders,
    amount minor_units not null check (amount > 0),
    -- the payout failed and the money went back
    voided_at timestamptz,
    primary key (payout_id, order_id)
);
create unique index payout_item_once on payout_item (order_id) where voided_at is null;
