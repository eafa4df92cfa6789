-- What each recomputation of the books found: the newest is what the metric and the back office
-- show.
create table ledger_verification (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    transactions bigint not null check (transactions >= 0),
    entries bigint not null check (entries >= 0),
    -- rows at fault; anything but 0 is an alarm
    differences integer not null check (differences >= 0),
    -- what does not hold, each with its culprits: [{"claim", "culprits"}]
    findings jsonb not null default '[]'
);
create index ledger_verification_at on ledger_verification (at);
