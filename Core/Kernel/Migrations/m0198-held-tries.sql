-- How many of the tries were held back by a circuit breaker: nothing was sent, and how long the
-- next one waits is not their doing.
alter table payment_attempt add column held_tries integer not null default 0;
