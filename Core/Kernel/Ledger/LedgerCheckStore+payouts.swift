import Postgres

extension LedgerCheckStore {
    /// What must hold of reserves, plans and files.
    static let reserveAndPlanChecks = [
        Check(
            claim: "Only what an administrator froze is frozen",
            culprits: """
                select account.code || ' has ' || balance || ' frozen'
                from ledger_account account
                join ledger_balance on ledger_balance.account_id = account.id
                join wallet on wallet.id = account.wallet_id
                where account.kind = 'seller_frozen' and balance <> 0 and not exists (
                    select from payout_freeze where payout_freeze.seller_id = wallet.seller_id)
                """),
        Check(
            claim: "What is in reserve was put aside, and nothing stays there when it is released",
            culprits: """
                select 'order ' || coalesce(hold.order_id, sums.order_id) || ' has '
                    || coalesce(sums.amount, 0) || ' in reserve, put aside were '
                    || coalesce(hold.amount::text, 'nothing')
                    || case when hold.released_at is null then '' else ', and it was released' end
                from reserve_hold hold
                full join (
                    select entry.order_id, sum(entry.amount) as amount
                    from ledger_entry entry
                    join ledger_account account on account.id = entry.account_id
                    where account.kind = 'seller_reserve' group by entry.order_id
                ) sums on sums.order_id = hold.order_id
                where hold.order_id is null or sums.amount is null or sums.amount < 0
                    or sums.amount > hold.amount
                    or (hold.released_at is not null and sums.amount <> 0)
                """),
        Check(
            claim: "Every applied plan made exactly the payouts that it says",
            culprits: """
                select 'plan ' || line.plan_id || ' line ' || line.line || ' is '
                    || line.amount || ', its payout ' || coalesce(payout.amount::text, 'is missing')
                from payout_plan plan
                join payout_plan_line line on line.plan_id = plan.id and line.outcome = 'pays'
                left join payout on payout.id = line.payout_id and payout.plan_id = plan.id
                where plan.state = 'applied' and (payout.id is null
                    or payout.amount <> line.amount or payout.wallet_id <> line.wallet_id
                    or payout.currency <> line.currency
                    or payout.instance_id is distinct from line.instance_id)
                union all
                select 'payout ' || payout.id || ' says plan ' || payout.plan_id
                    || ', which does not know it'
                from payout where plan_id is not null and not exists (
                    select from payout_plan_line line
                    where line.plan_id = payout.plan_id and line.payout_id = payout.id)
                """),
        Check(
            claim: "No plan with large payouts was applied without a second person",
            culprits: """
                select 'plan ' || id from payout_plan
                where state = 'applied' and needs_approval
                    and (approved_by is null or approved_by = made_by)
                """),
        Check(
            claim: "Every payout that was taken back is returned",
            culprits: """
                select 'payout ' || payout.id || ' is ' || payout.state
                from payout_reversal reversal join payout on payout.id = reversal.payout_id
                where reversal.state = 'done' and payout.state <> 'returned'
                """),
        Check(
            claim: "Every file for a bank is the sum of its payouts",
            culprits: """
                select 'file ' || file.id || ' is ' || file.total || ', its payouts '
                    || coalesce(sum(payout.amount), 0)
                from payout_file file left join payout on payout.file_id = file.id
                    and payout.instance_id = file.instance_id
                    and payout.currency = file.currency
                group by file.id
                having file.total <> coalesce(sum(payout.amount), 0)
                    or file.transfers <> count(payout.id)
                """),
    ]
}
