-- What came for an order that is over goes back as a whole, also what had been called off of it
-- before the provider said that its reservation was lost: such a share may hold more than is due.
-- The column's default is kept beside the table, so that no row is rewritten.
alter table payment_share
    add column is_late boolean not null default false,
    drop constraint payment_share_bounds,
    add constraint payment_share_bounds check (0 <= refunded and 0 <= refund_claimed
        and 0 <= called_off and refunded + refund_claimed <= captured
        and captured <= amount and (is_late or captured <= amount - called_off)) not valid;
