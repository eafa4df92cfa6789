-- What several checkouts hold is held by one statement, and what one of several has too much does
-- not stand in for what another lacks.

drop function reserve_stock(uuid, uuid[], integer[], timestamptz);

-- Holds for each checkout `p_quantities[n]` of `p_variants[n]`, which it names once, or fails with
-- `stock_level_short`. Several may want the same thing, whose row is then changed once.
create function reserve_stock(
    p_checkouts uuid[], p_variants uuid[], p_quantities integer[], p_expiries timestamptz[]
) returns void language plpgsql as $$
declare
    things integer;
    taken integer;
begin
    insert into reservation (checkout_id, variant_id, quantity, expires_at)
    select p_checkouts[n], p_variants[n], p_quantities[n], p_expiries[n]
    from generate_subscripts(p_variants, 1) n;
    perform from stock_level where variant_id = any(p_variants)
    order by variant_id for no key update;
    with wanted as materialized (
        select t.variant_id, sum(p_quantities[t.n])::integer as quantity
        from unnest(p_variants) with ordinality t(variant_id, n) group by t.variant_id
    ), changed as (
        update stock_level s set reserved = s.reserved + w.quantity
        from wanted w
        where s.variant_id = w.variant_id and s.on_hand - s.reserved >= w.quantity
        returning s.variant_id
    )
    select (select count(*) from wanted), (select count(*) from changed) into things, taken;
    if taken <> things then
        raise exception 'too little stock for one of the checkouts %', p_checkouts
            using errcode = '23514', constraint = 'stock_level_short';
    end if;
end $$;

-- Takes out of stock what the purchases' checkouts held, or fails with `reservation_gone` where
-- one of them does not hold exactly what it sold. `p_checkouts[n]` is of `p_purchases[n]`.
create or replace function take_stock(p_checkouts uuid[], p_purchases uuid[]) returns void
language plpgsql as $$
declare
    matched boolean;
begin
    perform s.variant_id
    from reservation r join stock_level s on s.variant_id = r.variant_id
    where r.checkout_id = any(p_checkouts) and r.state is not distinct from 'held'
    order by s.variant_id for no key update of s;
    with sold as materialized (
        select p_checkouts[p.n] as checkout_id, l.variant_id, l.quantity, l.order_id
        from unnest(p_purchases) with ordinality p(id, n)
        join orders o on o.purchase_id = p.id join order_line l on l.order_id = o.id
    ), moved as (
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, -quantity, 'sale', order_id from sold
    ), committed as (
        update reservation set state = 'committed'
        where checkout_id = any(p_checkouts) and state is not distinct from 'held'
        returning checkout_id, variant_id, quantity
    ), change as materialized (
        select variant_id, sum(quantity)::integer as quantity from committed group by variant_id
    ), changed as (
        update stock_level s set on_hand = s.on_hand - change.quantity,
            reserved = s.reserved - change.quantity
        from change where s.variant_id = change.variant_id
        returning s.variant_id
    )
    select (select count(*) from changed) = (select count(*) from change)
        and (select array_agg((checkout_id, variant_id, quantity)::text
                order by checkout_id, variant_id, quantity) from sold)
            is not distinct from
            (select array_agg((checkout_id, variant_id, quantity)::text
                order by checkout_id, variant_id, quantity) from committed)
        into matched;
    if not matched then
        raise exception 'one of the purchases % no longer holds its stock', p_purchases
            using errcode = '23514', constraint = 'reservation_gone';
    end if;
end $$;
