-- A recomputation of the books that somebody asked for, or that the clock began: how far it is,
-- and what came of it. One at a time.
create table verification_run (
    id bigint generated always as identity primary key,
    -- nobody: by the clock
    asked_by uuid references account,
    asked_at timestamptz not null default clock_timestamp(),
    begun_at timestamptz,
    -- steps of the recomputation
    done integer not null default 0 check (done >= 0),
    steps integer not null default 0 check (steps >= done),
    ended_at timestamptz,
    verification_id bigint,
    check (begun_at is not null or ended_at is null)
);
create unique index verification_run_open on verification_run ((true)) where ended_at is null;
create index verification_run_asked_at on verification_run (asked_at);

alter table ledger_verification
    -- everything that was looked at, in its order; nothing before this migration
    add column claims text[] not null default '{}';

-- What comparing seals with their rows found.
create table seal_verification (
    id bigint generated always as identity primary key,
    chain text not null check (chain in ('ledger', 'audit')),
    at timestamptz not null default clock_timestamp(),
    seals bigint not null check (seals >= 0),
    rows bigint not null check (rows >= 0),
    unsealed bigint not null check (unsealed >= 0),
    -- what does not fit, the earliest first
    faults text[] not null default '{}'
);
create index seal_verification_chain on seal_verification (chain, id desc);
create index seal_verification_at on seal_verification (at);

-- The newest comparisons that found something: what is compared again.
create index reconciliation_faulty on reconciliation (instance_id, day) where unmatched > 0;
