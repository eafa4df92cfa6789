-- What several purchases need is written by one statement. As before, the states are checked so
-- that no index fits them.

drop function lock_fresh_payment(uuid, uuid);

-- Locks payments that were written a moment ago and their purchases, in the order in which
-- everybody does; fails with `payment_fresh` when somebody has settled one of either since.
create function lock_fresh_payments(p_purchases uuid[], p_payments uuid[]) returns void
language plpgsql as $$
declare
    locked integer;
begin
    perform from purchase
    where id = any(p_purchases) and state is not distinct from 'awaiting_payment'
    order by id for update;
    get diagnostics locked = row_count;
    if locked = cardinality(p_purchases) then
        perform from payment
        where id = any(p_payments) and state is not distinct from 'created' and version = 0
        order by id for update;
        get diagnostics locked = row_count;
    end if;
    if locked <> cardinality(p_payments) then
        raise exception 'one of the payments % has been settled by somebody else', p_payments
            using errcode = '23514', constraint = 'payment_fresh';
    end if;
end $$;

drop function take_stock(uuid, uuid);

-- Takes out of stock what the purchases' checkouts held, or fails with `reservation_gone`. Several
-- may have the same thing, whose row is then changed once.
create function take_stock(p_checkouts uuid[], p_purchases uuid[]) returns void
language plpgsql as $$
declare
    lines integer;
    taken integer;
begin
    insert into stock_movement (variant_id, delta, cause, order_id)
    select l.variant_id, -l.quantity, 'sale', l.order_id
    from orders o join order_line l on l.order_id = o.id
    where o.purchase_id = any(p_purchases);
    get diagnostics lines = row_count;
    with held as materialized (
        select s.variant_id from reservation r join stock_level s on s.variant_id = r.variant_id
        where r.checkout_id = any(p_checkouts) and r.state is not distinct from 'held'
        order by s.variant_id for no key update of s
    ), committed as (
        update reservation set state = 'committed'
        where checkout_id = any(p_checkouts) and state is not distinct from 'held'
        returning variant_id, quantity
    ), change as (
        select variant_id, sum(quantity)::integer as quantity, count(*) as lines
        from committed where variant_id in (select variant_id from held) group by variant_id
    ), changed as (
        update stock_level s set on_hand = s.on_hand - change.quantity,
            reserved = s.reserved - change.quantity
        from change where s.variant_id = change.variant_id
        returning change.lines
    )
    select coalesce(sum(changed.lines), 0) into taken from changed;
    if taken <> lines then
        raise exception 'one of the purchases % no longer holds its stock', p_purchases
            using errcode = '23514', constraint = 'reservation_gone';
    end if;
end $$;
