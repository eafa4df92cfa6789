-- What a reviewer looks at before a seller is verified: the operator's own rows.
create table checklist_row (
    id uuid primary key,
    position integer not null check (position between 1 and 10000),
    body text not null check (length(body) between 1 and 300),
    -- whether a seller is verified only when it is ticked
    required boolean not null,
    -- ISO 3166-1 alpha-2: the countries of the sellers that it is for; none is all
    countries text[] not null check (cardinality(countries) <= 250),
    -- rows are not deleted: what was ticked goes on pointing at them
    active boolean not null,
    created_at timestamptz not null default now()
);
create index checklist_row_order on checklist_row (position, id);

-- Who ticked what for whom, with the words as they were. A line changes once: when it is taken
-- back.
create table checklist_tick (
    id uuid primary key,
    seller_id uuid not null references seller,
    row_id uuid not null references checklist_row,
    body text not null check (length(body) between 1 and 300),
    required boolean not null,
    note text check (length(note) between 1 and 500),
    ticked_by uuid not null references account,
    ticked_at timestamptz not null,
    withdrawn_at timestamptz,
    check (withdrawn_at >= ticked_at)
);
create unique index checklist_tick_once on checklist_tick (seller_id, row_id)
    where withdrawn_at is null;
