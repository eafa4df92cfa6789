-- What a maker takes for sending things, by profile; a thing that has none for a country is quoted
-- by the market's shipping providers.
create table shipping_profile (
    id uuid primary key,
    seller_id uuid not null references seller,
    name text not null check (length(name) between 1 and 80),
    -- days until a parcel is packed
    handling_days integer not null check (handling_days between 0 and 60),
    -- the place that parcels leave; blank says nothing of it
    sent_from text not null check (length(sent_from) <= 80),
    is_default boolean not null,
    -- [{"countries": [], "currency": "EUR", "first": 490, "further": 100, …}]
    zones jsonb not null check (jsonb_typeof(zones) = 'array'),
    created_at timestamptz not null default now(),
    unique (seller_id, id)
);
create unique index shipping_profile_name_key on shipping_profile (seller_id, lower(name));
create unique index shipping_profile_default on shipping_profile (seller_id) where is_default;

-- Without one, the seller's default.
alter table listing add column shipping_profile_id uuid,
    add constraint listing_shipping_profile_fkey foreign key (seller_id, shipping_profile_id)
        references shipping_profile (seller_id, id);
create index listing_shipping_profile on listing (shipping_profile_id)
    where shipping_profile_id is not null;
