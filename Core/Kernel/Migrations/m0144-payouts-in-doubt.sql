-- When a provider was last asked to pay and did not answer: until what was sent cannot arrive any
-- more, nobody may say that it was not paid.
alter table payout add column in_doubt_at timestamptz;
update payout set in_doubt_at = now() where state in ('sent', 'unknown');
