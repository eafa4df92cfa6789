-- A provider remembers a key from the call on that first came with it, not from our writing it
-- down; and a capture that did nothing and is forgotten is asked for under another key.
alter table payment_attempt
    add column first_sent_at timestamptz,
    add column key_number smallint not null default 1 check (key_number between 1 and 1000);
update payment_attempt set first_sent_at = created_at where state in ('sent', 'unknown');
