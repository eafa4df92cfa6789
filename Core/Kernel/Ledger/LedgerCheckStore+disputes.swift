import Postgres

extension LedgerCheckStore {
    /// What must hold of disputes.
    static let disputeChecks = [
        Check(
            claim: "Every dispute is in the books as it stands",
            culprits: """
                select 'dispute ' || dispute.reference || ' took ' || dispute.withdrawn || ' and '
                    || dispute.fee || ', the books have ' || coalesce(booked.clearing, 0)
                from dispute left join lateral (
                    select
                        sum(entry.amount) filter (
                            where account.kind = 'provider_clearing') as clearing,
                        -sum(entry.amount) filter (where account.kind = 'disputed') as undecided,
                        -sum(entry.amount) filter (
                            where account.kind = 'dispute_losses') as lost,
                        -sum(entry.amount) filter (where account.kind = 'provider_fees') as fee
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.kind = 'dispute'
                        and starts_with(posting.key, 'dispute:' || dispute.id || ':')
                ) booked on true
                where coalesce(booked.clearing, 0) <> dispute.withdrawn + dispute.fee
                    or coalesce(booked.fee, 0) <> dispute.fee
                    or coalesce(booked.lost, 0)
                        <> case dispute.status when 'lost' then dispute.withdrawn else 0 end
                    or coalesce(booked.undecided, 0)
                        <> case dispute.status when 'lost' then 0 else dispute.withdrawn end
                """),
        Check(
            claim: "Every shop gave back for lost disputes what the books say, and no more",
            culprits: """
                select 'dispute ' || dispute.reference || ' charged order '
                    || orders.number || ' with ' || part.charged || ', the books have '
                    || coalesce(booked.amount, 0)
                from dispute_order part
                join dispute on dispute.id = part.dispute_id
                join orders on orders.id = part.order_id
                left join lateral (
                    select sum(entry.amount) as amount
                    from ledger_transaction posting
                    join ledger_entry entry on entry.transaction_id = posting.id
                    join ledger_account account on account.id = entry.account_id
                    where posting.kind = 'dispute' and account.kind = 'dispute_losses'
                        and starts_with(
                            posting.key,
                            'dispute-charge:' || part.dispute_id || ':' || part.order_id || ':')
                ) booked on true
                where part.charged <> coalesce(booked.amount, 0)
                    or part.charged > orders.seller_share
                    or part.charged > case dispute.status
                        when 'lost' then dispute.withdrawn else 0 end
                """),
    ]
}
