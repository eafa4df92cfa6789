-- Messages of banks about transfers, as they were read: pain.002, camt.052, camt.053, camt.054.
create table bank_report (
    id uuid primary key,
    instance_id uuid not null references provider_instance,
    format text not null,
    -- the bank's id of it
    message text not null,
    sha256 bytea not null,
    settled integer not null check (settled >= 0),
    -- lines about a payout of another amount
    wrong integer not null check (wrong >= 0),
    -- lines about nothing of ours
    unknown integer not null check (unknown >= 0),
    findings jsonb not null,
    read_by uuid references account,
    read_at timestamptz not null default clock_timestamp()
);
