-- What somebody wants to come back to.
create table wish (
    account_id uuid not null references account on delete cascade,
    listing_id uuid not null references listing on delete cascade,
    at timestamptz not null default now(),
    primary key (account_id, listing_id)
);
create index wish_newest on wish (account_id, at desc, listing_id desc);
create index wish_listing on wish (listing_id);
