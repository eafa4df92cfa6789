-- Commission by listing and price, with a floor and a cap, on shipping, on the net or gross amount,
-- with its own VAT. A rule is drafted, published with the time from which it holds, and ended.
alter table commission_rule
    add column state text not null default 'published' check (state in ('draft', 'published')),
    add column name text not null default '' check (length(name) <= 80),
    add column listing_id uuid references listing,
    -- pieces that cost so much and less than so much
    add column band_currency currency_code,
    add column band_from minor_units check (band_from >= 0),
    add column band_below minor_units,
    -- gross: without the tax that the platform hands on; net: without any tax
    add column base text not null default 'gross' check (base in ('gross', 'net')),
    -- the rate is also taken of the line's part of the shipping
    add column on_shipping boolean not null default false,
    -- for each currency: what is taken of each piece, at least and at most of a line
    add column amounts jsonb not null default '[]',
    add constraint commission_rule_band check (
        (band_currency is null) = (band_from is null)
        and (band_below is null or band_below > band_from));
update commission_rule set amounts = jsonb_build_array(
    jsonb_build_object('currency', fixed_currency, 'fixedPerUnit', fixed_per_unit))
where fixed_per_unit > 0;
update commission_rule set name = 'Standard commission'
where id = '00000000-0000-7000-8000-000000000001';
alter table commission_rule drop column fixed_per_unit, drop column fixed_currency;
create index commission_rule_listing on commission_rule (listing_id)
    where listing_id is not null;

-- A published rule stays what it was: only its end is written, and only once.
create function keep_commission_rule() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and old.state = 'draft' then return old; end if;
    if tg_op = 'UPDATE' and (old.state = 'draft' or (
        to_jsonb(new) - 'effective_until' = to_jsonb(old) - 'effective_until'
        and new.effective_until >= new.effective_from))
    then
        return new;
    end if;
    raise exception 'a published commission rule is not changed' using errcode = '42501';
end $$;
create trigger commission_rule_kept before update or delete on commission_rule
    for each row execute function keep_commission_rule();

-- VAT that the platform owes on its commission, by the seller's country.
create table commission_vat (
    country text primary key check (country ~ '^[A-Z]{2}$'),
    rate_ppm bigint not null check (rate_ppm between 0 and 1000000),
    -- a seller with a VAT number owes it instead
    reverse_charge boolean not null default false,
    changed_by uuid references account,
    changed_at timestamptz not null default market_now()
);

alter table order_line
    add column category_path uuid[] not null default '{}',
    -- tax on top of the line's total
    add column tax_on_top minor_units not null default 0,
    -- of its tax, what the platform itself hands to the state
    add column tax_by_platform minor_units not null default 0,
    add column commission_vat minor_units not null default 0 check (commission_vat >= 0),
    -- why this rule and not the others
    add column commission_reasoning text not null default '';
alter table orders
    -- of the commission, what is taken of the shipping
    add column shipping_commission minor_units not null default 0
        check (shipping_commission >= 0),
    add column shipping_commission_vat minor_units not null default 0
        check (shipping_commission_vat >= 0),
    add column shipping_commission_explanation text not null default '',
    add column commission_vat minor_units not null default 0 check (commission_vat >= 0),
    drop constraint orders_share,
    add constraint orders_share
        check (seller_share = total - tax_by_platform - commission - commission_vat);

-- One country takes all tax of an order, so either the platform hands on all of it or nothing.
update order_line l
set tax_on_top = case when l.tax_included then 0 else l.tax_amount end,
    tax_by_platform = case when o.tax_by_platform > 0 then l.tax_amount else 0 end
from orders o where o.id = l.order_id;
update order_line l set category_path = g.category_path from listing g where g.id = l.listing_id;

-- What was charged stays what it was.
create function keep_charge() returns trigger language plpgsql as $$
begin
    raise exception 'what was charged at placement is not changed' using errcode = '42501';
end $$;
create trigger order_line_charge before update of total, tax_amount, tax_on_top, tax_by_platform,
    commission, commission_vat, commission_rule_id, commission_explanation, commission_reasoning
    on order_line for each row execute function keep_charge();
create trigger orders_charge before update of items_total, shipping_total, tax_total,
    tax_by_platform, total, commission, commission_vat, shipping_commission,
    shipping_commission_vat, seller_share
    on orders for each row execute function keep_charge();
