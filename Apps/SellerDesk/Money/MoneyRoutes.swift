import Kernel
import Vocabulary
import Web

/// What a seller earned, holds and was paid, for people.
struct MoneyRoutes {
    struct StatementQuery: Described {
        /// A day, `2026-11-01`; the first of this month when left out.
        let from: String?
        /// A day; the statement ends before it. Tomorrow when left out.
        let until: String?
        let currency: Currency?
        let after: String?

        static let rules: [String: [Rule]] = [
            "from": [.length(0...10)], "until": [.length(0...10)], "after": [.length(1...400)],
        ]
    }

    struct ScheduleForm: Described {
        let currency: Currency
        let every: PayoutScheduleAPI.ScheduleBody.Every
        let day: Int?
        /// Major units, `10.00`.
        let from: String?

        static let rules: [String: [Rule]] = ["day": [.range(1...28)], "from": [.length(0...20)]]

        func minimum() throws -> Int64? {
            guard let from, !from.isEmpty else { return nil }
            let money = try TypedAmount.read(from, currency, field: "from")
            guard !money.isNegative else {
                throw InputRefusal(.wrong("This is below zero."), field: "from")
            }
            return money.amount
        }
    }

    func mount(on routes: Routes) {
        routes.get("/money").query(ListQuery.self)
            .show(as: Member.self, needing: [.readMoney], use: index)
        routes.get("/money/statement").query(StatementQuery.self)
            .show(as: Member.self, needing: [.readMoney], use: statement)
        routes.get("/money/payouts/{payout}").path(MoneyAPI.PayoutPath.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let (payout, lines) = try await call.marketplace.payout(
                    call.path.payout, of: member.seller)
                return .page("payout", PayoutPage(payout, lines), title: localized("Payout"))
            }
        routes.get("/money/wallets")
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                .page(
                    "wallets",
                    WalletsPage(
                        try await call.marketplace.wallets(as: member.membership),
                        try await call.marketplace.payoutSchedules(of: member.seller),
                        at: try await call.marketplace.marketNow(),
                        mayEdit: member.membership.may(.editWallets)), title: localized("Wallets"))
            }
        routes.post("/money/wallets").form(MoneyAPI.WalletBody.self).onlyOnce()
            .show(
                as: Member.self, needing: [.editWallets],
                again: { again, member in
                    .page(
                        "wallets",
                        WalletsPage(
                            try await again.request.marketplace.wallets(as: member.membership),
                            try await again.request.marketplace.payoutSchedules(
                                of: member.seller),
                            at: try await again.request.marketplace.marketNow(), mayEdit: true,
                            trouble: again.explanation,
                            typed: again.values),
                        title: localized("Wallets"))
                }
            ) { call, member in
                try await call.marketplace.addWallet(call.form.draft, as: member.membership)
                return .seeOther("/money/wallets", notice: localized("The wallet is there."))
            }
        routes.post("/money/wallets/{wallet}").path(MoneyAPI.WalletPath.self)
            .form(MoneyAPI.WalletBody.self)
            .show(as: Member.self, needing: [.editWallets]) { call, member in
                _ = try await call.marketplace.editWallet(
                    call.path.wallet, call.form.draft, as: member.membership)
                return .seeOther("/money/wallets", notice: localized("The wallet is changed."))
            }
        routes.post("/money/wallets/{wallet}/default").path(MoneyAPI.WalletPath.self)
            .show(as: Member.self, needing: [.editWallets]) { call, member in
                try await call.marketplace.makeDefault(call.path.wallet, as: member.membership)
                return .seeOther(
                    "/money/wallets", notice: localized("New earnings settle there now."))
            }
        routes.post("/money/wallets/{wallet}/payout-schedules")
            .path(MoneyAPI.WalletPath.self).form(ScheduleForm.self)
            .show(as: Member.self, needing: [.editWallets]) { call, member in
                try await call.marketplace.setPayoutSchedule(
                    of: call.path.wallet, call.form.currency, every: call.form.every.kernel,
                    day: call.form.day, minimum: try call.form.minimum(),
                    as: member.membership)
                return .seeOther("/money/wallets", notice: localized("The schedule is changed."))
            }
    }

    @Sendable private func index(
        _ call: PageCall<Nothing, ListQuery, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let marketplace = call.marketplace
        let page = try await marketplace.payouts(as: member.membership, call.query.page())
        let model = MoneyPage(
            try await MoneyFacts(marketplace, member), page,
            next: Listed(page) { PayoutAnswer($0) }.next)
        return .page("money", model, title: localized("Money"))
    }

    @Sendable private func statement(
        _ call: PageCall<Nothing, StatementQuery, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let now = try await call.marketplace.marketNow()
        let today = now.description.prefix(10)
        let from = Self.day(call.query.from) ?? Self.day("\(today.prefix(7))-01")
        let until = Self.day(call.query.until) ?? Self.day(String(today))?.advanced(days: 1)
        let statement = try await call.marketplace.statement(
            call.query.currency ?? .eur, from: from ?? now, until: until ?? now,
            as: member.membership, ListQuery(after: call.query.after).page(limit: 50))
        let model = StatementPage(
            statement, from: String(statement.from.description.prefix(10)),
            until: String(statement.until.description.prefix(10)),
            next: StatementAnswer(statement).lines.next)
        return .page("statement", model, title: localized("Statement"))
    }

    /// The beginning of a day in UTC; nil for what is no day.
    private static func day(_ text: String?) -> Instant? {
        text.flatMap { Instant("\($0)T00:00:00Z") }
    }
}
