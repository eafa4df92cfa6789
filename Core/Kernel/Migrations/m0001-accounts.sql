create extension if not exists pg_trgm;
create extension if not exists unaccent;

-- An amount in minor units of a currency; the bound is Money.amountMax.
create domain minor_units as bigint
    check (value between -1000000000000000 and 1000000000000000);

-- A code that Currency knows: ISO 4217, or a registered asset.
create domain currency_code as text
    check (value ~ '^[A-Z]{3,5}$');

-- How far the demo has moved the market's clock; one row, zero everywhere else.
create table market_clock (
    only_row boolean primary key default true check (only_row),
    shift interval not null default interval '0'
);
insert into market_clock default values;

-- Business time: holds, expiry, payout dates. Everything that is waited for is compared with this.
create function market_now() returns timestamptz
language sql stable parallel safe
as $$ select now() + shift from market_clock $$;

-- A person. One account may buy, belong to several sellers and administer.
create table account (
    id uuid primary key,
    email text not null check (email = lower(email) and length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 120),
    -- scrypt$N$r$p$salt$hash, base64; see Accounts/Password.swift
    password_hash text not null,
    state text not null default 'active' check (state in ('active', 'closed')),
    created_at timestamptz not null default now(),
    constraint account_email_key unique (email)
);

-- What an account may do in the back office.
create table account_role (
    account_id uuid not null references account,
    role text not null check (role in ('administrator', 'support', 'finance', 'catalogue')),
    granted_at timestamptz not null default now(),
    primary key (account_id, role)
);

-- A personal access token for programs; only its SHA-256 is kept.
create table access_token (
    id uuid primary key,
    account_id uuid not null references account,
    audience text not null check (audience in ('customer', 'seller', 'admin')),
    name text not null check (length(name) between 1 and 80),
    token_hash bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    constraint access_token_hash_key unique (token_hash)
);
create index access_token_account on access_token (account_id, id);

-- One request that must happen at most once, and the answer that its repeats get.
create table idempotency_key (
    -- who: account:<id>, guest:<session hash>, …
    actor text not null check (length(actor) <= 120),
    key text not null check (length(key) between 1 and 255),
    -- SHA-256 of method, route and body: the same key with another body is refused
    fingerprint bytea not null,
    route text not null,
    state text not null default 'started' check (state in ('started', 'finished')),
    locked_until timestamptz not null,
    status integer,
    content_type text,
    location text,
    body bytea,
    created_at timestamptz not null default now(),
    primary key (actor, key),
    check ((state = 'finished') = (status is not null))
);
create index idempotency_key_age on idempotency_key (created_at);

-- Every write of a seller or administrator: who, on what, why, before and after.
create table audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_id uuid references account,
    actor_kind text not null check (actor_kind in ('customer', 'seller', 'admin', 'system')),
    action text not null,
    object_kind text not null,
    object_id text not null,
    reason text,
    before jsonb,
    after jsonb,
    request_id text
);
create index audit_log_object on audit_log (object_kind, object_id, id);
create index audit_log_actor on audit_log (actor_id, id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;
create trigger audit_log_append_only before update or delete on audit_log
    for each row execute function refuse_change();
