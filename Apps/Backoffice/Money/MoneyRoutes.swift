import Kernel
import Vocabulary
import Web

/// The books, commission, payouts and sellers' statements.
struct MoneyRoutes {
    struct PayoutPath: Described { let payout: ID<Payout> }
    struct RulePath: Described { let rule: ID<CommissionRule> }

    struct PayoutQuery: Described {
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(Payout.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    struct NewRule: Described {
        let seller: ID<Seller>?
        let category: ID<Category>?
        let ratePpm: Int64
        let fixedAmount: Int64?
        let fixedCurrency: Currency?
        let reason: String
        static let rules: [String: [Rule]] = [
            "ratePpm": [
                .range(0...1_000_000), .about("Parts per million: 125000 is twelve and a half %."),
            ],
            "fixedAmount": [
                .range(0...1_000_000_000_000), .about("On top for each piece, in minor units."),
            ],
            "reason": [.length(3...500)],
        ]

        var fixed: Money? {
            guard let fixedAmount, let fixedCurrency, fixedAmount > 0 else { return nil }
            return Money(fixedAmount, fixedCurrency)
        }
    }

    struct RecordQuery: Described {
        let purchase: ID<Purchase>?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        payouts()
        ledger()
        commission()
        StatementRoutes(desk: desk).mount()
    }

    private func payouts() {
        desk.page("/payouts", .readMoney, query: PayoutQuery.self) { call, admin in
            MoneyPages.payouts(
                try await Self.payouts(call.marketplace, call.query), call.query, admin)
        }
        desk.page("/payouts/{payout}", .readMoney, path: PayoutPath.self) { call, _ in
            let found = try await call.marketplace.payout(call.path.payout, of: nil)
            return MoneyPages.payout(PayoutAnswer(found.payout, found.lines))
        }
        desk.read(
            "/payouts", "Payouts of all sellers, newest first", tag: "Money", .readMoney,
            query: PayoutQuery.self
        ) { call, _ in
            Listed(try await Self.payouts(call.marketplace, call.query)) { PayoutAnswer($0, []) }
        }
        desk.read(
            "/payouts/{payout}", "A payout and the orders that it pays", tag: "Money", .readMoney,
            path: PayoutPath.self
        ) { call, _ in
            let found = try await call.marketplace.payout(call.path.payout, of: nil)
            return PayoutAnswer(found.payout, found.lines)
        }
        desk.act(
            Act<Nothing>(
                "/payout-runs", "Pay out what is available", tag: "Money", .runPayouts,
                done: "The payouts are on their way.", back: { _ in "/payouts" }),
            input: Reason.self
        ) { marketplace, _, input, admin in
            PayoutRunAnswer(
                try await marketplace.runPayouts(reason: input.reason, by: admin.account.id))
        }
    }

    private static func payouts(
        _ marketplace: Marketplace, _ query: PayoutQuery
    ) async throws -> Kernel.Page<Payout> {
        try await marketplace.payouts(
            in: query.state.flatMap(Payout.State.init(rawValue:)), query.page())
    }

    private func ledger() {
        desk.page("/ledger", .readMoney, query: RecordQuery.self) { call, _ in
            MoneyPages.ledger(
                try await call.marketplace.platformBalances().map { AccountAnswer($0) },
                try await call.marketplace.ledgerRecords(
                    of: call.query.purchase, call.query.page()), call.query)
        }
        desk.page("/ledger/verification", .readMoney) { call, _ in
            MoneyPages.verification(
                VerificationAnswer(try await call.marketplace.verifyLedger()))
        }
        desk.read("/ledger/accounts", "The platform's own accounts", tag: "Money", .readMoney) {
            call, _ in
            AccountsAnswer(
                items: try await call.marketplace.platformBalances().map { AccountAnswer($0) })
        }
        desk.read(
            "/ledger/transactions", "Transactions of the books, newest first", tag: "Money",
            .readMoney, query: RecordQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.ledgerRecords(
                    of: call.query.purchase, call.query.page())
            ) { TransactionAnswer($0) }
        }
        desk.read(
            "/ledger/verification", "Recompute everything from the entries", tag: "Money",
            .readMoney
        ) { call, _ in VerificationAnswer(try await call.marketplace.verifyLedger()) }
    }

    private func commission() {
        desk.page("/commission", .readMoney, query: ListQuery.self) { call, admin in
            MoneyPages.commission(
                try await call.marketplace.commissionRules(call.query.page(limit: 50)),
                try await call.marketplace.categories(), admin)
        }
        desk.read(
            "/commission-rules", "Every rule there ever was, newest first", tag: "Money",
            .readMoney, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.commissionRules(call.query.page())) {
                CommissionAnswer($0)
            }
        }
        desk.act(
            Act<Nothing>(
                "/commission-rules", "Add a rule for sales from now on", tag: "Money",
                .setCommission, done: "The rule holds for every sale from now on.",
                back: { _ in "/commission" }), input: NewRule.self
        ) { marketplace, _, input, admin in
            CommissionAnswer(
                try await marketplace.addCommissionRule(
                    seller: input.seller, category: input.category,
                    rate: PartsPerMillion(input.ratePpm), fixedPerUnit: input.fixed,
                    as: admin.account.id, reason: input.reason))
        }
        desk.act(
            Act<RulePath>(
                "/commission-rules/{rule}/end", "End a rule now", tag: "Money", .setCommission,
                done: "The rule has ended.", back: { _ in "/commission" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.endCommissionRule(
                path.rule, as: admin.account.id, reason: input.reason)
            return EndedAnswer(id: path.rule)
        }
    }
}
