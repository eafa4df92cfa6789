-- What comparing a day's books of a provider with ours found; the newest of a day counts.
create table reconciliation (
    id bigint generated always as identity primary key,
    instance_id uuid not null references provider_instance,
    day date not null,
    at timestamptz not null default clock_timestamp(),
    -- lines of either side that have their counterpart
    matched integer not null check (matched >= 0),
    unmatched integer not null check (unmatched >= 0),
    -- those that do not, with a suggested cause: an array of ReconciliationFault
    faults jsonb not null default '[]'
);
create index reconciliation_instance on reconciliation (instance_id, day desc, id desc);
create index reconciliation_day on reconciliation (day);
-- What a provider's line is looked up by.
create index refund_reference on refund (reference) where reference is not null;
create index payout_by_reference on payout (reference) where reference is not null;
-- By the machine's clock, as providers date theirs. Rows come in that order, so this is small.
create index ledger_transaction_at on ledger_transaction using brin (at);
