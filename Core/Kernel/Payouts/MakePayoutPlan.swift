import Postgres
import Vocabulary

extension Marketplace {
    /// Writes down what would be paid now, whatever the wallets' schedules; nothing moves but holds
    /// and reserves whose time is over.
    /// - Parameter admin: nil is the operator's own command; anybody may then approve.
    /// - Parameter linesMax: after how many lines it is cut; ``PayoutPlan/linesMax`` at most.
    @discardableResult
    public func makePayoutPlan(
        reason: String? = nil, by admin: ID<Account>?, linesMax: Int = PayoutPlan.linesMax
    ) async throws -> PayoutPlan {
        try await releaseAllDue()
        let terms = try await payoutTerms()
        var lines: [PlannedPayout] = []
        var last: Int64 = 0
        // One more than it may have, to know whether anything is left.
        while lines.count <= linesMax {
            let accounts = try await database.payouts.fundedAccounts(after: last, limit: 100)
            lines += try await plannedLines(of: accounts, terms)
            guard let next = accounts.last else { break }
            last = next
        }
        return try await store(
            Array(lines.prefix(linesMax)), terms, isCut: lines.count > linesMax, reason: reason,
            by: admin)
    }

    /// The same of some accounts only.
    @discardableResult
    func makePayoutPlan(
        of accounts: [Int64], by admin: ID<Account>?
    ) async throws -> PayoutPlan {
        let terms = try await payoutTerms()
        return try await store(try await plannedLines(of: accounts, terms), terms, by: admin)
    }

    private func plannedLines(
        of accounts: [Int64], _ terms: PayoutTerms
    ) async throws -> [PlannedPayout] {
        var lines: [PlannedPayout] = []
        for account in accounts {
            // A transaction of its own for each, so that no wallet is locked for the others' sake.
            lines += try await database.transaction { tx in
                try await tx.payoutPosition(of: account)?.plan(terms).lines ?? []
            }
        }
        return lines
    }

    private func store(
        _ lines: [PlannedPayout], _ terms: PayoutTerms, isCut: Bool = false,
        reason: String? = nil, by admin: ID<Account>?
    ) async throws -> PayoutPlan {
        let id = ID<PayoutPlan>()
        return try await database.transaction { tx in
            try await tx.payoutPlans.insert(
                id, lines, fingerprint: lines.fingerprint(),
                needsApproval: lines.contains { $0.isPaid && terms.needsApproval($0.amount) },
                isCut: isCut, by: admin)
            try await tx.audit.record(
                "payout-plan.made", on: "payout_plan", id.description, by: admin,
                reason: reason)
            guard let plan = try await tx.payoutPlans.find(id) else {
                throw PayoutRefusal.planUnknown
            }
            return plan
        }
    }

    /// A second person agrees to a plan with large payouts.
    /// - Throws: ``PayoutRefusal`` `approvalOwn` for whoever made it.
    @discardableResult
    public func approvePayoutPlan(
        _ id: ID<PayoutPlan>, reason: String, by admin: ID<Account>
    ) async throws -> PayoutPlan {
        try await database.transaction { tx in
            guard let plan = try await tx.payoutPlans.lock(id) else {
                throw PayoutRefusal.planUnknown
            }
            guard plan.state == .open else { throw PayoutRefusal.planSettled }
            guard plan.needsApproval else { throw PayoutRefusal.approvalNotNeeded }
            guard plan.approvedBy == nil else { throw PayoutRefusal.approvalThere }
            guard plan.madeBy != admin else { throw PayoutRefusal.approvalOwn }
            let before = try await tx.audit.before("payout_plan", id.description)
            try await tx.payoutPlans.approve(id, by: admin)
            try await tx.audit.record(
                "payout-plan.approved", on: "payout_plan", id.description, by: admin,
                reason: reason, before: before)
            return try await tx.payoutPlans.find(id) ?? plan
        }
    }

    /// Puts a plan away; its money waits for another.
    @discardableResult
    public func dropPayoutPlan(
        _ id: ID<PayoutPlan>, reason: String, by admin: ID<Account>
    ) async throws -> PayoutPlan {
        try await database.transaction { tx in
            guard let plan = try await tx.payoutPlans.lock(id) else {
                throw PayoutRefusal.planUnknown
            }
            guard plan.state == .open else { throw PayoutRefusal.planSettled }
            let before = try await tx.audit.before("payout_plan", id.description)
            try await tx.payoutPlans.settle(id, as: .dropped, by: admin)
            try await tx.audit.record(
                "payout-plan.dropped", on: "payout_plan", id.description, by: admin,
                reason: reason, before: before)
            return try await tx.payoutPlans.find(id) ?? plan
        }
    }

    /// Plans, newest first.
    public func payoutPlans(
        in state: PayoutPlan.State?, _ page: PageRequest
    ) async throws -> Page<PayoutPlan> {
        try await database.payoutPlans.list(in: state, page)
    }

    /// - Throws: ``PayoutRefusal/planUnknown``.
    public func payoutPlan(_ id: ID<PayoutPlan>) async throws -> PayoutPlan {
        guard let plan = try await database.payoutPlans.find(id) else {
            throw PayoutRefusal.planUnknown
        }
        return plan
    }

    /// What a plan pays and what stays, in its order.
    public func payoutPlanLines(
        of id: ID<PayoutPlan>, _ page: PageRequest
    ) async throws -> Page<PayoutPlanLine> {
        try await database.payoutPlans.lines(of: id, page)
    }
}
