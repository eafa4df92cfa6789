-- Things and makers that somebody of the market chose by hand for the shop's first page, the
-- newest choice first. One that is not for sale any more is skipped, and comes back with it.
create table picked_listing (
    listing_id uuid primary key references listing,
    picked_at timestamptz not null default clock_timestamp(),
    picked_by uuid not null references account
);
create index picked_listing_newest on picked_listing (picked_at desc, listing_id);

create table picked_seller (
    seller_id uuid primary key references seller,
    picked_at timestamptz not null default clock_timestamp(),
    picked_by uuid not null references account
);
create index picked_seller_newest on picked_seller (picked_at desc, seller_id);
