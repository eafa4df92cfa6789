-- All rows of stock are locked in ascending order before any of them changes: an update also
-- touches the listing, and two carts with several variants of one listing could otherwise wait for
-- each other.
create or replace function reserve_stock(
    p_checkout uuid, p_variants uuid[], p_quantities integer[], p_expires timestamptz
) returns void language plpgsql as $$
declare
    short uuid;
begin
    insert into reservation (checkout_id, variant_id, quantity, expires_at)
    select p_checkout, t.variant_id, t.quantity, p_expires
    from unnest(p_variants, p_quantities) t(variant_id, quantity);
    perform from stock_level where variant_id = any(p_variants)
    order by variant_id for no key update;
    select t.variant_id into short
    from unnest(p_variants, p_quantities) t(variant_id, quantity)
    left join stock_level s on s.variant_id = t.variant_id
    where coalesce(s.on_hand - s.reserved, 0) < t.quantity
    limit 1;
    if short is not null then
        raise exception 'too little stock of %', short
            using errcode = '23514', constraint = 'stock_level_short';
    end if;
    update stock_level s set reserved = s.reserved + t.quantity
    from unnest(p_variants, p_quantities) t(variant_id, quantity)
    where s.variant_id = t.variant_id;
end $$;

create or replace function release_stock(p_checkout uuid) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (
        select variant_id from reservation where checkout_id = p_checkout and state = 'held')
    order by variant_id for no key update;
    with released as (
        update reservation set state = 'released'
        where checkout_id = p_checkout and state = 'held'
        returning variant_id, quantity
    )
    update stock_level s set reserved = s.reserved - r.quantity
    from released r where s.variant_id = r.variant_id;
end $$;

create or replace function take_stock(p_checkout uuid, p_purchase uuid) returns void
language plpgsql as $$
declare
    lines integer;
    taken integer;
begin
    insert into stock_movement (variant_id, delta, cause, order_id)
    select l.variant_id, -l.quantity, 'sale', l.order_id
    from orders o join order_line l on l.order_id = o.id
    where o.purchase_id = p_purchase;
    get diagnostics lines = row_count;
    perform from stock_level
    where variant_id in (
        select variant_id from reservation where checkout_id = p_checkout and state = 'held')
    order by variant_id for no key update;
    with committed as (
        update reservation set state = 'committed'
        where checkout_id = p_checkout and state = 'held'
        returning variant_id, quantity
    )
    update stock_level s set on_hand = s.on_hand - c.quantity, reserved = s.reserved - c.quantity
    from committed c where s.variant_id = c.variant_id;
    get diagnostics taken = row_count;
    if taken <> lines then
        raise exception 'purchase % no longer holds its stock', p_purchase
            using errcode = '23514', constraint = 'reservation_gone';
    end if;
end $$;

create or replace function return_stock(p_order uuid) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (select variant_id from order_line where order_id = p_order)
    order by variant_id for no key update;
    with returned as (
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, quantity - shipped, 'cancellation', order_id
        from order_line where order_id = p_order and quantity > shipped
        on conflict (order_id, variant_id, cause) where order_id is not null do nothing
        returning variant_id, delta
    )
    update stock_level s set on_hand = s.on_hand + r.delta
    from returned r where s.variant_id = r.variant_id;
end $$;
