-- Since when webhooks signed with secrets from before a change are accepted: somebody has to end
-- that, and is reminded of it. Nobody knows it of those that were changed before.
alter table provider_instance add column previous_secrets_since timestamptz;
update provider_instance set previous_secrets_since = now() where previous_secrets is not null;

-- Deliveries that keep an instance from being retired: those that wait, and those whose work was
-- refused.
create index webhook_inbox_open on webhook_inbox (instance_id, event_id)
    where state in ('new', 'failed');
