-- Payments whose payer sends the money: each arrival is kept once, told by the provider or said by
-- a person. Instances that authorize on a promise have it confirmed at the delivery.
alter table payment drop constraint payment_capture_check,
    add constraint payment_capture_check
        check (capture in ('at_order', 'at_shipment', 'at_delivery'));
-- what came in all, more or less than was asked for
alter table payment add column received minor_units not null default 0;
-- when somebody looked at money that does not fit
alter table payment add column reviewed_at timestamptz;
create index payment_to_review on payment (id) where received > 0 and reviewed_at is null
    and (received > amount or state in ('late', 'failed', 'voided'));

create table payment_receipt (
    payment_id uuid not null references payment,
    instance_id uuid not null references provider_instance,
    -- the transaction on the chain, the line of the bank's statement, or one of ours
    id text not null check (octet_length(id) between 1 and 200),
    amount minor_units not null check (amount > 0),
    received_at timestamptz not null,
    -- whether it can no longer vanish
    is_final boolean not null,
    -- who said that it came; null when the provider did
    confirmed_by uuid references account,
    note text,
    recorded_at timestamptz not null default now(),
    primary key (payment_id, id),
    -- nothing that came once counts for two payments
    constraint payment_receipt_once unique (instance_id, id)
);
create index payment_receipt_account on payment_receipt (confirmed_by)
    where confirmed_by is not null;

-- What a customer refused at the door comes back whole, what was shipped with what was not.
create function return_parcel(p_order uuid) returns void language plpgsql as $$
begin
    perform from stock_level
    where variant_id in (select variant_id from order_line where order_id = p_order)
    order by variant_id for no key update;
    with returned as (
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, sum(quantity), 'cancellation', order_id
        from order_line where order_id = p_order group by variant_id, order_id
        on conflict (order_id, variant_id, cause) where order_id is not null do nothing
        returning variant_id, delta
    )
    update stock_level s set on_hand = s.on_hand + r.delta
    from returned r where s.variant_id = r.variant_id;
end $$;
