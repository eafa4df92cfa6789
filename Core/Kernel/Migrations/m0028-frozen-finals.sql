-- Whether a capture was sent as the last one: a provider refuses a key whose request has changed.
alter table payment_attempt add column is_final boolean;

-- What an account bought opens for that account only, not for the browser that it was bought with.
update checkout set guest_token_hash = null
where account_id is not null and guest_token_hash is not null;
update purchase set guest_token_hash = null
where account_id is not null and guest_token_hash is not null;
create index checkout_guest on checkout (guest_token_hash)
    where state = 'open' and guest_token_hash is not null;

-- How many bytes of pictures a seller has stored, so that nobody fills the disk.
create table seller_storage (
    seller_id uuid primary key references seller,
    bytes bigint not null default 0 check (bytes >= 0)
);

-- What webhooks name, and what the sweeps look for.
create index refund_payment_reference on refund (payment_id, reference) where reference is not null;
create index variant_image on variant (image_id) where image_id is not null;
create index job_buried on job (finished_at) where state = 'dead';
create index webhook_inbox_over on webhook_inbox (received_at) where state <> 'new';
create index outbox_event_age on outbox_event (at);
create index notification_age on notification (at);
