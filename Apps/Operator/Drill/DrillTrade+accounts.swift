import Kernel
import Vocabulary

extension DrillTrade {
    /// Stripe tells the market what happens, and the sellers have accounts there, to which they are
    /// paid.
    /// - Returns: Stripe's references of the accounts, in the order of the sellers.
    func openAccounts(at stripe: WalkClient, storefront: String) async throws -> [String] {
        let address = "\(storefront)/webhooks/\(provider)"
        _ = try await stripe.post(
            "/_/endpoints",
            [
                "account": [.string(address), .string(DrillProvider.secret)],
                "connect": [.string(address), .string(DrillProvider.connectSecret)],
            ])
        var accounts: [String] = []
        for seller in sellers {
            _ = try await seller.post("/api/v1/payout-accounts/\(provider)/links")
            let seen = try await seller.get("/api/v1/payout-accounts")
            guard let account = connection(seen)["reference"].text else {
                throw WalkProblem(expected: "an account at Stripe", seen)
            }
            _ = try await stripe.post("/_/accounts/\(account)/complete", [:])
            _ = try await until("account \(account) to be ready") {
                // As the provider's page leads back.
                _ = try await seller.get(
                    "/money/accounts/\(provider)/return", expecting: Self.all)
                let seen = try await seller.get("/api/v1/payout-accounts")
                return connection(seen)["isReady"].flag == true ? seen : nil
            }
            accounts.append(account)
        }
        return accounts
    }

    private func connection(_ answer: WalkClient.Answer) -> Fact {
        answer["items"].items.first { $0["instanceId"].text == provider } ?? .absent
    }

    /// The administrator takes the last payout back out of the seller's account.
    func takeBack() async throws {
        let paid = try await until("a payout to be paid") {
            let seen = try await admin.get("/api/v1/payouts?limit=20")
            let own = seen["items"].items.filter { $0["instance"].text == provider }
            guard let id = own.first?["id"].text, own.first?["state"].text == "paid" else {
                return nil
            }
            return try await admin.get("/api/v1/payouts/\(id)")
        }
        let path = "/api/v1/payouts/\(try paid.text("id"))"
        let isDone = { (answer: WalkClient.Answer) in
            Self.wasInterrupted(answer)
                || answer["type"].text?.hasSuffix("taken-back-already") == true
        }
        _ = try await insist("a payout to be taken back", with: Self.newKey(), or: isDone) { key in
            try await admin.post(
                path + "/reversals", ["reason": "a drill"], key: key, expecting: Self.all)
        }
        _ = try await until("\(path) to be back") {
            let seen = try await admin.get(path)
            return seen["state"].text == "returned" ? seen : nil
        }
    }

    /// The administrator has a euro of a seller's account sent to the seller's bank, and the bank
    /// takes it.
    func sendToBank(from account: ID<PayoutAccount>, at stripe: WalkClient) async throws {
        let path = "/api/v1/payout-accounts/\(account)"
        let before = try await until("account \(account) to be seen") { try await admin.get(path) }
        let last = before["orders"][0]["id"].text
        // Whoever got no answer looks first: what was ordered once is not ordered again.
        let sent = try await until("money of account \(account) to be sent to its bank") {
            let seen = try await admin.get(path)
            let order = seen["orders"][0]
            if order["id"].text != last { return order["state"].text == "done" ? seen : nil }
            _ = try await admin.post(
                path + "/bank-payouts",
                ["amount": ["amount": 100, "currency": "EUR"], "reason": "a drill"],
                key: Self.newKey(), expecting: Self.all)
            return nil
        }
        guard let reference = sent["orders"][0]["reference"].text else {
            throw WalkProblem(expected: "Stripe's name of the payout", sent)
        }
        for status in ["in_transit", "paid"] {
            _ = try await stripe.post("/_/payouts/\(reference)/\(status)", [:])
        }
    }

    /// The administrator calls one piece of the first order off, while its money is only reserved.
    func callOff(_ bought: Bought) async throws {
        guard let order = bought.orders.first else { return }
        let path = "/api/v1/orders/\(order)"
        let seen = try await until("order \(order) to be seen") { try await admin.get(path) }
        guard let line = seen["lines"][0]["id"].text else {
            throw WalkProblem(expected: "a line of the order", seen)
        }
        // Whoever got no answer looks first, as with a refund: what was called off once is not
        // asked for again.
        _ = try await until("a part of order \(order) to be called off") {
            let seen = try await admin.get(path)
            let states = seen["refunds"].items.compactMap { $0["state"].text }
            if states == ["called_off"] { return seen }
            if states.isEmpty {
                _ = try await admin.post(
                    path + "/refund",
                    [
                        "reason": "a drill", "kind": "lines",
                        "lines": [["lineId": .string(line), "quantity": 1]],
                    ], key: Self.newKey(), expecting: Self.all)
            }
            return nil
        }
    }
}
