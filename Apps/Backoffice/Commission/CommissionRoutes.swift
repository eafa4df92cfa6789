import Kernel
import Vocabulary
import Web

/// Commission rules: drafts, what they would change, and what holds; and the VAT on commission.
struct CommissionRoutes {
    struct RulePath: Described { let rule: ID<CommissionRule> }
    struct SimulationQuery: Described {
        /// How many days back; 90 without it.
        let days: Int?
        static let rules: [String: [Rule]] = ["days": [.range(1...3650)]]
    }

    let desk: Desk

    func mount() {
        pages()
        reads()
        drafts()
        endings()
        vat()
        InvoiceRoutes(desk: desk).mount()
    }

    private func pages() {
        desk.page("/commission", .readMoney, query: ListQuery.self) { call, admin in
            CommissionPages.list(
                try await call.marketplace.commissionRules(call.query.page(limit: 50)),
                try await call.marketplace.categories(),
                try await call.marketplace.commissionVATRates(), admin)
        }
        desk.page(
            "/commission-rules/{rule}/simulation", .readMoney, path: RulePath.self,
            query: SimulationQuery.self
        ) { call, _ in
            let rule = try await call.marketplace.commissionRule(call.path.rule)
            return CommissionPages.simulation(
                rule,
                SimulationAnswer(try await Self.simulate(call.marketplace, call.path, call.query)))
        }
    }

    private func reads() {
        desk.read(
            "/commission-rules", "Every rule there ever was, newest first", tag: "Commission",
            .readMoney, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.commissionRules(call.query.page())) {
                CommissionAnswer($0)
            }
        }
        desk.read(
            "/commission-rules/{rule}", "A rule", tag: "Commission", .readMoney,
            path: RulePath.self
        ) { call, _ in
            CommissionAnswer(try await call.marketplace.commissionRule(call.path.rule))
        }
        desk.read(
            "/commission-rules/{rule}/simulation", "What a rule would have changed",
            tag: "Commission", .readMoney, path: RulePath.self, query: SimulationQuery.self
        ) { call, _ in
            SimulationAnswer(try await Self.simulate(call.marketplace, call.path, call.query))
        }
        desk.read("/commission-vat", "VAT on commission by country", tag: "Commission", .readMoney)
        {
            call, _ in CommissionVATAnswer(try await call.marketplace.commissionVATRates())
        }
    }

    private static func simulate(
        _ marketplace: Marketplace, _ path: RulePath, _ query: SimulationQuery
    ) async throws -> CommissionSimulation {
        try await marketplace.simulateCommission(path.rule, days: query.days ?? 90)
    }

    private func drafts() {
        desk.act(
            Act<Nothing>(
                "/commission-rules", "Add a rule for sales from now on, or draft one",
                tag: "Commission", .setCommission, done: "The rule is written down.",
                back: { _ in "/commission" }), input: NewRule.self
        ) { marketplace, _, input, admin in
            let draft = try input.kernel()
            if input.draft == true {
                return CommissionAnswer(
                    try await marketplace.draftCommissionRule(
                        draft, as: admin.account.id, reason: input.reason))
            }
            return CommissionAnswer(
                try await marketplace.addCommissionRule(
                    draft, replacing: input.replaces ?? false, as: admin.account.id,
                    reason: input.reason))
        }
        desk.act(
            Act<RulePath>(
                "/commission-rules/{rule}/publication", "Let a draft hold", tag: "Commission",
                .setCommission, done: "The rule is published. Old sales stay as they were.",
                back: { _ in "/commission" }), input: Publication.self
        ) { marketplace, path, input, admin in
            CommissionAnswer(
                try await marketplace.publishCommissionRule(
                    path.rule, from: input.effectiveFrom, replacing: input.replaces ?? false,
                    as: admin.account.id, reason: input.reason))
        }
    }

    private func endings() {
        desk.act(
            Act<RulePath>(
                "/commission-rules/{rule}/disposal", "Throw a draft away", tag: "Commission",
                .setCommission, done: "The draft is gone.", back: { _ in "/commission" }),
            input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.discardCommissionRule(
                path.rule, as: admin.account.id, reason: input.reason)
            return EndedAnswer(id: path.rule)
        }
        desk.act(
            Act<RulePath>(
                "/commission-rules/{rule}/end", "End a rule now", tag: "Commission",
                .setCommission, done: "The rule has ended.", back: { _ in "/commission" }),
            input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.endCommissionRule(
                path.rule, as: admin.account.id, reason: input.reason)
            return EndedAnswer(id: path.rule)
        }
    }

    private func vat() {
        desk.act(
            Act<Nothing>(
                "/commission-vat", "Set a country's VAT on commission", tag: "Commission",
                .setCommission, done: "It holds for sales from now on.",
                back: { _ in "/commission" }), input: NewCommissionVAT.self
        ) { marketplace, _, input, admin in
            try await marketplace.setCommissionVAT(
                CommissionVATRate(
                    country: input.country, rate: PartsPerMillion(input.ratePpm),
                    reverseCharge: input.reverseCharge ?? false),
                as: admin.account.id, reason: input.reason)
            return CommissionVATAnswer(try await marketplace.commissionVATRates())
        }
    }
}
