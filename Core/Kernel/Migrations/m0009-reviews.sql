-- What a customer says of a thing that was delivered; one per order line.
create table review (
    id uuid primary key,
    order_line_id uuid not null references order_line,
    listing_id uuid not null references listing,
    seller_id uuid not null references seller,
    account_id uuid references account,
    author text not null,
    stars smallint not null check (stars between 1 and 5),
    body text not null default '' check (length(body) <= 4000),
    reply text check (length(reply) between 1 and 4000),
    replied_at timestamptz,
    state text not null default 'published' check (state in ('published', 'hidden')),
    created_at timestamptz not null default now(),
    constraint review_order_line_key unique (order_line_id)
);
create index review_listing on review (listing_id, id desc) where state = 'published';
create index review_seller on review (seller_id, id desc);

-- What a customer says of a seller; one per delivered order.
create table seller_rating (
    id uuid primary key,
    order_id uuid not null references orders,
    seller_id uuid not null references seller,
    account_id uuid references account,
    author text not null,
    stars smallint not null check (stars between 1 and 5),
    body text not null default '' check (length(body) <= 4000),
    state text not null default 'published' check (state in ('published', 'hidden')),
    created_at timestamptz not null default now(),
    constraint seller_rating_order_key unique (order_id)
);
create index seller_rating_seller on seller_rating (seller_id, id desc) where state = 'published';
