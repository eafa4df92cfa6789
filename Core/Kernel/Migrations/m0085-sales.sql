-- A shop's sales of the last weeks, for its first page: by when they were paid, without the table.
create index orders_seller_paid on orders (seller_id, paid_at)
    include (currency, total) where paid_at is not null and state <> 'cancelled';
-- What it has nothing left of.
create index listing_sold_out on listing (seller_id) where for_sale and not in_stock;
