alter table payment_share validate constraint payment_share_bounds;
alter table refund validate constraint refund_state_check;

-- Refunds that their providers said to be with the customer, and when to ask again whether they
-- still are: the customer's bank may send one back weeks later, and the webhook that says so may be
-- lost. It is no part of the refund, which changes with its provider's word alone. Rows go away
-- when nothing can come back any more.
create table refund_question (
    refund_id uuid primary key references refund,
    asks smallint not null default 0 check (asks >= 0),
    next_at timestamptz not null
);
create index refund_question_due on refund_question (next_at);
insert into refund_question (refund_id, next_at)
select refund.id, market_now() + random() * interval '1 day'
from refund join payment on payment.id = refund.payment_id and not payment.is_direct
where refund.state = 'succeeded' and refund.reference is not null
    and refund.settled_at > market_now() - interval '35 days';
