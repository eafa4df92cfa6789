-- A delivery whose work fails says so itself, whatever becomes of the job that applies it.
alter table webhook_inbox
    -- how often its work failed, the last time at; no time once it was applied
    add column tries int not null default 0,
    add column failed_at timestamptz;
update webhook_inbox set failed_at = coalesce(done_at, received_at), tries = 1
where state = 'failed';
update webhook_inbox inbox
set failed_at = coalesce(job.finished_at, inbox.received_at), tries = job.attempt,
    error = job.error
from job
where job.kind = 'webhooks.apply' and job.state = 'dead' and inbox.state = 'new'
    and job.unique_key = inbox.instance_id || ':' || inbox.event_id;
create index webhook_inbox_troubled on webhook_inbox
    (failed_at desc, instance_id desc, event_id desc)
    where failed_at is not null;
create index webhook_inbox_troubled_of on webhook_inbox
    (instance_id, failed_at desc, event_id desc)
    where failed_at is not null;
create index job_dead_unique on job (kind, unique_key)
    where state = 'dead' and unique_key is not null;
