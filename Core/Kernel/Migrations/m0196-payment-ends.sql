-- When a payment was over: paid, failed, called off, or late. Its payer may send the money later, so
-- it is looked for for a day from then on.
alter table payment add column ended_at timestamptz;

-- Those that are looked for now are so for a day from now on: when they ended, nobody wrote down.
update payment p set ended_at = now()
from payment_attempt a
where a.payment_id = p.id and a.kind = 'start' and a.state in ('intent', 'sent', 'unknown')
    and p.state in ('captured', 'failed', 'voided', 'late');
