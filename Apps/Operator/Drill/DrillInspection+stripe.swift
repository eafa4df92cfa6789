import Vocabulary

extension DrillInspection {
    /// Whether Stripe's books are ours: each payment, what it holds of ours in sum, what each
    /// seller's account holds and each payout from there to a bank.
    func compareWithStripe(_ stripe: WalkClient) async throws -> [String] {
        let limit = ContinuousClock.now + Self.patience
        while true {
            let state = try await stripe.get("/_/state")
            if state["courier"]["waiting"].integer == 0 {
                let problems = try await differences(stripe)
                let complaints = state["complaints"].items.compactMap(\.text)
                // What its last news brought may just be on its way into the books.
                if problems.isEmpty || ContinuousClock.now > limit { return problems + complaints }
            } else if ContinuousClock.now > limit {
                return ["Stripe has news that nobody takes"]
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func differences(_ stripe: WalkClient) async throws -> [String] {
        let store = DrillStore(db: marketplace.database)
        let books = try await stripe.get("/_/books")
        var ours = try await store.taken(at: instance)
        var problems: [String] = []
        for payment in books["payments"].items {
            let id = payment["payment"].text ?? "nobody's"
            let theirs = [payment["received"].integer ?? 0, payment["refunded"].integer ?? 0]
            let mine = ours.removeValue(forKey: id) ?? [0, 0]
            if mine != theirs {
                problems.append("Stripe has \(theirs) taken and refunded for \(id), ours \(mine)")
            }
        }
        for (id, mine) in ours where mine != [0, 0] {
            problems.append("Stripe knows nothing of payment \(id), ours has \(mine)")
        }
        let (held, clearing) = (
            books["balance"]["eur"].integer ?? 0, try await store.clearing(of: instance)
        )
        if held != clearing {
            problems.append("Stripe holds \(held) of ours, the ledger says \(clearing)")
        }
        for (account, mine) in try await store.held(at: instance) {
            let theirs = books["accounts"][account]["eur"].integer ?? 0
            if mine != theirs {
                problems.append("Stripe holds \(theirs) in account \(account), ours says \(mine)")
            }
        }
        return problems + (try await payoutDifferences(books))
    }

    private func payoutDifferences(_ books: WalkClient.Answer) async throws -> [String] {
        var ours = try await DrillStore(db: marketplace.database).sentToBanks(from: instance)
        var problems: [String] = []
        for payout in books["payouts"].items {
            let id = payout["id"].text ?? "nobody's"
            let theirs = [
                payout["account"].text ?? "nobody's", "\(payout["amount"].integer ?? 0)",
                payout["status"].text ?? "unknown", payout["order"].text ?? "unasked",
            ].joined(separator: " ")
            let mine = ours.removeValue(forKey: id) ?? "nothing"
            if mine != theirs {
                problems.append("Stripe's payout \(id) is \(theirs), ours \(mine)")
            }
        }
        return problems + ours.map { "Stripe knows no payout \($0), ours is \($1)" }
    }
}
