import Vocabulary

extension Walk {
    /// The books recomputed from their entries, through the admin API.
    func ledgerBalances(_ admin: WalkClient) async throws {
        let report = try await admin.post("/api/v1/ledger/verification", nil, key: key())
        try report.expect(
            report["isBalanced"].flag == true, "a ledger that balances to the cent")
        narrator.tell("The ledger balances")
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
        let clock = try await admin.post("/api/v1/clock", ["hours": 360], key: key())
        narrator.tell("The market's clock is moved by 15 days: it is \(try clock.text("now"))")
        _ = try await admin.post("/api/v1/payouts/runs", nil, key: key())
        for artisan in artisans { try await isPaid(artisan) }
        try await ledgerBalances(admin)
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

    private func addUp(
        _ statement: WalkClient.Answer, _ payouts: WalkClient.Answer, _ artisan: Artisan
    ) throws {
        let amounts = payouts["items"].items.compactMap { $0["amount"].money }
        let paid = try Money.sum(amounts, .eur)
        guard let gross = statement["gross"].money, let commission = statement["commission"].money,
            let net = statement["net"].money
        else {
            throw WalkProblem(expected: "a statement with gross, commission and net", statement)
        }
        narrator.tell("\(artisan.shop.name) \(tag)")
        narrator.receipt([
            ("Sold, shipping included", gross.description),
            ("Commission", commission.description), ("Earned", net.description),
            ("Paid out in \(amounts.count) transfers", paid.description),
        ])
        try statement.expect(paid == net, "payouts of \(net); they are \(paid)")
    }
}
