-- The parts of an order that money goes back for: its lines, and its shipping as part 0. The four
-- amounts are what was frozen at placement, and add up to what the customer paid for the part.
create view order_part as
select l.order_id, l.line as part, l.id as order_line_id, l.quantity,
    (l.total + l.tax_on_top - l.tax_by_platform - l.commission - l.commission_vat)::bigint
        as seller_share,
    l.commission::bigint as commission, l.commission_vat::bigint as commission_vat,
    l.tax_by_platform::bigint as tax_by_platform
from order_line l
union all
select o.id, 0::smallint, null, 1,
    (o.shipping_total + o.tax_total - lines.on_top - (o.tax_by_platform - lines.by_platform)
        - o.shipping_commission - o.shipping_commission_vat)::bigint,
    o.shipping_commission::bigint, o.shipping_commission_vat::bigint,
    (o.tax_by_platform - lines.by_platform)::bigint
from orders o cross join lateral (
    select coalesce(sum(tax_on_top), 0) as on_top, coalesce(sum(tax_by_platform), 0) as by_platform
    from order_line where order_id = o.id
) lines;

alter table refund
    -- stray: money that came for an order that was over, and that was never sold
    add column kind text not null default 'whole'
        check (kind in ('whole', 'lines', 'amount', 'goodwill', 'stray')),
    -- who pays goodwill
    add column funded_by text check (funded_by in ('platform', 'seller')),
    -- what the platform adds of its own; below zero, what it takes back of that
    add column goodwill minor_units not null default 0,
    -- the refund that failed before
    add column retries uuid references refund,
    add constraint refund_funded check ((kind = 'goodwill') = (funded_by is not null));
update refund set kind = 'stray' from payment
where payment.id = refund.payment_id and exists (
    select from ledger_transaction where key = 'stray:' || payment.id);
drop index refund_one_open;
create index refund_open_order on refund (order_id) where state in ('pending', 'unknown');
create index refund_failed on refund (id) where state = 'failed';
create unique index refund_retried_once on refund (retries) where retries is not null;

-- What a refund takes back of each part. It adds up to the refund, less the goodwill.
create table refund_part (
    refund_id uuid not null references refund,
    part smallint not null,
    order_line_id uuid references order_line,
    -- pieces that it is for; none for a part of the price
    quantity integer not null default 0 check (quantity >= 0),
    seller_share minor_units not null check (seller_share >= 0),
    commission minor_units not null check (commission >= 0),
    commission_vat minor_units not null check (commission_vat >= 0),
    tax_by_platform minor_units not null check (tax_by_platform >= 0),
    primary key (refund_id, part)
);
insert into refund_part
select r.id, p.part, p.order_line_id, p.quantity, p.seller_share, p.commission, p.commission_vat,
    p.tax_by_platform
from refund r join order_part p on p.order_id = r.order_id where r.kind = 'whole';
create trigger refund_part_append_only before update or delete on refund_part
    for each row execute function refuse_change();

-- An amount is claimed before the provider is asked for it, so that no two refunds ask for one.
alter table payment_share add column refund_claimed minor_units not null default 0;
update payment_share s set refund_claimed = open.amount
from (
    select payment_id, order_id, sum(amount) as amount from refund
    where state in ('pending', 'unknown') group by payment_id, order_id
) open
where open.payment_id = s.payment_id and open.order_id = s.order_id;
alter table payment_share
    drop constraint payment_share_bounds,
    add constraint payment_share_bounds check (0 <= refunded and 0 <= refund_claimed
        and refunded + refund_claimed <= captured and captured <= amount);

alter table ledger_account
    drop constraint ledger_account_kind_check,
    add constraint ledger_account_kind_check check (kind in ('provider_clearing', 'seller_pending',
        'seller_available', 'seller_paying', 'seller_debt', 'seller_receivable', 'commission',
        'commission_vat', 'tax_payable', 'goodwill', 'suspense'));

-- Since when a seller owes us, and since when it is restricted for that.
alter table seller
    add column in_debt_since timestamptz,
    add column restricted_at timestamptz;
create index seller_in_debt on seller (in_debt_since) where in_debt_since is not null;
-- what any seller owes, without looking at every account
create index ledger_account_owed on ledger_account (id)
    where kind in ('seller_debt', 'seller_receivable');
