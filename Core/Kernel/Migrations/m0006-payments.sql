-- The customer's money for a purchase at one provider instance, which it keeps for life.
create table payment (
    id uuid primary key,
    purchase_id uuid not null references purchase,
    instance_id uuid not null references provider_instance,
    -- of the instance's ways to pay, the one that the customer chose
    method text not null,
    amount minor_units not null check (amount > 0),
    currency currency_code not null,
    state text not null default 'created' check (state in ('created', 'requires_action',
        'processing', 'unknown', 'authorized', 'captured', 'failed', 'voided', 'late')),
    -- late: money came after the purchase was over, and is on its way back
    -- absolute totals of the newest snapshot
    authorized minor_units not null default 0,
    captured minor_units not null default 0,
    refunded minor_units not null default 0,
    -- the snapshot's version: an older one changes nothing
    version bigint not null default 0,
    -- the provider's own id of it
    reference text,
    -- where to send the customer next, as the module gave it
    next_action jsonb,
    failure_code text,
    failure_message text,
    capture text not null default 'at_order' check (capture in ('at_order', 'at_shipment')),
    mode text not null default 'sandbox' check (mode in ('sandbox', 'live')),
    created_at timestamptz not null default now(),
    constraint payment_reference_key unique (instance_id, reference),
    constraint payment_bounds check (0 <= refunded and refunded <= captured
        and captured <= amount and authorized <= amount)
);
create unique index payment_one_live on payment (purchase_id)
    where state in ('created', 'requires_action', 'processing', 'unknown', 'authorized', 'captured');
create index payment_instance_open on payment (instance_id, id)
    where state in ('created', 'requires_action', 'processing', 'unknown', 'authorized');
create index payment_purchase on payment (purchase_id, id);
create index payment_by_reference on payment (reference) where reference is not null;
create index payment_instance on payment (instance_id, id desc);

-- One order's part of a payment; the parts add up to it.
create table payment_share (
    payment_id uuid not null references payment,
    order_id uuid not null references orders,
    amount minor_units not null check (amount >= 0),
    captured minor_units not null default 0,
    refunded minor_units not null default 0,
    primary key (payment_id, order_id),
    constraint payment_share_bounds check (0 <= refunded and refunded <= captured
        and captured <= amount)
);
create index payment_share_order on payment_share (order_id);

-- One thing asked of a provider. Its id is the idempotency key; written before the call.
create table payment_attempt (
    id uuid primary key,
    payment_id uuid not null references payment,
    kind text not null check (kind in ('start', 'capture', 'void', 'refund')),
    order_id uuid references orders,
    refund_id uuid,
    amount minor_units not null check (amount >= 0),
    state text not null default 'intent'
        check (state in ('intent', 'sent', 'succeeded', 'declined', 'failed', 'unknown')),
    tries integer not null default 0,
    next_try_at timestamptz not null default now(),
    error text,
    created_at timestamptz not null default now(),
    settled_at timestamptz
);
create index payment_attempt_payment on payment_attempt (payment_id, id);
create index payment_attempt_open on payment_attempt (next_try_at)
    where state in ('intent', 'sent', 'unknown');
-- an order's share is captured once, an order is voided once
create unique index payment_attempt_capture_once on payment_attempt (payment_id, order_id)
    where kind = 'capture' and state in ('intent', 'sent', 'succeeded', 'unknown');

-- Money back to the customer for one order.
create table refund (
    id uuid primary key,
    payment_id uuid not null references payment,
    order_id uuid not null references orders,
    amount minor_units not null check (amount > 0),
    currency currency_code not null,
    reason text not null check (length(reason) between 1 and 500),
    state text not null default 'pending'
        check (state in ('pending', 'unknown', 'succeeded', 'failed')),
    reference text,
    failure text,
    requested_by uuid references account,
    requested_at timestamptz not null default now(),
    settled_at timestamptz
);
create index refund_order on refund (order_id, id);
create unique index refund_one_open on refund (order_id) where state in ('pending', 'unknown');
create index refund_open on refund (payment_id) where state in ('pending', 'unknown');

-- What a provider told us: stored before it is answered, applied by a job.
create table webhook_inbox (
    instance_id uuid not null references provider_instance,
    event_id text not null check (length(event_id) between 1 and 200),
    kind text not null,
    headers jsonb not null default '{}',
    body bytea not null check (length(body) <= 262144),
    state text not null default 'new' check (state in ('new', 'done', 'ignored', 'failed')),
    error text,
    received_at timestamptz not null default now(),
    done_at timestamptz,
    primary key (instance_id, event_id)
);
create index webhook_inbox_new on webhook_inbox (received_at) where state = 'new';
create index webhook_inbox_failed on webhook_inbox (received_at) where state = 'failed';
