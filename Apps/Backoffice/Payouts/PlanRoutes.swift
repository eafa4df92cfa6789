import Kernel
import Vocabulary
import Web

/// Plans of payouts: made, approved by a second person, applied or dropped.
struct PlanRoutes {
    struct PlanPath: Described { let plan: ID<PayoutPlan> }

    struct PlanQuery: Described {
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(PayoutPlan.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    struct Limit: Described {
        let currency: Currency
        /// Minor units; nobody else is needed when it is left out.
        let amount: Int64?
        let reason: String
        static let rules: [String: [Rule]] = [
            "amount": [
                .range(1...Money.amountMax),
                .about(
                    """
                    Minor units. Left out, one person is enough for every payout. A higher \
                    limit, or none, holds when a second person sets the same within a week.
                    """),
            ],
            "reason": [.length(3...500)],
        ]
    }

    let desk: Desk

    func mount() {
        pages()
        reads()
        acts()
        limits()
    }

    private func pages() {
        desk.page("/payout-plans", .readMoney, query: PlanQuery.self) { call, admin in
            let plans = try await Self.plans(call.marketplace, call.query)
            return PlanPages.list(
                plans, try await Self.limits(call.marketplace), call.query, admin)
        }
        desk.page(
            "/payout-plans/{plan}", .readMoney, path: PlanPath.self, query: ListQuery.self
        ) { call, admin in
            let plan = try await call.marketplace.payoutPlan(call.path.plan)
            let lines = try await call.marketplace.payoutPlanLines(
                of: plan.id, call.query.page(limit: 50))
            return PlanPages.plan(plan, lines, admin)
        }
    }

    private func reads() {
        desk.read(
            "/payout-plans", "Plans of payouts, newest first", tag: "Payouts", .readMoney,
            query: PlanQuery.self
        ) { call, _ in
            Listed(try await Self.plans(call.marketplace, call.query)) { PlanAnswer($0) }
        }
        desk.read(
            "/payout-plans/{plan}", "A plan", tag: "Payouts", .readMoney, path: PlanPath.self
        ) { call, _ in PlanAnswer(try await call.marketplace.payoutPlan(call.path.plan)) }
        desk.read(
            "/payout-plans/{plan}/lines", "What a plan pays, and what stays and why",
            tag: "Payouts", .readMoney, path: PlanPath.self, query: ListQuery.self
        ) { call, _ in
            let plan = try await call.marketplace.payoutPlan(call.path.plan)
            return Listed(
                try await call.marketplace.payoutPlanLines(of: plan.id, call.query.page())
            ) { PlanLineAnswer($0) }
        }
    }

    private func acts() {
        desk.act(
            Act<Nothing>(
                "/payout-plans", "Write down what would be paid now", tag: "Payouts",
                .runPayouts, done: "The plan is written; nothing has moved.",
                back: { _ in "/payout-plans" }), input: OptionalReason.self
        ) { marketplace, _, input, admin in
            PlanAnswer(
                try await marketplace.makePayoutPlan(
                    reason: input.given, by: admin.account.id))
        }
        desk.act(
            Act<PlanPath>(
                "/payout-plans/{plan}/approval", "Approve a plan that somebody else made",
                tag: "Payouts", .runPayouts, done: "The plan is approved.",
                back: { "/payout-plans/\($0.plan)" }
            ).mayFail(.forbidden), input: Reason.self
        ) { marketplace, path, input, admin in
            PlanAnswer(
                try await marketplace.approvePayoutPlan(
                    path.plan, reason: input.reason, by: admin.account.id))
        }
        desk.act(
            Act<PlanPath>(
                "/payout-plans/{plan}/application", "Do exactly what a plan says",
                tag: "Payouts", .runPayouts, done: "The payouts are on their way.",
                back: { "/payout-plans/\($0.plan)" }
            ).mayFail(.forbidden), input: Reason.self
        ) { marketplace, path, input, admin in
            PayoutRunAnswer(
                try await marketplace.applyPayoutPlan(
                    path.plan, reason: input.reason, by: admin.account.id))
        }
        desk.act(
            Act<PlanPath>(
                "/payout-plans/{plan}/drop", "Put a plan away", tag: "Payouts", .runPayouts,
                done: "The plan is dropped.", back: { "/payout-plans/\($0.plan)" }),
            input: Reason.self
        ) { marketplace, path, input, admin in
            PlanAnswer(
                try await marketplace.dropPayoutPlan(
                    path.plan, reason: input.reason, by: admin.account.id))
        }
    }

    private func limits() {
        desk.read(
            "/payout-limits", "From how much on a payout needs a second person", tag: "Payouts",
            .readMoney
        ) { call, _ in try await Self.limits(call.marketplace) }
        desk.act(
            Act<Nothing>(
                "/payout-limits", "Set from how much on a payout needs a second person",
                tag: "Payouts", .setPayoutLimits,
                done: "A lower limit holds now; a higher one when a second person sets it too.",
                back: { _ in "/payout-plans" }), input: Limit.self
        ) { marketplace, _, input, admin in
            try await marketplace.setApprovalLimit(
                input.currency, to: input.amount, reason: input.reason, by: admin.account.id)
            return try await Self.limits(marketplace)
        }
    }

    private static func limits(_ marketplace: Marketplace) async throws -> LimitsAnswer {
        LimitsAnswer(
            items: try await marketplace.approvalLimits().map { LimitAnswer(limit: $0.limit) },
            waiting: try await marketplace.approvalLimitWishes().map { LimitWishAnswer($0) })
    }

    private static func plans(
        _ marketplace: Marketplace, _ query: PlanQuery
    ) async throws -> Kernel.Page<PayoutPlan> {
        try await marketplace.payoutPlans(
            in: query.state.flatMap(PayoutPlan.State.init(rawValue:)), query.page())
    }
}

extension Act {
    /// The act may be refused for this reason too.
    func mayFail(_ reason: RefusalReason) -> Act {
        var act = self
        act.refusals.append(reason)
        return act
    }
}
