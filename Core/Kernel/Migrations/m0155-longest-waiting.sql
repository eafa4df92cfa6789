-- When a seller sent the application in the last time: who waits longest is looked at first.
alter table seller add column submitted_at timestamptz;
update seller s set submitted_at = (
    select max(t.at) from seller_transition t
    where t.seller_id = s.id and t.to_state = 'submitted');
create index seller_waiting on seller (coalesce(submitted_at, created_at), id)
    where state = 'submitted';
