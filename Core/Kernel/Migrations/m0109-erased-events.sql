-- Of whom something is still to be told is found when they are erased.
create index outbox_event_account on outbox_event (account_id) where account_id is not null;
