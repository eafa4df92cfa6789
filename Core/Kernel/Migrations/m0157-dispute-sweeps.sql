-- Up to when a provider was asked, by its clock, for the disputes that were opened there: the next
-- time it is asked from then on.
create table dispute_sweep (
    instance_id uuid primary key references provider_instance,
    asked_until timestamptz not null
);

-- When its provider was last asked how an open dispute stands. It is no part of the dispute, which
-- changes with its provider's word alone.
create table dispute_question (
    dispute_id uuid primary key references dispute,
    asked_at timestamptz not null
);
create index dispute_to_ask on dispute (instance_id, id)
    where status in ('inquiry', 'needs_response', 'under_review');
