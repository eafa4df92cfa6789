-- From how many pieces on a shop wants to be told that a variant runs out; without a row from
-- three on.
create table seller_low_stock (
    seller_id uuid primary key references seller,
    pieces integer not null check (pieces between 0 and 1000)
);
