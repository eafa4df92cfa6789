-- Work that outlives its process. It is queued in the transaction of the fact that asks for it.
create table job (
    id bigint generated always as identity primary key,
    lane text not null default 'default'
        check (lane in ('payments', 'default', 'mail', 'bulk')),
    kind text not null check (length(kind) between 1 and 80),
    args jsonb not null default '{}',
    -- at most one live job of a kind with this key
    unique_key text check (length(unique_key) <= 200),
    state text not null default 'ready' check (state in ('ready', 'running', 'done', 'dead')),
    run_at timestamptz not null default now(),
    attempt integer not null default 0,
    attempts_max integer not null default 20,
    -- it was asked for again while it ran, and runs once more when it is done
    again boolean not null default false,
    lease uuid,
    leased_until timestamptz,
    error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    check ((state = 'running') = (lease is not null)),
    check ((lease is null) = (leased_until is null))
) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.01);
create unique index job_unique_live on job (kind, unique_key)
    where state in ('ready', 'running') and unique_key is not null;
create index job_ready on job (lane, run_at, id) where state = 'ready';
create index job_leased on job (leased_until) where state = 'running';
create index job_dead on job (id desc) where state = 'dead';
create index job_done on job (finished_at) where state = 'done';

-- What is queued every so many seconds, once for all workers together.
create table recurring_job (
    name text primary key,
    next_at timestamptz not null
);

-- What happened, written with the fact itself. Readers go by (xid, id) below the horizon, because
-- a lower id may commit later.
create table outbox_event (
    id bigint generated always as identity primary key,
    topic text not null check (length(topic) between 1 and 80),
    aggregate_kind text not null,
    aggregate_id uuid not null,
    payload jsonb not null default '{}',
    -- who is told: a person, a guest's address, a seller's team
    account_id uuid references account,
    email text,
    seller_id uuid references seller,
    at timestamptz not null default clock_timestamp(),
    xid xid8 not null default pg_current_xact_id()
);
create index outbox_event_order on outbox_event (xid, id);
create index outbox_event_aggregate on outbox_event (aggregate_kind, aggregate_id, id);

-- How far a reader of the outbox is; moved in the transaction of what it made of the events.
create table outbox_cursor (
    reader text primary key,
    xid xid8 not null default '0',
    id bigint not null default 0
);
insert into outbox_cursor (reader) values ('notifications');

-- What one person is told of one event; e-mail is made of these.
create table notification (
    id bigint generated always as identity primary key,
    event_id bigint not null references outbox_event,
    account_id uuid references account,
    email text,
    audience text not null check (audience in ('customer', 'seller')),
    seller_id uuid references seller,
    topic text not null,
    payload jsonb not null,
    at timestamptz not null,
    read_at timestamptz,
    check (account_id is not null or email is not null),
    constraint notification_once unique nulls not distinct (event_id, audience, account_id, email)
);
create index notification_account on notification (account_id, id desc)
    where account_id is not null;
