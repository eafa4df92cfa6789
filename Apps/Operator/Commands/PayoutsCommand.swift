import ArgumentParser
import Kernel
import Vocabulary

/// `guildhall payouts plan`, `apply`, `approve`, `run`
struct PayoutsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payouts", abstract: "Sellers' money on its way out.",
        subcommands: [Plan.self, Show.self, Apply.self, Approve.self, Run.self])

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan",
            abstract: "Writes down and prints what `payouts apply` would do; nothing moves.")

        @Option(help: "The administrator who plans, by e-mail; the operator when left out.")
        var by: String?

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let market = wiring.marketplace
                let maker = try await market.administrator(by)
                let plan = try await market.makePayoutPlan(by: maker)
                try await PayoutsCommand.tell(plan, market)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Prints a plan again.")

        @Argument(help: "The plan's id.") var plan: String

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let market = wiring.marketplace
                let plan = try await market.payoutPlan(try PayoutsCommand.id(plan))
                try await PayoutsCommand.tell(plan, market)
            }
        }
    }

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply",
            abstract: "Does exactly what a plan says, or nothing when it no longer fits.")

        @Argument(help: "The plan's id.") var plan: String
        @Option(
            help: """
                The administrator who applies it, by e-mail; needed where a payout is so large \
                that two people have to answer for it.
                """)
        var by: String?

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let market = wiring.marketplace
                let id = try PayoutsCommand.id(plan)
                let admin = try await market.administrator(by)
                do {
                    PayoutsCommand.tell(try await market.applyPayoutPlan(id, by: admin))
                } catch let refusal as PayoutRefusal {
                    throw OperatorProblem(PayoutsCommand.problem(with: id, refusal))
                }
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "approve", abstract: "A second person agrees to a plan.")

        @Argument(help: "The plan's id.") var plan: String
        @Option(help: "The administrator who agrees, by e-mail.") var by: String
        @Option(help: "Why.") var reason = "approved at the command line"

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let market = wiring.marketplace
                let id = try PayoutsCommand.id(plan)
                guard let admin = try await market.administrator(by) else { return }
                let approved = try await market.approvePayoutPlan(id, reason: reason, by: admin)
                say("Plan \(approved.id) is approved by \(by).")
            }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run",
            abstract: "Releases what is no longer held, and pays out what is available.")

        func run() async throws {
            try await OneTask.run("payouts") { wiring in
                let run = try await wiring.marketplace.runPayouts()
                PayoutsCommand.tell(run)
                if run.payouts.isEmpty, run.waiting.isEmpty { say("Nothing is available.") }
            }
        }
    }

    fileprivate static func id(_ text: String) throws -> ID<PayoutPlan> {
        guard let id = ID<PayoutPlan>(text) else { throw PayoutRefusal.planUnknown }
        return id
    }

    /// The refusal, with the command that goes on where a second person is missing.
    private static func problem(with plan: ID<PayoutPlan>, _ refusal: PayoutRefusal) -> String {
        switch refusal {
        case .approvalMissing:
            "\(refusal.explanation) `guildhall payouts approve \(plan) --by EMAIL`"
        case .applicationUnnamed, .applicationOwn:
            "\(refusal.explanation) `guildhall payouts apply \(plan) --by EMAIL`"
        default: refusal.explanation
        }
    }

    fileprivate static func tell(_ run: PayoutRun) {
        for payout in run.payouts {
            say("  \(payout.amount) to wallet \(payout.wallet): \(payout.state.rawValue)")
        }
        for waiting in run.waiting {
            say("  \(waiting.amount) in wallet \(waiting.wallet) stays: \(waiting.reason.rawValue)")
        }
    }

    fileprivate static func tell(_ plan: PayoutPlan, _ market: Marketplace) async throws {
        var totals: [Currency: Int64] = [:]
        var next: String?
        repeat {
            let page = try await market.payoutPlanLines(
                of: plan.id, PageRequest(after: next, limit: 100))
            for line in page.items {
                tell(line)
                if line.planned.isPaid {
                    totals[line.planned.amount.currency, default: 0] += line.planned.amount.amount
                }
            }
            next = page.next
        } while next != nil
        for (currency, amount) in totals.sorted(by: { $0.key.code < $1.key.code }) {
            say("Pays \(Money(amount, currency)) in all.")
        }
        if totals.isEmpty { say("Nothing would be paid.") }
        if plan.isCut {
            say(
                "It stopped at \(PayoutPlan.linesMax) lines, and more waits: settle it, and make "
                    + "another plan.")
        }
        if plan.needsApproval {
            say(
                plan.approvedBy == nil
                    ? "A second person must approve it, and whoever applies it must be named."
                    : "It is approved; whoever applies it must be named.")
        }
        say("Plan \(plan.id), \(plan.state.rawValue), fingerprint \(plan.fingerprint.prefix(16))")
    }

    private static func tell(_ line: PayoutPlanLine) {
        let planned = line.planned
        let orders = "\(planned.items.count) order" + (planned.items.count == 1 ? "" : "s")
        switch planned.outcome {
        case .waits(let reason):
            say("  stays  \(planned.amount) of \(line.sellerName): \(reason.rawValue)")
        case .pays:
            let place = planned.destination.maskedPlace ?? "nowhere"
            say(
                "  pays   \(planned.amount) to \(line.sellerName), \(place), for \(orders), by "
                    + (line.instanceName ?? "nobody"))
            for item in planned.items { say("           order \(item.order)  \(item.amount)") }
            for item in planned.recovery {
                say("           order \(item.order)  \(item.amount) taken for what is owed")
            }
        }
    }
}

extension Marketplace {
    /// The administrator of that e-mail address; nil is the operator.
    /// - Throws: ``OperatorProblem`` when there is nobody, or not in the back office's finances.
    fileprivate func administrator(_ email: String?) async throws -> ID<Account>? {
        guard let email else { return nil }
        guard let account = try await account(email: email),
            try await !adminRoles(of: account.id).isDisjoint(with: [.administrator, .finance])
        else {
            throw OperatorProblem("\(email) is no administrator who may pay out.")
        }
        return account.id
    }
}
