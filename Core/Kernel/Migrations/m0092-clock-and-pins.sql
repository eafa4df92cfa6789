-- An order's life is told by the market's clock, like everything that its people are shown.
alter table order_event alter column at set default market_now();
alter table refund alter column requested_at set default market_now();

-- Letters go out in the order of what they tell.
create index mail_turn on mail (notification_id) where state = 'waiting';

-- Where a payment was made, for what, and whose an order and its lines are: pinned when it was
-- placed, whatever is swapped or renamed afterwards.
create function keep_pinned() returns trigger language plpgsql as $$
begin
    raise exception 'what was pinned at placement is not changed' using errcode = '42501';
end $$;
create trigger payment_pinned before update of id, purchase_id, instance_id, method, amount,
    currency, capture, mode
    on payment for each row execute function keep_pinned();
create trigger payment_share_pinned before update of payment_id, order_id, amount
    on payment_share for each row execute function keep_pinned();
create trigger orders_pinned before update of id, number, purchase_id, seller_id, wallet_id,
    currency
    on orders for each row execute function keep_pinned();
create trigger order_line_pinned before update of id, order_id, line, listing_id, variant_id, title,
    sku, options_text, quantity, unit_price
    on order_line for each row execute function keep_pinned();
