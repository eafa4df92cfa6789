-- Who sells. Only a verified seller's published listings are for sale.
create table seller (
    id uuid primary key,
    slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9]){1,59}$'),
    name text not null check (length(name) between 2 and 120),
    about text not null default '' check (length(about) <= 10000),
    country text not null check (country ~ '^[A-Z]{2}$'),
    -- where parcels start, an Address as JSON
    origin jsonb,
    legal_name text,
    vat_number text,
    state text not null default 'applied'
        check (state in ('applied', 'submitted', 'verified', 'rejected', 'suspended', 'closed')),
    -- days between delivery and the money becoming available
    hold_days integer not null default 7 check (hold_days between 0 and 180),
    rating_sum bigint not null default 0,
    rating_count integer not null default 0,
    created_at timestamptz not null default now(),
    constraint seller_slug_key unique (slug)
);
create index seller_by_state on seller (state, id);

-- Who works for a seller, and as what.
create table seller_member (
    seller_id uuid not null references seller,
    account_id uuid not null references account,
    role text not null check (role in ('owner', 'catalogue', 'orders', 'finance', 'support')),
    joined_at timestamptz not null default now(),
    primary key (seller_id, account_id)
);
create index seller_member_account on seller_member (account_id);

-- Each step of a seller's life: who, when, why.
create table seller_transition (
    id bigint generated always as identity primary key,
    seller_id uuid not null references seller,
    from_state text not null,
    to_state text not null,
    reason text,
    actor_id uuid references account,
    at timestamptz not null default now()
);
create index seller_transition_seller on seller_transition (seller_id, id);

-- A file stored once under its content hash; the bytes are on disk.
create table media (
    content_hash bytea primary key check (length(content_hash) = 32),
    media_type text not null,
    bytes integer not null check (bytes > 0),
    width integer,
    height integer,
    created_at timestamptz not null default now()
);

-- What a seller shows to be verified.
create table seller_document (
    id uuid primary key,
    seller_id uuid not null references seller,
    kind text not null check (kind in ('identity', 'address', 'business', 'tax', 'other')),
    file_name text not null,
    -- the bytes are on disk, apart from the public pictures
    content_hash bytea not null check (length(content_hash) = 32),
    media_type text not null,
    bytes integer not null check (bytes > 0),
    state text not null default 'pending' check (state in ('pending', 'accepted', 'rejected')),
    note text,
    reviewed_by uuid references account,
    created_at timestamptz not null default now()
);
create index seller_document_seller on seller_document (seller_id, id);

-- Where a seller's earnings settle.
create table wallet (
    id uuid primary key,
    seller_id uuid not null references seller,
    kind text not null check (kind in ('platform_balance', 'chain_address')),
    label text not null check (length(label) between 1 and 80),
    -- platform_balance: {"holder": …, "iban": …, "bic": …}; chain_address: {"chain": …, "address": …}
    details jsonb not null default '{}',
    is_default boolean not null default false,
    payout_minimum minor_units not null default 0 check (payout_minimum >= 0),
    created_at timestamptz not null default now(),
    unique (seller_id, id)
);
create unique index wallet_one_default on wallet (seller_id) where is_default;
