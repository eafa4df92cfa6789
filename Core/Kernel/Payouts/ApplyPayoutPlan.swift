import Postgres
import Vocabulary

extension Marketplace {
    /// Makes exactly the payouts that a plan says, all in one transaction: its orders are claimed
    /// and the money is set aside before anybody is asked to pay. What became available since is
    /// left for the next plan. Of two who apply one plan at once, one does.
    /// - Parameter admin: nil is the operator's own command, which is no second person.
    /// - Throws: ``PayoutRefusal`` `planStale` when anything in it has changed: nothing moved then;
    ///   of a plan that needs two people `approvalMissing`, `applicationUnnamed` for nobody, and
    ///   `applicationOwn` for whoever approved what the market made.
    @discardableResult
    public func applyPayoutPlan(
        _ id: ID<PayoutPlan>, reason: String? = nil, by admin: ID<Account>?
    ) async throws -> PayoutRun {
        let terms = try await payoutTerms()
        let run = try await database.transaction(statementDeadline: .seconds(60)) { tx in
            guard let plan = try await tx.payoutPlans.lock(id) else {
                throw PayoutRefusal.planUnknown
            }
            guard plan.state == .open else { throw PayoutRefusal.planSettled }
            if let refusal = plan.refusal(toApplyBy: admin) { throw refusal }
            let planned = try await tx.payoutPlans.allLines(of: id).filter(\.isPaid)
            if planned.isEmpty { throw PayoutRefusal.planEmpty }
            let now = try await tx.presentLines(of: planned, terms)
            guard now.fingerprint() == planned.fingerprint() else {
                throw PayoutRefusal.planStale
            }
            // A limit that was lowered since wants its second person all the same, for whom there
            // has to be a new plan.
            guard plan.approvedBy != nil || !now.contains(where: { terms.needsApproval($0.amount) })
            else { throw PayoutRefusal.planStale }
            var run = PayoutRun()
            for line in now {
                run.payouts.append(try await tx.apply(line, of: id))
            }
            let before = try await tx.audit.before("payout_plan", id.description)
            try await tx.payoutPlans.settle(id, as: .applied, by: admin)
            try await tx.payoutPlans.link(id)
            try await tx.audit.record(
                "payout-plan.applied", on: "payout_plan", id.description, by: admin,
                reason: reason, before: before)
            return run
        }
        reach(.payout, .intentCommitted)
        return run
    }
}

extension Transaction {
    /// What the planned orders would be paid now, with their wallets locked in one order.
    fileprivate func presentLines(
        of planned: [PlannedPayout], _ terms: PayoutTerms
    ) async throws -> [PlannedPayout] {
        try await ledger.lock(planned.map(\.wallet))
        let orders = Set(planned.flatMap { ($0.items + $0.recovery).map(\.order) })
        let accounts = try await payouts.availableAccounts(
            of: planned.map { ($0.wallet, $0.amount.currency) })
        var lines: [PlannedPayout] = []
        for account in accounts {
            guard let position = try await payoutPosition(of: account) else { continue }
            lines += try position.restricted(to: orders).plan(terms).lines.filter(\.isPaid)
        }
        return lines
    }

    fileprivate func apply(
        _ line: PlannedPayout, of plan: ID<PayoutPlan>
    ) async throws -> Payout {
        if !line.recovery.isEmpty {
            try await ledger.post([
                .recovery(
                    ID<Payout>(), from: line.recovery, wallet: line.wallet, line.amount.currency)
            ])
        }
        return try await hold(line, plan: plan)
    }
}
