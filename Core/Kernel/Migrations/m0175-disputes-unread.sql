-- All disputes that nobody could make sense of, the newest first, whoever's they are.
create index dispute_quarantine_all on dispute_quarantine (first_seen_at, instance_id, reference);
