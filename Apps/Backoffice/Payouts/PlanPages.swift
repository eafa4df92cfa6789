import Kernel
import Vocabulary
import Web

enum PlanPages {
    static func list(
        _ page: Kernel.Page<PayoutPlan>, _ limits: LimitsAnswer, _ query: PlanRoutes.PlanQuery,
        _ admin: Administrator
    ) -> DeskPage {
        let rows = page.items.map { plan in
            [
                Cell(data: String(plan.id.description.suffix(12)), to: "/payout-plans/\(plan.id)"),
                .state(plan.state, of: "plan"), Cell(approval(of: plan)), .time(plan.madeAt),
                .time(plan.settledAt),
            ]
        }
        let make = DeskForm(
            "Make a plan", to: "/payout-plans",
            hint: """
                It says what would be paid now, whatever the wallets' schedules. Nothing moves \
                until it is applied.
                """)
        let kept = query.state.map { [("state", $0)] } ?? []
        var blocks = [
            Block(forms: Duty.runPayouts.isAllowed(to: admin.roles) ? [make] : []),
            Block(
                table: Table(["Plan", "State", "Approval", "Made", "Settled"], rows),
                nothing: "There is no such plan.",
                more: page.next.map {
                    Links.with("/payout-plans", kept + [("after", Cursor.seal($0))])
                }),
        ]
        blocks.append(limitsBlock(limits, admin))
        return DeskPage(
            "Payout plans", lead: "Plan, look, apply: what a plan says is exactly what happens.",
            tabs: DeskPage.Tab.states(
                PayoutPlan.State.allCases.map(\.rawValue), of: "/payout-plans",
                chosen: query.state, named: "plan"), blocks)
    }

    static func plan(
        _ plan: PayoutPlan, _ lines: Kernel.Page<PayoutPlanLine>, _ admin: Administrator
    ) -> DeskPage {
        let rows = lines.items.map { line in
            [
                Cell(data: line.sellerName, to: Links.seller(line.planned.seller)),
                Cell(line.planned.destination.maskedPlace.map(Phrase.data) ?? "nowhere"),
                Cell(line.instanceName.map(Phrase.data) ?? "nobody"), outcome(of: line),
                Cell(data: Format.count(line.planned.items.count, "order", "orders")),
                Cell(data: recovered(by: line.planned), isNumber: true),
                .money(line.planned.amount),
            ]
        }
        return DeskPage(
            "Payout plan of \(Format.time(plan.madeAt))",
            lead: plan.isCut
                ? """
                This plan stopped at \(PayoutPlan.linesMax) lines. More waits: settle it, and make \
                another.
                """ : nil,
            [
                Block(
                    facts: [
                        Fact("State", .state(plan.state, of: "plan")),
                        Fact("Approval", approval(of: plan)),
                        Fact("Fingerprint", data: String(plan.fingerprint.prefix(16))),
                        Fact(
                            "Made by", plan.madeBy == nil ? "the market" : "an administrator",
                            to: plan.madeBy.map { Links.with("/audit", [("actor", "\($0)")]) }),
                        Fact(
                            "Settled", plan.settledAt.map(Phrase.time) ?? "not yet"),
                        Fact(
                            "Audit trail", "show",
                            to: Links.trail("payout_plan", plan.id.description)),
                    ], forms: forms(plan, admin)),
                Block(
                    table: Table(
                        ["Seller", "To", "By", "Outcome", "For", "Owed, taken first#", "Amount#"],
                        rows), nothing: "There is nothing in it.",
                    more: lines.next.map { "/payout-plans/\(plan.id)?after=\(Cursor.seal($0))" }),
            ])
    }

    private static func forms(_ plan: PayoutPlan, _ admin: Administrator) -> [DeskForm] {
        guard plan.state == .open, Duty.runPayouts.isAllowed(to: admin.roles) else { return [] }
        let path = "/payout-plans/\(plan.id)"
        var forms: [DeskForm] = []
        if plan.needsApproval, plan.approvedBy == nil, plan.madeBy != admin.account.id {
            forms.append(
                .reasoned(
                    "Approve the plan", to: path + "/approval",
                    hint: """
                        You say that everything in it may be paid. Nothing is paid before the plan \
                        is applied.
                        """))
        }
        if !plan.needsApproval || plan.approvedBy != nil,
            plan.mayBeApplied(by: admin.account.id)
        {
            forms.append(
                .dangerous(
                    "Apply the plan", to: path + "/application",
                    hint: "Every line that pays goes out. It is refused when anything changed."))
        }
        forms.append(
            .dangerous(
                "Drop the plan", to: path + "/drop",
                hint: "Nothing of it is paid; the money waits for another plan."))
        return forms
    }

    private static func limitsBlock(_ limits: LimitsAnswer, _ admin: Administrator) -> Block {
        let form = DeskForm.dangerous(
            "Set a limit", to: "/payout-limits",
            hint: "A plan with a larger payout is not applied until a second person approves it.",
            [
                .line("currency", "Currency", "EUR"),
                .amount(
                    "amount", "The amount from which a second person is needed", in: "currency",
                    help: """
                        Such as 5000.00. Empty: one person is enough for every payout. A lower \
                        limit holds at once, a higher one when a second person sets it too.
                        """,
                    required: false),
            ])
        return Block(
            "A second person is needed from",
            facts: limits.items.map {
                Fact(.data($0.limit.currency.code), data: Format.money($0.limit))
            }
                + limits.waiting.map { wish in
                    let limit = wish.limit.map { Phrase.data(Format.money($0)) } ?? "no limit"
                    return Fact(
                        "\(wish.currency.code), waits for a second person",
                        "\(limit), asked for \(Format.time(wish.askedAt))",
                        to: Links.with("/audit", [("actor", "\(wish.askedBy)")]))
                },
            forms: Duty.setPayoutLimits.isAllowed(to: admin.roles) ? [form] : [])
    }

    private static func approval(of plan: PayoutPlan) -> Phrase {
        guard plan.needsApproval else { return "not needed" }
        return plan.approvedAt.map { "given \(Format.time($0))" } ?? "a second person is needed"
    }

    private static func outcome(of line: PayoutPlanLine) -> Cell {
        switch line.planned.outcome {
        case .waits(let reason): Cell("stays: \(localized(name: reason.rawValue))", .waiting)
        case .pays:
            line.payout.map { Cell("paid out", to: "/payouts/\($0)", .good) } ?? Cell("pays", .good)
        }
    }

    private static func recovered(by planned: PlannedPayout) -> String {
        let sum = planned.recovery.reduce(Int64(0)) { $0 &+ $1.amount.amount }
        return sum == 0 ? "" : Format.money(Money(sum, planned.amount.currency))
    }
}
