import Vocabulary

extension Walk {
    /// What the customer app answered to "order and pay", as the rest of the walk needs it.
    func bought(_ placed: WalkClient.Answer, _ checkout: WalkClient.Answer) throws -> Bought {
        guard let total = placed["total"].money else {
            throw WalkProblem(expected: "a total", placed)
        }
        return Bought(
            purchaseID: try placed.text("id"), number: try placed.text("number"), total: total)
    }

    /// A payment whose result comes later, told by webhook only.
    func buyAndWait(_ customer: Customer, from artisans: [Artisan]) async throws -> Bought {
        let purchase = try await buy(
            customer, from: artisans, method: "tok_delayed", expecting: "awaitingPayment")
        let seen = try await purchaseNow(purchase, customer)
        try seen.expect(
            seen["payment"]["state"].text == "processing", "a payment that waits for its webhook")
        narrator.tell("The bank takes its time: purchase \(purchase.number) awaits its webhook")
        return purchase
    }

    func purchaseNow(_ purchase: Bought, _ customer: Customer) async throws -> WalkClient.Answer {
        try await customer.client.get("/api/v1/purchases/\(purchase.purchaseID)")
    }

    /// The purchase once it is paid; asked again for a while, because payment may take its time.
    func paid(_ purchase: Bought, _ customer: Customer) async throws -> WalkClient.Answer {
        try await eventually {
            let seen = try await purchaseNow(purchase, customer)
            return (seen["state"].text == "paid", seen)
        } or: {
            "purchase \(purchase.number) to be paid"
        }
    }

    /// Asks until the answer is as expected, for at most a minute.
    func eventually(
        _ ask: () async throws -> (Bool, WalkClient.Answer), or expected: () -> String
    ) async throws -> WalkClient.Answer {
        let limit = ContinuousClock.now + .seconds(60)
        while true {
            let (isFine, answer) = try await ask()
            if isFine { return answer }
            guard ContinuousClock.now < limit else {
                throw WalkProblem(expected: expected() + " within a minute", answer)
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    /// One order per artisan, all paid, adding up to what was paid; and the ledger balances.
    func split(
        _ purchase: Bought, _ customer: Customer, _ artisans: [Artisan], _ admin: WalkClient
    ) async throws {
        narrator.chapter("The purchase becomes one order per artisan")
        let seen = try await paid(purchase, customer)
        let orders = seen["orders"].items
        try seen.expect(orders.count == artisans.count, "one order per artisan")
        let sellers = Set(orders.compactMap { $0["sellerId"].text })
        try seen.expect(sellers == Set(artisans.map(\.sellerID)), "orders of these artisans")
        let totals = orders.compactMap { $0["total"].money }
        let sum = try Money.sum(totals, purchase.total.currency)
        narrator.receipt(
            orders.map {
                (
                    "Order \($0["number"].text ?? "?"), \($0["sellerName"].text ?? "?")",
                    $0["total"].money?.description ?? "?"
                )
            } + [("Paid once, purchase \(purchase.number)", purchase.total.description)])
        try seen.expect(
            totals.count == orders.count && sum == purchase.total,
            "orders that add up to \(purchase.total); they are \(sum)")
        try await ledgerBalances(admin)
    }

    /// The webhook arrives after the swap, and the payment completes where it began.
    func completeOnOld(
        _ purchase: Bought, _ customer: Customer, _ providers: Providers, _ admin: WalkClient
    ) async throws {
        narrator.chapter("The waiting payment completes on the old provider")
        let bank = WalkClient("sandbox bank", bankURL)
        _ = try await bank.post("/control/release?account=North")
        narrator.tell("The bank decides and sends its webhook, signed")
        let seen = try await paid(purchase, customer)
        try seen.expect(
            seen["payment"]["instanceId"].text == providers.old,
            "a payment that stayed with the old provider")
        narrator.tell("Purchase \(purchase.number) is paid, at \(providers.oldName)")
        try await ledgerBalances(admin)
    }

    func isAt(
        _ provider: String, _ purchase: Bought, _ customer: Customer, _ admin: WalkClient
    ) async throws {
        let seen = try await paid(purchase, customer)
        try seen.expect(
            seen["payment"]["instanceId"].text == provider, "a payment at the new provider")
        narrator.tell("Purchase \(purchase.number) was paid at the new provider")
        try await ledgerBalances(admin)
    }
}
