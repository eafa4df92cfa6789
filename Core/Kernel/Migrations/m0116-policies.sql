-- What a seller says of returns, care and made-to-order things, in words; without a row, nothing.
create table seller_policy (
    seller_id uuid primary key references seller,
    body text not null check (length(body) between 1 and 10000)
);
