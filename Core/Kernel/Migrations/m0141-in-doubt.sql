-- When something was last sent that nobody answered: until it cannot arrive any more, a refusal of
-- what is sent after it says nothing of it.
alter table payment_attempt add column in_doubt_at timestamptz;
update payment_attempt set in_doubt_at = now() where state in ('sent', 'unknown');
