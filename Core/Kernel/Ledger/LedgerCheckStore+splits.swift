/// How a purchase was divided, and what states say of money that the books must say too.
extension LedgerCheckStore {
    static let splitChecks = [
        Check(
            claim: "Every order is the sum of its lines",
            culprits: """
                select 'order ' || orders.number || ' has things for ' || items_total
                    || ', its lines come to ' || coalesce(sums.total, 0)
                from orders left join (
                    select order_id, sum(total) as total from order_line group by order_id
                ) sums on sums.order_id = orders.id
                where items_total <> coalesce(sums.total, 0)
                """),
        Check(
            claim: "Every payment that is not over is what its purchase comes to",
            culprits: """
                select 'payment ' || payment.id || ' is ' || payment.amount || ', purchase '
                    || purchase.number || ' is ' || purchase.total
                from payment join purchase on purchase.id = payment.purchase_id
                where payment.state in ('authorized', 'captured')
                    and payment.amount <> purchase.total
                """),
        Check(
            claim: "Every share of a payment is what its order comes to",
            culprits: """
                select 'order ' || orders.number || ' is ' || orders.total || ', its share '
                    || share.amount
                from payment_share share join orders on orders.id = share.order_id
                where share.amount <> orders.total
                """),
        Check(
            claim: "What went back of every share is the sum of its refunds",
            culprits: """
                select 'order ' || orders.number || ' had ' || share.refunded
                    || ' given back, its refunds come to ' || coalesce(sums.amount, 0)
                from payment_share share
                join orders on orders.id = share.order_id
                left join (
                    select payment_id, order_id, sum(amount) as amount from refund
                    where state = 'succeeded' group by payment_id, order_id
                ) sums on sums.payment_id = share.payment_id and sums.order_id = share.order_id
                where share.refunded <> coalesce(sums.amount, 0)
                """),
        Check(
            claim: "Every sale is in its order's wallet, and at the provider that was paid",
            culprits: """
                select posting.key || ' is in ' || account.code
                from ledger_transaction posting
                join ledger_entry entry on entry.transaction_id = posting.id
                join ledger_account account on account.id = entry.account_id
                join orders on orders.id = entry.order_id
                left join payment_share share
                    on share.order_id = orders.id and share.captured > 0
                left join payment on payment.id = share.payment_id
                where posting.kind = 'sale' and (
                    posting.key <> 'sale:' || orders.id
                    or account.wallet_id <> orders.wallet_id
                    or (account.instance_id is not null
                        and account.instance_id is distinct from payment.instance_id))
                """),
        Check(
            claim: "Tax of every order is owed where the order says",
            culprits: """
                select 'order ' || orders.number || ' owes tax in '
                    || coalesce(orders.tax_jurisdiction, 'no named place') || ', the books in '
                    || coalesce(remitter.jurisdiction, 'no named place')
                from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                join orders on orders.id = entry.order_id
                left join tax_remitter remitter on remitter.id = account.remitter_id
                where account.kind = 'tax_payable'
                    and orders.tax_jurisdiction is distinct from remitter.jurisdiction
                """),
        Check(
            claim: "No transaction takes back more than the one that it reverses",
            culprits: """
                select posting.key || ' takes back ' || back.amount || ' of ' || gone.amount
                from ledger_transaction posting
                cross join lateral (
                    select coalesce(sum(amount) filter (where amount > 0), 0) as amount
                    from ledger_entry where transaction_id = posting.id
                ) back
                cross join lateral (
                    select coalesce(sum(amount) filter (where amount > 0), 0) as amount
                    from ledger_entry where transaction_id = posting.reverses
                ) gone
                where posting.reverses is not null and back.amount > gone.amount
                """),
        // Of all together: one may pay out what another holds, before that is settled.
        Check(
            claim: "Providers paid out no more than they took in",
            culprits: """
                select currency || ': took in ' || taken || ' and paid out ' || paid
                from (
                    select entry.currency, coalesce(-sum(amount) filter (
                            where posting.kind not like 'payout%'
                                and posting.kind not in (
                                    'refund', 'dispute', 'provider_fee')), 0) as taken,
                        coalesce(sum(amount) filter (
                            where posting.kind like 'payout%'), 0) as paid
                    from ledger_entry entry
                    join ledger_transaction posting on posting.id = entry.transaction_id
                    join ledger_account account on account.id = entry.account_id
                    where account.kind = 'provider_clearing' group by entry.currency
                ) sums
                -- What was paid by surprise is its seller's debt.
                where paid > taken + (
                    select coalesce(sum(amount), 0) from payout
                    where contradicted_at is not null and state = 'paid'
                        and payout.currency = sums.currency)
                """),
    ]

    static let stateChecks = [
        Check(
            claim: "Every sealed transaction is as it was sealed",
            culprits: SealStore.faults(.ledger)),
        Check(
            claim: "Every account is named after what it is, and is summed in one way",
            culprits: """
                select account.code
                from ledger_account account
                left join ledger_balance kept on kept.account_id = account.id
                left join ledger_fold folded on folded.account_id = account.id
                where account.code <> ledger_account_code(
                        account.kind, coalesce(
                            account.wallet_id, account.instance_id, account.remitter_id),
                        account.currency)
                    or (kept.account_id is not null) <> account.synchronous
                    or (folded.account_id is not null) = account.synchronous
                """),
        Check(
            claim: "No order is in the books before it is paid",
            culprits: """
                select 'order ' || orders.number || ' is ' || orders.state || ', the books have '
                    || string_agg(posting.key, ', ')
                from ledger_transaction posting
                join orders on posting.key = 'sale:' || orders.id
                where posting.kind = 'sale' and orders.paid_at is null
                group by orders.id
                """),
        Check(
            claim: "Every order that is said to be released is, and no other",
            culprits: """
                select 'order ' || orders.number || case when posting.id is null
                    then ' is released, but not in the books'
                    else ' is in the books as released, and is not' end
                from orders
                left join ledger_transaction posting on posting.key = 'release:' || orders.id
                where case when orders.released_at is null then posting.id is not null
                    else posting.id is null and orders.seller_share > 0 and not exists (
                        select from refund where refund.order_id = orders.id)
                    and not exists (
                        select from dispute_order where dispute_order.order_id = orders.id)
                    and not exists (
                        select from payment_share share
                        join payment on payment.id = share.payment_id
                        where share.order_id = orders.id and payment.is_direct) end
                """),
        Check(
            claim: "Every payout set aside what its orders say, order by order",
            culprits: """
                select 'payout ' || item.payout_id || ' has ' || item.amount || ' of order '
                    || item.order_id || ', the books set aside '
                    || coalesce(-entry.amount, 0)
                from payout_item item
                left join ledger_transaction posting
                    on posting.key = 'payout:' || item.payout_id || ':hold'
                left join ledger_entry entry
                    on entry.transaction_id = posting.id and entry.order_id = item.order_id
                where item.amount <> coalesce(-entry.amount, 0)
                """),
        Check(
            claim: "What waits in suspense came too late and is still to go back",
            culprits: """
                select coalesce(waiting.key, 'payment ' || late.id) || ' holds '
                    || coalesce(waiting.amount, 0) || ', to go back are '
                    || coalesce(late.amount, 0)
                from (
                    select min(began.key) as key, began.payment, sum(moved.amount) as amount
                    from (
                        select posting.key, posting.reverses, posting.id, entry.amount
                        from ledger_entry entry
                        join ledger_account account on account.id = entry.account_id
                        join ledger_transaction posting on posting.id = entry.transaction_id
                        where account.kind = 'suspense'
                    ) moved
                    left join refund on (moved.key like 'stray-return:%'
                            or moved.key like 'refund-return:%')
                        and refund.id::text = split_part(moved.key, ':', 2)
                    join lateral (
                        -- one payment's money may have come one share after another
                        select key, split_part(key, ':', 1) as sort,
                            split_part(key, ':', 2) as payment
                        from ledger_transaction
                        where case when refund.id is null
                            then id = coalesce(moved.reverses, moved.id)
                            else key = 'stray:' || refund.payment_id end
                    ) began on true
                    group by began.sort, began.payment having sum(moved.amount) <> 0
                ) waiting
                full join (
                    select id, captured - refunded as amount from payment
                    where state = 'late' and captured > refunded and not is_direct
                ) late on waiting.payment = late.id::text
                where late.amount is distinct from waiting.amount
                """),
    ]
}
