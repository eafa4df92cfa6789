-- Which processes of the market there are and how each is, as it says itself every few seconds. A
-- day's worth, ten lives of each.
create table process_beat (
    machine text not null check (length(machine) between 1 and 255),
    -- as in its log: storefront, storefront-2, worker
    name text not null check (length(name) between 1 and 80),
    -- by its own clock; a process that is started again is another one
    started_at timestamptz not null,
    pid integer not null,
    -- which program it runs
    build text not null check (length(build) between 1 and 120),
    first_seen_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    -- in order; one that died left nothing here
    stopped_at timestamptz,
    -- how long writing the beat before took
    took_ms integer not null default 0 check (took_ms >= 0),
    -- connections that its transactions hold, may hold, and wait for
    pool_taken integer not null default 0,
    pool_max integer not null default 0,
    pool_waiting integer not null default 0,
    -- how long the oldest of its transactions has been open, in seconds
    pool_oldest integer not null default 0,
    -- providers that it asks nothing at present, because they did not answer
    held_back uuid[] not null default '{}',
    primary key (machine, name, started_at)
);
