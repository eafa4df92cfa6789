-- When the first change of a request was committed that has not kept its answer yet. Where its
-- process dies then, a repeat must not make the change again.
alter table idempotency_key add column acted_at timestamptz;
