-- When a seller was reminded to say that a delivery was paid for; asked of those that nobody has
-- reminded yet.
alter table payment add column cash_reminded_at timestamptz;
create index payment_cash_to_remind on payment (id)
    where capture = 'at_delivery' and state = 'authorized' and cash_reminded_at is null;

-- A payment that is over is still watched, since its payer may send the money late. An
-- administrator may say that nothing will come: the watch goes on, and holds nothing up any more.
alter table payment_attempt add column excused_at timestamptz;
