-- The tree that customers browse.
create table category (
    id uuid primary key,
    parent_id uuid references category,
    slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9]){0,59}$'),
    name text not null check (length(name) between 1 and 80),
    -- ids from the root to this one, so that "with descendants" is one index condition
    path uuid[] not null,
    position integer not null default 0,
    -- what a tax module knows the goods as
    tax_code text not null default 'standard',
    constraint category_slug_key unique (slug)
);
create index category_parent on category (parent_id, position);

-- What a seller offers; price and stock are on its variants.
create table listing (
    id uuid primary key,
    seller_id uuid not null references seller,
    category_id uuid references category,
    category_path uuid[] not null default '{}',
    wallet_id uuid,
    handle text not null check (length(handle) between 1 and 120),
    title text not null check (length(title) between 1 and 200),
    -- plain text with blank lines between paragraphs; markup of imports is stripped
    description text not null default '' check (length(description) <= 20000),
    product_type text not null default '',
    tags text[] not null default '{}',
    option_names text[] not null default '{}' check (cardinality(option_names) <= 3),
    state text not null default 'draft'
        check (state in ('draft', 'published', 'archived', 'blocked')),
    -- published and its seller verified: kept by for_sale triggers below, read by every query
    for_sale boolean not null default false,
    currency currency_code not null,
    -- the cheapest variant's price
    price_from minor_units not null default 0,
    in_stock boolean not null default false,
    rating_sum bigint not null default 0,
    rating_count integer not null default 0,
    -- what this listing is found by
    document tsvector not null default '',
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    published_at timestamptz,
    constraint listing_handle_key unique (seller_id, handle),
    foreign key (seller_id, wallet_id) references wallet (seller_id, id)
);
create index listing_seller on listing (seller_id, id desc);
create index listing_blocked on listing (id desc) where state = 'blocked';
create index listing_newest on listing (id desc) where for_sale;
create index listing_price on listing (price_from, id) where for_sale;
create index listing_category on listing using gin (category_path) where for_sale;
create index listing_category_newest on listing (category_id, id desc) where for_sale;
create index listing_document on listing using gin (document);
create index listing_title_trigrams on listing using gin (title gin_trgm_ops);

create table listing_image (
    id uuid primary key,
    listing_id uuid not null references listing on delete cascade,
    position integer not null,
    content_hash bytea references media,
    -- where an import says that the picture is; kept, never fetched
    source_url text,
    alt text not null default '',
    check (content_hash is not null or source_url is not null)
);
create index listing_image_listing on listing_image (listing_id, position);

-- One choice of a listing. A listing without options has exactly one.
create table variant (
    id uuid primary key,
    listing_id uuid not null references listing on delete cascade,
    seller_id uuid not null references seller,
    sku text check (length(sku) between 1 and 80),
    option_values text[] not null default '{}',
    position integer not null default 0,
    price minor_units not null check (price >= 0),
    compare_at minor_units check (compare_at >= 0),
    currency currency_code not null,
    grams integer not null default 0 check (grams between 0 and 1000000),
    barcode text,
    requires_shipping boolean not null default true,
    taxable boolean not null default true,
    tax_code text,
    image_id uuid references listing_image on delete set null,
    -- archived variants keep their id for old orders and cannot be bought
    active boolean not null default true,
    constraint variant_sku_key unique (seller_id, sku),
    constraint variant_options_key unique (listing_id, option_values)
);
create index variant_listing on variant (listing_id, position);

-- How many there are, and how many of them checkouts hold.
create table stock_level (
    variant_id uuid primary key references variant on delete cascade,
    on_hand integer not null default 0,
    reserved integer not null default 0,
    constraint stock_level_on_hand check (on_hand >= 0),
    constraint stock_level_reserved check (reserved between 0 and on_hand)
) with (fillfactor = 50);

-- Why on_hand is what it is; each cause once.
create table stock_movement (
    id bigint generated always as identity primary key,
    variant_id uuid not null references variant on delete cascade,
    delta integer not null check (delta <> 0),
    cause text not null check (cause in ('set', 'import', 'sale', 'cancellation', 'return')),
    order_id uuid,
    actor_id uuid references account,
    at timestamptz not null default now()
);
create index stock_movement_variant on stock_movement (variant_id, id);
create unique index stock_movement_once on stock_movement (order_id, variant_id, cause)
    where order_id is not null;

create function listing_document_refresh() returns trigger language plpgsql as $$
begin
    new.document :=
        setweight(to_tsvector('simple', unaccent(new.title)), 'A')
        || setweight(to_tsvector('english', unaccent(new.title)), 'A')
        || setweight(to_tsvector('simple', unaccent(array_to_string(new.tags, ' '))), 'B')
        || setweight(to_tsvector('simple', unaccent(new.product_type)), 'B')
        || setweight(to_tsvector('english', unaccent(left(new.description, 4000))), 'C');
    return new;
end $$;
create trigger listing_document_refresh
    before insert or update of title, tags, product_type, description on listing
    for each row execute function listing_document_refresh();

-- A listing is for sale when it is published and its seller is verified.
create function listing_for_sale_refresh() returns trigger language plpgsql as $$
begin
    new.for_sale := new.state = 'published'
        and exists (select from seller where id = new.seller_id and state = 'verified');
    return new;
end $$;
create trigger listing_for_sale_refresh before insert or update of state on listing
    for each row execute function listing_for_sale_refresh();

create function seller_for_sale_refresh() returns trigger language plpgsql as $$
begin
    update listing set for_sale = state = 'published' and new.state = 'verified',
        version = version + 1
    where seller_id = new.id
        and for_sale is distinct from (state = 'published' and new.state = 'verified');
    perform pg_notify('sellers', new.id::text);
    return null;
end $$;
create trigger seller_for_sale_refresh after update of state on seller
    for each row when (old.state is distinct from new.state)
    execute function seller_for_sale_refresh();
