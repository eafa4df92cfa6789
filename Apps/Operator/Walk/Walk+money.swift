import Vocabulary

extension Walk {
    /// The books recomputed from their entries by the worker, asked for through the admin API.
    func ledgerBalances(_ admin: WalkClient) async throws {
        // A run that was under way already may have begun before the last posting.
        for _ in 0..<2 {
            let asked = try await admin.post("/api/v1/ledger/verifications", [:], key: key())
            let run = asked["id"].integer
            _ = try await eventually {
                let now = try await admin.get("/api/v1/ledger/verification")
                let isOver = now["run"]["endedAt"].text != nil || now["run"]["id"].integer != run
                return (isOver, now)
            } or: {
                "the books to be recomputed"
            }
        }
        let report = try await admin.get("/api/v1/ledger/verification")
        try report.expect(report["isClean"].flag == true, "books without a fault, to the cent")
        narrator.tell(
            "The ledger balances: \(report["entries"].integer ?? 0) entries, "
                + "\(report["checks"].items.count) checks")
    }

    /// The hold ends, payouts are made, and each artisan's statement adds up.
    func payOut(
        _ artisans: [Artisan], _ purchases: [Bought], _ admin: WalkClient
    ) async throws {
        narrator.chapter("The hold ends, and the artisans are paid")
        for artisan in artisans {
            let money = try await artisan.client.get("/api/v1/balances")
            let pending = money["items"][0]["pending"].money?.description ?? "nothing"
            narrator.tell("\(artisan.shop.name) \(tag) has earned \(pending), held for now")
        }
        let clock = try await admin.post(
            "/api/v1/clock", ["hours": 360, "reason": .string("walk \(tag)")], key: key())
        narrator.tell("The market's clock is moved by 15 days: it is \(try clock.text("now"))")
        try await planAndApply(admin)
        for artisan in artisans { try await isPaid(artisan) }
        try await ledgerBalances(admin)
    }

    /// What a plan says is what is paid. The market's own schedules may have been faster.
    private func planAndApply(_ admin: WalkClient) async throws {
        let plan = try await admin.post(
            "/api/v1/payout-plans", ["reason": .string("walk \(tag)")], key: key())
        let path = "/api/v1/payout-plans/\(try plan.text("id"))"
        let lines = try await admin.get(path + "/lines?limit=100")
        let pays = lines["items"].items.filter { $0["outcome"].text == "pays" }
        let total = try Money.sum(
            pays.compactMap { $0["amount"].money }.filter { $0.currency == .eur }, .eur)
        narrator.tell("The administrator plans the payouts: \(pays.count) of them, \(total)")
        let run = try await admin.post(
            path + "/application", ["reason": .string("walk \(tag)")], key: key(),
            expecting: [200, 409])
        guard run.status != 200 else {
            return narrator.tell(
                "and applies the plan: \(run["payouts"].items.count) payouts are on their way")
        }
        narrator.tell("which is refused: \(run["detail"].text ?? "?")")
        let all = try await admin.post(
            "/api/v1/payout-runs", ["reason": .string("walk \(tag)")], key: key())
        narrator.tell("so everything is paid at once: \(all["payouts"].items.count) payouts")
    }

    private func isPaid(_ artisan: Artisan) async throws {
        let payouts = try await eventually {
            let answer = try await artisan.client.get("/api/v1/payouts")
            let items = answer["items"].items
            return (!items.isEmpty && items.allSatisfy { $0["state"].text == "paid" }, answer)
        } or: {
            "the payouts of \(artisan.shop.name) to be paid"
        }
        let statement = try await artisan.client.get("/api/v1/statement?currency=EUR&limit=100")
        try addUp(statement, payouts, artisan)
    }

    /// Sales less commission are what was paid out, and nothing is left over.
    private func addUp(
        _ statement: WalkClient.Answer, _ payouts: WalkClient.Answer, _ artisan: Artisan
    ) throws {
        let lines = statement["lines"]["items"].items
        let sales = lines.filter { $0["payoutId"].text == nil }
        func sum(_ lines: [Fact], _ column: String) throws -> Money {
            try Money.sum(lines.compactMap { $0[column].money }, .eur)
        }
        let amounts = payouts["items"].items.compactMap { $0["amount"].money }
        let paid = try Money.sum(amounts, .eur)
        let net = try sum(sales, "net")
        narrator.tell("The statement of \(artisan.shop.name) \(tag)")
        narrator.receipt([
            ("\(sales.count) orders, shipping included", try sum(sales, "gross").description),
            ("Commission", try sum(sales, "commission").description),
            ("Tax that the platform hands in", try sum(sales, "taxByPlatform").description),
            ("Earned", net.description), ("Paid out, in \(amounts.count)", paid.description),
        ])
        try statement.expect(net.isPositive, "something earned")
        try statement.expect(paid == net, "payouts of \(net); they are \(paid)")
        guard let opening = statement["opening"].money, let closing = statement["closing"].money
        else { throw WalkProblem(expected: "what was owed at both ends", statement) }
        let moved = try opening.adding(try sum(lines, "net"))
        try statement.expect(
            moved == closing && closing.isZero,
            "lines that lead from \(opening) to nothing owed; they lead to \(moved)")
    }
}
