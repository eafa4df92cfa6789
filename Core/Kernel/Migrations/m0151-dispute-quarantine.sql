-- Disputes at a provider that nobody could make sense of, such as in a state that the module does
-- not know: a person looks at them there, and they are asked for again until they can be read.
create table dispute_quarantine (
    instance_id uuid not null references provider_instance,
    reference text not null check (length(reference) between 1 and 255),
    problem text not null check (length(problem) between 1 and 500),
    first_seen_at timestamptz not null default now(),
    asked_at timestamptz not null default now(),
    primary key (instance_id, reference)
);
create index dispute_quarantine_newest
    on dispute_quarantine (instance_id, first_seen_at desc, reference);
create index dispute_quarantine_to_ask on dispute_quarantine (instance_id, asked_at);
