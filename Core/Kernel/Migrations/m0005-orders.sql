-- A cart that someone is paying for: prices pinned, stock held, until it expires.
create table checkout (
    id uuid primary key,
    account_id uuid references account,
    -- who may see it without an account: SHA-256 of a random token
    guest_token_hash bytea,
    email text not null check (length(email) between 3 and 254),
    currency currency_code not null,
    -- an Address as JSON
    address jsonb not null,
    state text not null default 'open' check (state in ('open', 'placed', 'expired')),
    items_total minor_units not null check (items_total >= 0),
    shipping_total minor_units not null default 0,
    -- tax that is added to the prices; what is already in them is in tax_included
    tax_total minor_units not null default 0,
    tax_included minor_units not null default 0,
    total minor_units not null,
    -- tax lines as the module gave them
    tax_lines jsonb not null default '[]',
    tax_instance_id uuid references provider_instance,
    -- the tax lines are those of the present address and shipping
    taxed boolean not null default false,
    -- counts the changes; a change that was computed from an older one is refused
    version integer not null default 1,
    expires_at timestamptz not null,
    created_at timestamptz not null default now(),
    check (account_id is not null or guest_token_hash is not null)
);
create index checkout_account on checkout (account_id, id desc) where account_id is not null;
create index checkout_expiry on checkout (expires_at) where state = 'open';

-- Everything of one wallet in a checkout: it becomes one order, shipped by one seller.
create table checkout_parcel (
    checkout_id uuid not null references checkout,
    parcel smallint not null,
    seller_id uuid not null references seller,
    wallet_id uuid not null references wallet,
    -- options as the shipping module gave them
    options jsonb not null default '[]',
    -- the code of the chosen option
    chosen text,
    shipping_price minor_units check (shipping_price >= 0),
    shipping_instance_id uuid references provider_instance,
    -- the options are those of the present address; none means that nothing goes there
    quoted boolean not null default false,
    primary key (checkout_id, parcel),
    constraint checkout_parcel_wallet_key unique (checkout_id, wallet_id)
);

create table checkout_line (
    checkout_id uuid not null references checkout,
    line smallint not null,
    parcel smallint not null,
    variant_id uuid not null references variant,
    listing_id uuid not null references listing,
    quantity integer not null check (quantity between 1 and 999),
    unit_price minor_units not null check (unit_price >= 0),
    title text not null,
    sku text,
    options_text text not null default '',
    image_hash bytea,
    grams integer not null default 0,
    category_path uuid[] not null default '{}',
    tax_code text not null default 'standard',
    requires_shipping boolean not null default true,
    primary key (checkout_id, line),
    foreign key (checkout_id, parcel) references checkout_parcel
);

-- Stock that a checkout holds. Released by the worker, and by whoever reads it after its time.
create table reservation (
    checkout_id uuid not null references checkout,
    variant_id uuid not null references variant,
    quantity integer not null check (quantity between 1 and 999),
    state text not null default 'held' check (state in ('held', 'committed', 'released')),
    expires_at timestamptz not null,
    primary key (checkout_id, variant_id)
);
create index reservation_expiry on reservation (expires_at) where state = 'held';
create index reservation_variant on reservation (variant_id, expires_at) where state = 'held';

-- Holds stock for a checkout: all of it, or none and an error that names the first that is short.
-- Rows are taken in ascending order, so that two checkouts never wait for each other.
create function reserve_stock(
    p_checkout uuid, p_variants uuid[], p_quantities integer[], p_expires timestamptz
) returns void language plpgsql as $$
declare
    wanted record;
begin
    insert into reservation (checkout_id, variant_id, quantity, expires_at)
    select p_checkout, t.variant_id, t.quantity, p_expires
    from unnest(p_variants, p_quantities) t(variant_id, quantity);
    for wanted in
        select t.variant_id, t.quantity
        from unnest(p_variants, p_quantities) t(variant_id, quantity)
        order by t.variant_id
    loop
        update stock_level set reserved = reserved + wanted.quantity
        where variant_id = wanted.variant_id and on_hand - reserved >= wanted.quantity;
        if not found then
            raise exception 'too little stock of %', wanted.variant_id
                using errcode = '23514', constraint = 'stock_level_short';
        end if;
    end loop;
end $$;

-- Gives back what a checkout holds. Twice changes nothing.
create function release_stock(p_checkout uuid) returns void language plpgsql as $$
declare
    held record;
begin
    for held in
        update reservation set state = 'released'
        where checkout_id = p_checkout and state = 'held'
        returning variant_id, quantity
    loop
        update stock_level set reserved = reserved - held.quantity
        where variant_id = held.variant_id;
    end loop;
end $$;

-- A paid purchase takes out of stock what its checkout held. Every line must still be held.
create function take_stock(p_checkout uuid, p_purchase uuid) returns void
language plpgsql as $$
declare
    held record;
    lines integer;
    taken integer := 0;
begin
    insert into stock_movement (variant_id, delta, cause, order_id)
    select l.variant_id, -l.quantity, 'sale', l.order_id
    from orders o join order_line l on l.order_id = o.id
    where o.purchase_id = p_purchase
    order by l.variant_id;
    get diagnostics lines = row_count;
    update reservation set state = 'committed'
    where checkout_id = p_checkout and state = 'held';
    for held in
        select variant_id, quantity from reservation
        where checkout_id = p_checkout and state = 'committed'
        order by variant_id
    loop
        update stock_level
        set on_hand = on_hand - held.quantity, reserved = reserved - held.quantity
        where variant_id = held.variant_id;
        taken := taken + 1;
    end loop;
    if taken <> lines then
        raise exception 'purchase % no longer holds its stock', p_purchase
            using errcode = '23514', constraint = 'reservation_gone';
    end if;
end $$;

-- A cancelled order's things are for sale again, once.
create function return_stock(p_order uuid) returns void language plpgsql as $$
declare
    returned record;
begin
    for returned in
        insert into stock_movement (variant_id, delta, cause, order_id)
        select variant_id, quantity - shipped, 'cancellation', order_id
        from order_line where order_id = p_order and quantity > shipped
        order by variant_id
        on conflict (order_id, variant_id, cause) where order_id is not null do nothing
        returning variant_id, delta
    loop
        update stock_level set on_hand = on_hand + returned.delta
        where variant_id = returned.variant_id;
    end loop;
end $$;

-- What a customer paid, or is to pay, once.
create table purchase (
    id uuid primary key,
    -- eight letters and digits that can be read over a telephone
    number text not null,
    checkout_id uuid not null references checkout,
    account_id uuid references account,
    guest_token_hash bytea,
    email text not null,
    currency currency_code not null,
    address jsonb not null,
    state text not null default 'awaiting_payment'
        check (state in ('awaiting_payment', 'paid', 'cancelled')),
    total minor_units not null check (total >= 0),
    placed_at timestamptz not null default now(),
    paid_at timestamptz,
    expires_at timestamptz not null,
    constraint purchase_checkout_key unique (checkout_id),
    constraint purchase_number_key unique (number)
);
create index purchase_account on purchase (account_id, id desc) where account_id is not null;
create index purchase_email on purchase (email, id desc);
create index purchase_state on purchase (state, id desc);
create index purchase_unpaid on purchase (expires_at) where state = 'awaiting_payment';

-- One wallet's part of a purchase.
create table orders (
    id uuid primary key,
    number text not null,
    purchase_id uuid not null references purchase,
    seller_id uuid not null references seller,
    wallet_id uuid not null references wallet,
    state text not null default 'awaiting_payment' check (state in
        ('awaiting_payment', 'paid', 'partly_shipped', 'shipped', 'delivered', 'cancelled')),
    currency currency_code not null,
    items_total minor_units not null check (items_total >= 0),
    shipping_total minor_units not null check (shipping_total >= 0),
    -- tax on top of the prices
    tax_total minor_units not null check (tax_total >= 0),
    -- tax inside the prices
    tax_included minor_units not null default 0 check (tax_included >= 0),
    -- of all tax, what the platform itself hands to the state; the rest is the seller's to hand in
    tax_by_platform minor_units not null default 0 check (tax_by_platform >= 0),
    total minor_units not null,
    -- frozen at placement, with its explanation on the lines
    commission minor_units not null check (commission >= 0),
    -- what the wallet gets: total - tax_by_platform - commission
    seller_share minor_units not null,
    shipping_code text,
    shipping_name text not null default '',
    shipping_instance_id uuid references provider_instance,
    hold_days integer not null,
    placed_at timestamptz not null default now(),
    paid_at timestamptz,
    shipped_at timestamptz,
    delivered_at timestamptz,
    -- when its money becomes available; set at delivery
    hold_until timestamptz,
    released_at timestamptz,
    cancelled_at timestamptz,
    -- who rated the seller for this order, once: see review.sql
    constraint orders_purchase_wallet_key unique (purchase_id, wallet_id),
    constraint orders_number_key unique (number),
    constraint orders_total check (total = items_total + shipping_total + tax_total),
    constraint orders_share check (seller_share = total - tax_by_platform - commission)
);
create index orders_seller on orders (seller_id, id desc);
create index orders_seller_state on orders (seller_id, state, id desc);
create index orders_state on orders (state, id desc);
-- what nobody said has arrived
create index orders_on_the_way on orders (shipped_at) where state = 'shipped';
create index orders_hold on orders (hold_until)
    where released_at is null and hold_until is not null;

create table order_line (
    id uuid primary key,
    order_id uuid not null references orders,
    line smallint not null,
    listing_id uuid not null references listing,
    variant_id uuid not null references variant,
    title text not null,
    sku text,
    options_text text not null default '',
    image_hash bytea,
    quantity integer not null check (quantity > 0),
    unit_price minor_units not null,
    total minor_units not null,
    tax_rate_ppm bigint not null default 0,
    tax_amount minor_units not null default 0,
    tax_included boolean not null default false,
    commission minor_units not null,
    -- which rule, which rate, on what base: shown to the seller, never changed
    commission_rule_id uuid,
    commission_explanation text not null,
    shipped integer not null default 0 check (shipped between 0 and quantity),
    constraint order_line_key unique (order_id, line),
    constraint order_line_total check (total = unit_price * quantity)
);
create index order_line_listing on order_line (listing_id, id desc);

-- What happened to an order: who, when, from, to.
create table order_event (
    id bigint generated always as identity primary key,
    order_id uuid not null references orders,
    at timestamptz not null default clock_timestamp(),
    actor_id uuid references account,
    kind text not null,
    from_state text,
    to_state text,
    note text
);
create index order_event_order on order_event (order_id, id);

create table shipment (
    id uuid primary key,
    order_id uuid not null references orders,
    carrier text not null check (length(carrier) between 1 and 80),
    tracking_number text check (length(tracking_number) between 1 and 80),
    tracking_url text,
    shipped_at timestamptz not null default now()
);
create index shipment_order on shipment (order_id, id);

create table shipment_line (
    shipment_id uuid not null references shipment,
    order_line_id uuid not null references order_line,
    quantity integer not null check (quantity > 0),
    primary key (shipment_id, order_line_id)
);
