-- What was asked of a provider when the answer to a start was lost: asked again word for word under
-- the same key, it answers where the customer goes on. Null when the answer came.
alter table payment_attempt add column request jsonb;
