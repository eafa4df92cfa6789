-- Photos are made: what was uploaded is opened once, in a process of its own, and what is served
-- are copies of it in several widths, without what the camera wrote beside the picture. A photo is
-- known by the hash of what was uploaded, as before; its copies by theirs.
alter table media
    -- kept: from before photos were made, served as it came until it is made
    add column state text not null default 'kept'
        check (state in ('kept', 'waiting', 'making', 'ready', 'refused')),
    -- it could not be made, and is shown as it came for as long as it is kept
    add column tried boolean not null default false,
    -- whose room it takes, and how much of it
    add column seller_id uuid references seller,
    add column charged bigint not null default 0 check (charged >= 0),
    -- the code of the sentence that its seller reads
    add column refusal text,
    -- how many copies there are, of how many
    add column made smallint not null default 0,
    add column wanted smallint not null default 0,
    add constraint media_refusal_told check ((state = 'refused') = (refusal is not null));
create index media_unmade on media (seller_id) where state in ('waiting', 'making');
create index media_kept on media (content_hash) where state = 'kept' and not tried;
create index listing_image_photo on listing_image (content_hash) where content_hash is not null;

-- A photo in one width and one type.
create table media_rendition (
    photo bytea not null references media on delete cascade,
    media_type text not null check (media_type in ('image/webp', 'image/jpeg')),
    width integer not null check (width > 0),
    height integer not null check (height > 0),
    bytes integer not null check (bytes > 0),
    content_hash bytea not null check (length(content_hash) = 32),
    primary key (photo, media_type, width)
);

alter table job drop constraint job_lane_check;
alter table job add constraint job_lane_check
    -- the old list was narrower, so what stands there fits
    check (lane in ('payments', 'default', 'mail', 'bulk', 'photos')) not valid;

-- As in m0003, but for photos that are not made yet, or never will be: nobody is shown them.
create or replace function listing_pages_refresh(ids uuid[])
returns table (listing_id uuid, body text)
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
            where i.listing_id = l.id and (m.state is null or m.state in ('kept', 'ready'))), '[]'),
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
