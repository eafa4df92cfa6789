-- How the calls to a provider went, minute by minute, from all processes. Kept for a week.
create table provider_health (
    instance_id uuid not null references provider_instance,
    minute timestamptz not null,
    calls integer not null,
    -- without an answer, or with an answer of "not now"
    failures integer not null,
    took_ms bigint not null,
    slowest_ms bigint not null,
    primary key (instance_id, minute)
);
