/// What must hold of refunds and commission.
extension LedgerCheckStore {
    static let refundChecks = [
        Check(
            claim: "Every refund is the sum of its parts and its goodwill",
            culprits: """
                select 'refund ' || refund.id || ' is ' || refund.amount || ', its parts are '
                    || coalesce(parts.total, 0) || ' and its goodwill ' || refund.goodwill
                from refund left join lateral (
                    select sum(seller_share + commission + commission_vat + tax_by_platform)
                        as total
                    from refund_part where refund_id = refund.id
                ) parts on true
                where kind <> 'stray' and refund.amount <> coalesce(parts.total, 0) + goodwill
                """),
        Check(
            claim: "No refunds together take back more of a part than was frozen",
            culprits: """
                select 'part ' || part.part || ' of order ' || orders.number
                from order_part part
                join orders on orders.id = part.order_id
                join (
                    select order_id, part, sum(quantity) as quantity,
                        sum(seller_share) as seller_share, sum(commission) as commission,
                        sum(commission_vat) as commission_vat,
                        sum(tax_by_platform) as tax_by_platform
                    from refund_part join refund on refund.id = refund_id
                    where refund.state <> 'failed' group by order_id, part
                ) gone on gone.order_id = part.order_id and gone.part = part.part
                where gone.quantity > part.quantity or gone.seller_share > part.seller_share
                    or gone.commission > part.commission
                    or gone.commission_vat > part.commission_vat
                    or gone.tax_by_platform > part.tax_by_platform
                """),
        Check(
            claim: "What is claimed of a share is the sum of its open refunds",
            culprits: """
                select 'order ' || orders.number || ' has ' || share.refund_claimed
                    || ' claimed, its open refunds are ' || coalesce(open.amount, 0)
                from payment_share share join orders on orders.id = share.order_id
                left join (
                    select payment_id, order_id, sum(amount) as amount from refund
                    where state in ('pending', 'unknown') group by payment_id, order_id
                ) open on open.payment_id = share.payment_id and open.order_id = share.order_id
                where share.refund_claimed <> coalesce(open.amount, 0)
                """),
        Check(
            claim: "What went back of a share is the sum of its refunds that succeeded",
            culprits: """
                select 'order ' || orders.number || ' has ' || share.refunded
                    || ' refunded, its refunds are ' || coalesce(done.amount, 0)
                from payment_share share join orders on orders.id = share.order_id
                left join (
                    select payment_id, order_id, sum(amount) as amount from refund
                    where state = 'succeeded' group by payment_id, order_id
                ) done on done.payment_id = share.payment_id and done.order_id = share.order_id
                where share.refunded <> coalesce(done.amount, 0)
                """),
        Check(
            claim: "What was called off of a share was not sold, and is what its parts say",
            culprits: """
                select 'order ' || orders.number || ' has ' || share.called_off
                    || ' called off, its parts come to ' || coalesce(off.amount, 0)
                from payment_share share join orders on orders.id = share.order_id
                left join (
                    select payment_id, order_id, sum(amount) as amount from refund
                    where state = 'called_off' group by payment_id, order_id
                ) off on off.payment_id = share.payment_id and off.order_id = share.order_id
                where share.called_off <> coalesce(off.amount, 0)
                    or (share.captured > share.amount - share.called_off and not share.is_late)
                """),
        Check(
            claim: "Every refund in the books takes back what its parts say",
            culprits: """
                select 'refund ' || refund.id
                from refund
                join lateral (
                    select sum(commission) as commission, sum(commission_vat) as vat,
                        sum(tax_by_platform) as tax, sum(seller_share) as share
                    from refund_part where refund_id = refund.id
                ) parts on true
                join lateral (
                    select
                        -sum(amount) filter (where account.kind = 'commission') as commission,
                        -sum(amount) filter (where account.kind = 'commission_vat') as vat,
                        -sum(amount) filter (where account.kind = 'tax_payable') as tax,
                        -sum(amount) filter (where account.kind = 'goodwill') as goodwill,
                        -sum(amount) filter (where account.kind in ('seller_pending',
                            'seller_available', 'seller_frozen', 'seller_reserve',
                            'seller_debt')) as share
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.key = 'refund:' || refund.id
                ) booked on true
                join payment on payment.id = refund.payment_id and not payment.is_direct
                where refund.state = 'succeeded' and refund.kind <> 'stray'
                    and (coalesce(parts.commission, 0) <> coalesce(booked.commission, 0)
                        or coalesce(parts.vat, 0) <> coalesce(booked.vat, 0)
                        or coalesce(parts.tax, 0) <> coalesce(booked.tax, 0)
                        or coalesce(parts.share, 0) <> coalesce(booked.share, 0)
                        or refund.goodwill <> coalesce(booked.goodwill, 0))
                """),
        Check(
            claim: "An order whose money all went back keeps no commission and no tax",
            culprits: """
                select 'order ' || orders.number || ' keeps ' || sum(entry.amount) || ' of '
                    || account.kind
                from payment_share share
                join payment on payment.id = share.payment_id and payment.state = 'captured'
                join orders on orders.id = share.order_id
                join ledger_entry entry on entry.order_id = orders.id
                join ledger_account account on account.id = entry.account_id
                where share.captured > 0 and share.refunded = share.captured
                    and account.kind in ('commission', 'commission_vat', 'tax_payable')
                    and not exists (
                        select from refund where refund.order_id = orders.id
                            and refund.kind = 'goodwill' and refund.funded_by = 'platform'
                            and refund.state = 'succeeded')
                group by orders.id, account.kind having sum(entry.amount) <> 0
                """),
    ]

    static let commissionChecks = [
        Check(
            claim: "Of every direct sale the seller owes what was frozen, less what went back",
            culprits: """
                select 'order ' || orders.number || ' owes ' || -coalesce(booked.owed, 0)
                from payment
                join payment_share share on share.payment_id = payment.id
                join orders on orders.id = share.order_id
                left join lateral (
                    select sum(amount) as owed
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where entry.order_id = orders.id and account.kind = 'seller_receivable'
                ) booked on true
                left join lateral (
                    select sum(part.commission + part.commission_vat + part.tax_by_platform)
                        as gone
                    from refund join refund_part part on part.refund_id = refund.id
                    where refund.order_id = orders.id and refund.state = 'succeeded'
                ) back on true
                where payment.is_direct and payment.state = 'captured' and share.captured > 0
                    and -coalesce(booked.owed, 0) <> orders.commission + orders.commission_vat
                        + orders.tax_by_platform - coalesce(back.gone, 0)
                """),
        Check(
            claim: "Of a direct sale the platform holds nothing",
            culprits: """
                select 'order ' || orders.number
                from payment
                join payment_share share on share.payment_id = payment.id
                join orders on orders.id = share.order_id
                join ledger_entry entry on entry.order_id = orders.id
                join ledger_account account on account.id = entry.account_id
                where payment.is_direct and account.kind in ('provider_clearing',
                    'seller_pending', 'seller_available', 'seller_frozen', 'seller_reserve',
                    'seller_paying')
                group by orders.id
                """),
        Check(
            claim: "Every commission invoice is the sum of its lines, and none is missing",
            culprits: """
                select 'invoice ' || invoice.number
                from commission_invoice invoice join lateral (
                    select sum(commission) as commission, sum(commission_vat) as vat,
                        sum(tax_by_platform) as tax
                    from commission_invoice_line line where line.invoice_id = invoice.id
                ) sums on true
                where invoice.commission is distinct from sums.commission
                    or invoice.commission_vat is distinct from sums.vat
                    or invoice.tax_by_platform is distinct from sums.tax
                union all
                select 'numbers up to ' || max(number) || ' of ' || count(*) || ' invoices'
                from commission_invoice having max(number) <> count(*)
                """),
        Check(
            claim: "Of every direct sale, what is invoiced and what is to be is what the books say",
            culprits: """
                select 'order ' || orders.number || ' is to be charged '
                    || coalesce(booked.total, 0) || ', invoiced is ' || coalesce(billed.total, 0)
                    || ', to be invoiced ' || coalesce(waiting.total, 0)
                from payment
                join payment_share share on share.payment_id = payment.id
                join orders on orders.id = share.order_id
                cross join lateral (
                    select sum(amount) as total,
                        sum(amount) filter (where account.kind = 'commission') as commission,
                        sum(amount) filter (where account.kind = 'commission_vat') as vat
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where entry.order_id = orders.id
                        and account.kind in ('commission', 'commission_vat', 'tax_payable')
                ) booked
                cross join lateral (
                    select sum(commission + commission_vat + tax_by_platform) as total,
                        sum(commission) as commission, sum(commission_vat) as vat
                    from commission_invoice_line line where line.order_id = orders.id
                ) billed
                cross join lateral (
                    select sum(commission + commission_vat + tax_by_platform) as total,
                        sum(commission) as commission, sum(commission_vat) as vat
                    from unbilled_charge charge where charge.order_id = orders.id
                ) waiting
                where payment.is_direct and (
                    coalesce(booked.total, 0)
                        <> coalesce(billed.total, 0) + coalesce(waiting.total, 0)
                    or coalesce(booked.commission, 0)
                        <> coalesce(billed.commission, 0) + coalesce(waiting.commission, 0)
                    or coalesce(booked.vat, 0)
                        <> coalesce(billed.vat, 0) + coalesce(waiting.vat, 0))
                """),
        Check(
            claim: "No direct sale from before the end of its seller's newest invoice is on none",
            culprits: """
                select 'order ' || orders.number || ' was booked at ' || sale.booked_at
                from payment
                join payment_share share on share.payment_id = payment.id
                join orders on orders.id = share.order_id
                join ledger_transaction sale on sale.key = 'sale:' || orders.id
                cross join lateral (
                    select (max(month) + interval '1 month') at time zone 'UTC' as until
                    from commission_invoice invoice
                    where invoice.seller_id = orders.seller_id
                        and invoice.currency = orders.currency
                ) invoiced
                cross join lateral (
                    select sum(amount) as owed
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where entry.order_id = orders.id and account.kind = 'seller_receivable'
                ) booked
                where payment.is_direct and sale.booked_at < invoiced.until and booked.owed < 0
                    and not exists (
                        select from commission_invoice_line line
                        where line.order_id = orders.id)
                """),
        Check(
            claim: "Every payment of an invoice is in the books, and no more than the invoice",
            culprits: """
                select 'invoice payment ' || payment.id || ' of ' || payment.amount
                    || ', the books have ' || coalesce(booked.amount::text, 'nothing')
                from invoice_payment payment left join lateral (
                    select sum(entry.amount) as amount
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.key = 'invoice-payment:' || payment.id
                        and account.kind = 'seller_receivable'
                        and account.currency = payment.currency
                ) booked on true
                where booked.amount is distinct from payment.amount::numeric
                union all
                select 'invoice ' || invoice.number || ' was paid ' || sum(payment.amount)
                from commission_invoice invoice
                join invoice_payment payment on payment.invoice_id = invoice.id
                group by invoice.id
                having sum(payment.amount) > invoice.commission + invoice.commission_vat
                    + invoice.tax_by_platform
                """),
        Check(
            claim: "Every order's commission and its VAT are the sums of its parts",
            culprits: """
                select 'order ' || orders.number || ' keeps ' || orders.commission || ' and '
                    || orders.commission_vat || ', its parts ' || parts.commission || ' and '
                    || parts.vat
                from orders join lateral (
                    select sum(part.commission) as commission, sum(part.commission_vat) as vat,
                        sum(part.seller_share) as share, sum(part.tax_by_platform) as tax
                    from order_part part where part.order_id = orders.id
                ) parts on true
                where orders.commission <> parts.commission or orders.commission_vat <> parts.vat
                    or orders.seller_share <> parts.share or orders.tax_by_platform <> parts.tax
                """),
        Check(
            claim: "No part of an order keeps more than it brings",
            culprits: """
                select 'part ' || part.part || ' of order ' || orders.number
                from order_part part join orders on orders.id = part.order_id
                where part.seller_share < 0
                """),
    ]
}
