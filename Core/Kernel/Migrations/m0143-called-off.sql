-- What was called off of an order before its money was taken: it is never captured, and what was
-- reserved of it is released by the capture of the rest. A refund in the state `called_off` says
-- for which parts; nobody is asked for it. The column is no domain, so that no row is rewritten;
-- its bounds hold for all rows, which are 0.
alter table payment_share
    add column called_off bigint not null default 0,
    drop constraint payment_share_bounds,
    add constraint payment_share_bounds check (0 <= refunded and 0 <= refund_claimed
        and 0 <= called_off and refunded + refund_claimed <= captured
        and captured <= amount - called_off) not valid;
alter table refund
    drop constraint refund_state_check,
    add constraint refund_state_check
        check (state in ('pending', 'unknown', 'succeeded', 'failed', 'called_off')) not valid;
create index refund_called_off on refund (order_id) where state = 'called_off';
