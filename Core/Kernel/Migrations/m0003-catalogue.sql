-- The tree that customers browse.
create table category (
    id uuid primary key,
    parent_id uuid references category,
    slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9]){0,59}$'),
    name text not null check (length(name) between 1 and 80),
    -- ids from the root to this one, so that "with descendants" is one index condition
    path uuid[] not null check (cardinality(path) between 1 and 3),
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
    -- thousandths of a star, drawn towards 3.5 by five imagined ratings, so that one enthusiast
    -- does not outrank fifty content customers
    rating_score integer not null
        generated always as ((rating_sum * 1000 + 17500) / (rating_count + 5)) stored,
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
create index listing_rating on listing (rating_score desc, id desc) where for_sale;
create index listing_shop on listing (seller_id, id desc) where for_sale;
-- A category's page with all that is below it, in each order, at each depth of the tree.
create index listing_newest_1 on listing ((category_path[1]), id desc) where for_sale;
create index listing_newest_2 on listing ((category_path[2]), id desc) where for_sale;
create index listing_newest_3 on listing ((category_path[3]), id desc) where for_sale;
create index listing_price_1 on listing ((category_path[1]), price_from, id) where for_sale;
create index listing_price_2 on listing ((category_path[2]), price_from, id) where for_sale;
create index listing_price_3 on listing ((category_path[3]), price_from, id) where for_sale;
create index listing_rating_1 on listing ((category_path[1]), rating_score desc, id desc)
    where for_sale;
create index listing_rating_2 on listing ((category_path[2]), rating_score desc, id desc)
    where for_sale;
create index listing_rating_3 on listing ((category_path[3]), rating_score desc, id desc)
    where for_sale;
create index listing_document on listing using gin (document) where for_sale;
create index listing_category on listing (category_id);

-- Words of titles, tags and types: what a misspelt word is compared with.
create table search_word (
    word text collate "C" primary key check (length(word) between 3 and 40)
);
create index search_word_trigrams on search_word using gin (word gin_trgm_ops);

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
    -- in order, so that two imports meet on the same words one after the other
    insert into search_word (word)
    select word from (
        select distinct lower(unaccent(m[1])) as word
        from regexp_matches(
            new.title || ' ' || array_to_string(new.tags, ' ') || ' ' || new.product_type,
            '[[:alpha:]]{3,40}', 'g') m
    ) words
    where not exists (select from search_word known where known.word = words.word)
        and length(word) between 3 and 40
    order by word
    on conflict do nothing;
    return new;
end $$;
create trigger listing_document_refresh_insert before insert on listing
    for each row execute function listing_document_refresh();
create trigger listing_document_refresh_update before update on listing
    for each row when (
        (old.title, old.tags, old.product_type, old.description)
        is distinct from (new.title, new.tags, new.product_type, new.description))
    execute function listing_document_refresh();

-- A listing is for sale when it is published and its seller is verified.
create function listing_for_sale_refresh() returns trigger language plpgsql as $$
begin
    new.for_sale := false;
    if new.state = 'published' then
        -- the lock waits for a suspension that is under way and could not see this row
        perform from seller where id = new.seller_id and state = 'verified' for share;
        new.for_sale := found;
    end if;
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

-- Few left, sold out, or there again: what is shown of the listing changes. Ten stands for more.
create function stock_level_shown_refresh() returns trigger language plpgsql as $$
begin
    update listing set version = version + 1, in_stock = exists (
        select from variant v join stock_level s on s.variant_id = v.id
        where v.listing_id = listing.id and v.active and s.on_hand > s.reserved)
    where id = (select listing_id from variant where id = new.variant_id);
    return null;
end $$;
create trigger stock_level_shown_refresh after update of on_hand, reserved on stock_level
    for each row when (least(old.on_hand - old.reserved, 10)
        is distinct from least(new.on_hand - new.reserved, 10))
    execute function stock_level_shown_refresh();

-- What a listing's page says of its seller has changed.
create function seller_shown_refresh() returns trigger language plpgsql as $$
begin
    update listing set version = version + 1 where seller_id = new.id;
    return null;
end $$;
create trigger seller_shown_refresh after update of slug, name, country on seller
    for each row when ((old.slug, old.name, old.country)
        is distinct from (new.slug, new.name, new.country))
    execute function seller_shown_refresh();

-- What a search means: each word begins something in the document; a word that begins nothing
-- that is known may also be the known word that it looks most like. Null for no words.
create function search_query(typed text) returns tsquery language plpgsql stable as $$
declare
    result tsquery;
    term tsquery;
    typed_word text;
    near text;
begin
    for typed_word in
        select m[1] from regexp_matches(lower(unaccent(typed)), '[[:alnum:]]{1,40}', 'g') m limit 8
    loop
        continue when ts_lexize('english_stem', typed_word) = '{}';
        term := to_tsquery('simple', quote_literal(typed_word) || ':*')
            || plainto_tsquery('english', typed_word);
        if length(typed_word) >= 3 and not exists (
            select from search_word
            where word >= typed_word and word < typed_word || '{')
        then
            select word into near from search_word
            where word % typed_word
            order by similarity(word, typed_word) desc, word limit 1;
            if near is not null then
                term := term || to_tsquery('simple', quote_literal(near) || ':*');
            end if;
        end if;
        result := case when result is null then term else result && term end;
    end loop;
    return result;
end $$;

-- A listing as the public JSON API shows it, made once per version: the hottest read of the shop
-- is one row by its key. A row of an older version is as good as none.
create table listing_page (
    listing_id uuid primary key references listing on delete cascade,
    version bigint not null,
    body text not null
);

create function listing_pages_refresh(ids uuid[]) returns table (listing_id uuid, body text)
language sql volatile as $$
    insert into listing_page as kept (listing_id, version, body)
    select l.id, l.version, json_build_object(
        'id', l.id,
        'handle', l.handle,
        'title', l.title,
        'description', l.description,
        'productType', l.product_type,
        'tags', l.tags,
        'seller', (
            select json_build_object('id', s.id, 'slug', s.slug, 'name', s.name,
                'country', s.country)
            from seller s where s.id = l.seller_id),
        'category', (
            select json_build_object('id', c.id, 'slug', c.slug, 'name', c.name)
            from category c where c.id = l.category_id),
        'price', json_build_object('amount', l.price_from, 'currency', l.currency),
        'inStock', l.in_stock,
        'optionNames', l.option_names,
        'variants', coalesce((
            select json_agg(json_build_object(
                'id', v.id, 'sku', v.sku, 'options', v.option_values,
                'price', json_build_object('amount', v.price, 'currency', v.currency),
                'compareAt', case when v.compare_at is not null then
                    json_build_object('amount', v.compare_at, 'currency', v.currency) end,
                -- ten stands for ten or more, so that a sale of one of many changes nothing here
                'available', least(s.on_hand - s.reserved, 10),
                'imageId', v.image_id
            ) order by v.position, v.id)
            from variant v join stock_level s on s.variant_id = v.id
            where v.listing_id = l.id and v.active), '[]'),
        'images', coalesce((
            select json_agg(json_build_object(
                'id', i.id, 'hash', encode(i.content_hash, 'hex'), 'sourceUrl', i.source_url,
                'alt', i.alt, 'width', m.width, 'height', m.height
            ) order by i.position, i.id)
            from listing_image i left join media m on m.content_hash = i.content_hash
            where i.listing_id = l.id), '[]'),
        'rating', json_build_object(
            'average', round(l.rating_sum::numeric / nullif(l.rating_count, 0), 1),
            'count', l.rating_count),
        'publishedAt', to_char(
            l.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'version', l.version
    )::text
    from listing l where l.id = any(ids)
    order by l.id
    on conflict on constraint listing_page_pkey do update
    set version = excluded.version, body = excluded.body
    where kept.version < excluded.version
    returning kept.listing_id, kept.body
$$;
