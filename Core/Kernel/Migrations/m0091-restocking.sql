-- Pieces whose money goes back are for sale again when the refund has succeeded, as whoever gives
-- the money back chose.
-- What stands there is held against the constraints, and filled in, by m0093.
alter table refund
    -- 'unshipped': what was never shipped; null for refunds from before
    add column restocking text,
    add constraint refund_restocking
        check (restocking in ('unshipped', 'everything', 'nothing')) not valid;
alter table refund_part
    add column restock integer not null default 0,
    add constraint refund_part_restock check (restock between 0 and quantity) not valid,
    -- of those that were withheld, the ones that an earlier refund had brought back to the shelf
    -- before the customer's bank sent its money back
    add column shelved integer not null default 0,
    add constraint refund_part_shelved check (shelved between 0 and withheld) not valid;
-- Pieces that came back to the shelf, whatever brought them: never more than were taken.
alter table order_line
    add column restocked integer not null default 0,
    add constraint order_line_restocked check (restocked between 0 and quantity) not valid;
alter table stock_movement
    add column refund_id uuid,
    add constraint stock_movement_refund foreign key (refund_id) references refund not valid;

-- A cancelled order's things are for sale again, once; those that a refund withheld come back with
-- it.
create or replace function return_stock(p_order uuid) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (select variant_id from order_line where order_id = p_order)
    order by variant_id for no key update;
    with returned as (
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, quantity - shipped - withheld, 'cancellation', order_id
        from order_line where order_id = p_order and quantity > shipped + withheld
        on conflict (order_id, variant_id, cause) where order_id is not null do nothing
        returning variant_id, delta
    ), noted as (
        update order_line line set restocked = line.restocked + r.delta
        from returned r where line.order_id = p_order and line.variant_id = r.variant_id
    )
    update stock_level s set on_hand = s.on_hand + r.delta
    from returned r where s.variant_id = r.variant_id;
end $$;

-- What a customer refused at the door comes back whole, what was shipped with what was not.
create or replace function return_parcel(p_order uuid) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (select variant_id from order_line where order_id = p_order)
    order by variant_id for no key update;
    with returned as (
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, sum(quantity - restocked), 'cancellation', order_id
        from order_line where order_id = p_order and quantity > restocked
        group by variant_id, order_id
        on conflict (order_id, variant_id, cause) where order_id is not null do nothing
        returning variant_id, delta
    ), noted as (
        update order_line line set restocked = line.quantity
        from returned r where line.order_id = p_order and line.variant_id = r.variant_id
    )
    update stock_level s set on_hand = s.on_hand + r.delta
    from returned r where s.variant_id = r.variant_id;
end $$;

-- The pieces of a refund are for sale again, once: those that it was to bring back, or, when it
-- failed after its order was cancelled, those that it had withheld from the parcel.
create function restock_refund(p_refund uuid, p_cause text) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (
        select line.variant_id from refund_part part
        join order_line line on line.id = part.order_line_id where part.refund_id = p_refund)
    order by variant_id for no key update;
    with pieces as (
        select line.id, line.variant_id,
            least(line.quantity - line.restocked,
                case p_cause when 'return' then part.restock else part.withheld end) as quantity
        from refund_part part join order_line line on line.id = part.order_line_id
        where part.refund_id = p_refund
    ), returned as (
        insert into stock_movement (variant_id, delta, cause, refund_id)
        select variant_id, sum(quantity), p_cause, p_refund from pieces
        where quantity > 0 group by variant_id
        on conflict (refund_id, variant_id) where refund_id is not null do nothing
        returning variant_id, delta
    ), noted as (
        update order_line line set restocked = line.restocked + pieces.quantity
        from pieces join returned using (variant_id) where line.id = pieces.id
    )
    update stock_level s set on_hand = s.on_hand + r.delta
    from returned r where s.variant_id = r.variant_id;
end $$;
