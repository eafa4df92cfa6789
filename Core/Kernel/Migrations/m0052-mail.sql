-- E-mail on its way out: written with what it tells of, sent by the worker.
create table mail (
    id uuid primary key,
    notification_id bigint references notification on delete set null,
    topic text not null,
    recipient text not null check (length(recipient) between 3 and 320),
    subject text not null,
    -- the words, as the back office shows them
    body text not null,
    -- RFC 5322, as it is handed over
    message text not null,
    -- kept: there was no server to send it by
    state text not null check (state in ('kept', 'waiting', 'sent', 'failed')),
    tries integer not null default 0 check (tries >= 0),
    next_at timestamptz,
    error text,
    created_at timestamptz not null default clock_timestamp(),
    sent_at timestamptz,
    constraint mail_once unique (notification_id),
    check ((state = 'waiting') = (next_at is not null)),
    check ((state = 'sent') = (sent_at is not null))
);
create index mail_due on mail (next_at) where state = 'waiting';
create index mail_state on mail (state, id desc);
create index mail_created on mail (created_at);

-- Whether a notice was looked at for a letter; nobody is written to of what happened before.
alter table notification add column is_mailed boolean not null default true;
alter table notification alter column is_mailed set default false;
create index notification_unmailed on notification (id) where not is_mailed;
