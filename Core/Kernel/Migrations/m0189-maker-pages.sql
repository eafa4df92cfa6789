-- Ratings of a maker by their stars. Fewest first is most of those that are missing first: so both
-- columns descend, and a later page begins within the index, however many have as many stars.
create index seller_rating_best on seller_rating (seller_id, stars desc, id desc)
    where state = 'published';
create index seller_rating_worst on seller_rating (seller_id, (6 - stars) desc, id desc)
    where state = 'published';
create index review_lowest on review (listing_id, (6 - stars) desc, id desc)
    where state = 'published';
drop index review_worst;

-- When what a maker's page says of them was changed last, for search engines; null of one that has
-- not changed since this column came.
alter table seller add column changed_at timestamptz;

create function seller_changed() returns trigger language plpgsql as $$
begin
    new.changed_at := now();
    return new;
end
$$;
create trigger seller_changed before update on seller
    for each row when (
        (old.slug, old.name, old.about, old.country, old.origin, old.state,
            old.rating_count, old.rating_sum)
        is distinct from
        (new.slug, new.name, new.about, new.country, new.origin, new.state,
            new.rating_count, new.rating_sum))
    execute function seller_changed();

create function seller_policy_changed() returns trigger language plpgsql as $$
begin
    update seller set changed_at = now()
    where id = case tg_op when 'DELETE' then old.seller_id else new.seller_id end;
    return null;
end
$$;
create trigger seller_policy_changed after insert or update or delete on seller_policy
    for each row execute function seller_policy_changed();

-- The newest change among a maker's things and among those of a category. What was never published
-- is on no page; what was taken off one changed it by that.
create index listing_shop_changed on listing (seller_id, coalesce(changed_at, published_at) desc)
    where published_at is not null;
create index listing_category_changed
    on listing (category_id, coalesce(changed_at, published_at) desc)
    where published_at is not null;
