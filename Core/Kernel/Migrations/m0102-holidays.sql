-- When a shop rests. While is_on, nothing of it is for sale, or, where it stays open, what is ordered
-- leaves when it is over. Open orders go on.
create table seller_holiday (
    seller_id uuid primary key references seller,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    -- what customers read on the shop's page
    note text not null default '' check (length(note) <= 500),
    is_on boolean not null default false,
    stays_open boolean not null default false,
    constraint seller_holiday_span check (starts_at < ends_at)
);
create index seller_holiday_start on seller_holiday (starts_at) where not is_on;
create index seller_holiday_end on seller_holiday (ends_at) where is_on;

create function seller_sells(seller uuid, state text) returns boolean language sql stable as $$
    select state = 'verified'
        and not exists (select from seller_holiday where seller_id = seller and is_on and not stays_open)
$$;

-- A listing is for sale when it is published and its seller is verified and not on holiday.
create or replace function listing_for_sale_refresh() returns trigger language plpgsql as $$
begin
    new.for_sale := false;
    if new.state = 'published' then
        -- the lock waits for a suspension or a holiday that could not see this row
        perform from seller where id = new.seller_id and state = 'verified' for share;
        if found then
            new.for_sale := seller_sells(new.seller_id, 'verified');
        end if;
    end if;
    return new;
end $$;

create or replace function seller_for_sale_refresh() returns trigger language plpgsql as $$
declare
    sells boolean := seller_sells(new.id, new.state);
begin
    update listing set for_sale = state = 'published' and sells, version = version + 1
    where seller_id = new.id and for_sale is distinct from (state = 'published' and sells);
    perform pg_notify('sellers', new.id::text);
    return null;
end $$;

-- Whoever changes a holiday holds the seller's row.
create function holiday_for_sale_refresh() returns trigger language plpgsql as $$
declare
    owner uuid := coalesce(new.seller_id, old.seller_id);
    sells boolean := seller_sells(owner, (select state from seller where id = owner));
begin
    update listing set for_sale = state = 'published' and sells, version = version + 1
    where seller_id = owner and for_sale is distinct from (state = 'published' and sells);
    perform pg_notify('sellers', owner::text);
    return null;
end $$;
create trigger holiday_for_sale_refresh after insert or update or delete on seller_holiday
    for each row execute function holiday_for_sale_refresh();
