-- The countries that a seller sends to; without a row it is everywhere.
create table seller_destination (
    seller_id uuid primary key references seller,
    -- ISO 3166-1 alpha-2
    countries text[] not null check (cardinality(countries) between 1 and 250)
);
