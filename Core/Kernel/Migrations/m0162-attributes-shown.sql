-- As in m0110, with what attributes say of the thing.
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
        'attributes', coalesce((
            select json_agg(shown.body order by shown.position, shown.handle) from (
                select asked.position, asked.handle, json_build_object(
                    'handle', asked.handle, 'name', asked.name, 'unit', asked.unit,
                    'number', max(said.number), 'values', coalesce(
                        json_agg(
                            json_build_object('handle', chosen.handle, 'name', chosen.name)
                            order by chosen.position, chosen.handle)
                        filter (where chosen.id is not null), '[]')) as body
                from listing_attribute said join attribute asked on asked.id = said.attribute_id
                left join attribute_value chosen on chosen.id = said.value_id
                where said.listing_id = l.id and asked.retired_at is null
                    and chosen.retired_at is null
                group by asked.id
            ) shown), '[]'),
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
-- Those that were made before lack it.
delete from listing_page;
