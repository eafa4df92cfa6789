-- Administrators are told, too: of what went wrong and only they can settle.
alter table outbox_event add column for_administrators boolean not null default false;
alter table notification drop constraint notification_audience_check;
alter table notification add constraint notification_audience_check
    check (audience in ('customer', 'seller', 'administrator'));

-- What a provider refused to take is looked for by the back office's first page.
create index payment_attempt_refused on payment_attempt (payment_id)
    where kind = 'capture' and state = 'failed';
