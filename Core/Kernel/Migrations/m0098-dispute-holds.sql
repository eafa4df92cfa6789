-- Nothing of an order is paid out while a dispute about it is open. A dispute that is lost takes from
-- each shop what it earned of the money that the customer's bank took back; the rest, which was
-- the market's commission and tax, is the market's loss.
alter table dispute_order
    -- minor units that the shop gave back for it
    add column charged minor_units not null default 0 check (charged >= 0);
create index dispute_order_order on dispute_order (order_id);
create index dispute_order_dispute on dispute_order (dispute_id);
