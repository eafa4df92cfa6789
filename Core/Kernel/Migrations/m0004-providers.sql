-- One configured row of a provider module. Everything that it made stays with it for life.
create table provider_instance (
    id uuid primary key,
    kind text not null check (kind in ('payment', 'shipping', 'tax')),
    module_key text not null,
    name text not null check (length(name) between 1 and 80),
    mode text not null default 'sandbox' check (mode in ('sandbox', 'live')),
    state text not null default 'draft'
        check (state in ('draft', 'active', 'paused', 'draining', 'retired')),
    -- fields that are not secret, as the module's descriptor lists them
    settings jsonb not null default '{}',
    -- AES-256-GCM of the secret fields' JSON, bound to this row's id: nonce, ciphertext, tag
    secrets bytea,
    -- those before the last change: webhooks signed with them are still accepted
    previous_secrets bytea,
    secrets_key_id text,
    configuration_version integer not null default 1,
    -- when a payment's shares are captured: with the order, or each at its shipment
    capture text not null default 'at_order' check (capture in ('at_order', 'at_shipment')),
    created_at timestamptz not null default now(),
    constraint provider_instance_name_key unique (kind, name)
);

-- Each step of an instance's life.
create table provider_instance_event (
    id bigint generated always as identity primary key,
    instance_id uuid not null references provider_instance,
    from_state text,
    to_state text not null,
    reason text,
    actor_id uuid references account,
    at timestamptz not null default now()
);
create index provider_instance_event_instance on provider_instance_event (instance_id, id);

-- Which instance serves a new checkout: the first rule in order that fits.
create table provider_rule (
    id uuid primary key,
    kind text not null check (kind in ('payment', 'shipping', 'tax')),
    position integer not null,
    instance_id uuid not null references provider_instance,
    currency currency_code,
    country text check (country ~ '^[A-Z]{2}$'),
    amount_min minor_units,
    amount_max minor_units,
    seller_id uuid references seller,
    -- share of the traffic that fits, in parts per million; the rest goes on to the next rule
    share_ppm integer not null default 1000000 check (share_ppm between 0 and 1000000),
    created_at timestamptz not null default now(),
    constraint provider_rule_position unique (kind, position) deferrable initially deferred
);

create function providers_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('providers', '');
    return null;
end $$;
create trigger provider_instance_changed after insert or update or delete on provider_instance
    for each statement execute function providers_changed();
create trigger provider_rule_changed after insert or update or delete on provider_rule
    for each statement execute function providers_changed();
