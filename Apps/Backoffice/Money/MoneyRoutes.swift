import Kernel
import Vocabulary
import Web

/// The books, commission, payouts and sellers' statements.
struct MoneyRoutes {
    struct PayoutPath: Described { let payout: ID<Payout> }

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
        CommissionRoutes(desk: desk).mount()
        StatementRoutes(desk: desk).mount()
        TraceRoutes(desk: desk).mount()
        ReconciliationRoutes(desk: desk).mount()
        DisputeRoutes(desk: desk).mount()
        UnreadableDisputeRoutes(desk: desk).mount()
        TakeBackRoutes(desk: desk).mount()
        PayoutVerdictRoutes(desk: desk).mount()
        VerificationRoutes(desk: desk).mount()
        SealRoutes(desk: desk).mount()
    }

    private func payouts() {
        desk.page("/payouts", .readMoney, query: PayoutQuery.self) { call, admin in
            let page = try await Self.payouts(call.marketplace, call.query)
            return MoneyPages.payouts(
                page, try await call.marketplace.walletNames(page.items.map(\.wallet)),
                call.query, admin)
        }
        desk.page("/payouts/{payout}", .readMoney, path: PayoutPath.self) { call, admin in
            let found = try await call.marketplace.payout(call.path.payout, of: nil)
            return MoneyPages.payout(
                PayoutAnswer(found.payout, found.lines),
                try await call.marketplace.walletNames([found.payout.wallet]),
                TakeBackAnswer(try await call.marketplace.payoutTakeBack(of: call.path.payout)),
                try await call.marketplace.payoutVerdictWish(of: call.path.payout),
                mayRun: Duty.runPayouts.isAllowed(to: admin.roles))
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
    }
}
