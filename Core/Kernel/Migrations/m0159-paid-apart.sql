-- One payment may go to several sellers' own wallets, each share by itself: what comes is some
-- order's then, and too much for one is nothing of another's.
alter table payment_receipt
    -- the order whose share it pays; null where it counts for the payment as a whole
    add column order_id uuid,
    add constraint payment_receipt_share
        foreign key (payment_id, order_id) references payment_share;
create index payment_receipt_of_share on payment_receipt (payment_id, order_id)
    where order_id is not null;

-- what came more than was asked for, share by share
alter table payment add column excess minor_units not null default 0 check (excess >= 0);
update payment set excess = received - amount where received > amount;
drop index payment_to_review;
create index payment_to_review on payment (id) where received > 0 and reviewed_at is null
    and (excess > 0 or state in ('late', 'failed', 'voided'));
