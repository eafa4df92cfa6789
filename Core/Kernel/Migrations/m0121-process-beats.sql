-- Which processes of the market there are, and when each was last heard of.
create table process_beat (
    machine text not null check (length(machine) between 1 and 255),
    -- as in its log: storefront, storefront-2, worker
    name text not null check (length(name) between 1 and 80),
    pid integer not null,
    started_at timestamptz not null,
    seen_at timestamptz not null default clock_timestamp(),
    -- in order; one that died left nothing here
    stopped_at timestamptz,
    -- how long writing the beat before took
    took_ms integer not null default 0 check (took_ms >= 0),
    primary key (machine, name)
);
