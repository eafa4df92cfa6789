import Vocabulary

extension DrillTrade {
    /// A checkout of one thing of each seller, with a way to ship each.
    struct Checkout: Sendable {
        let id: String
        let total: Fact
    }

    /// One customer buys of the sellers and pays, however often it has to be tried.
    func checkOut(pieces: Int64 = 1) async throws -> Bought {
        let checkout = try await beginCheckout(pieces: pieces)
        guard let purchase = try await place(checkout, at: provider, bank.card) else {
            throw OperatorProblem("The way to pay is closed.")
        }
        return try await pay(purchase, at: provider)
    }

    func beginCheckout(pieces: Int64 = 1) async throws -> Checkout {
        guard let address = market.customers[0].address else {
            throw OperatorProblem("The demo's first customer has no address.")
        }
        let lines = variants.prefix(bank.shops).map {
            ["variantId": .string($0), "quantity": .integer(pieces * bank.pieces)] as Fact
        }
        let started = try await insist("a checkout", with: Self.newKey()) { key in
            try await customer.post(
                "/api/v1/checkouts", ["lines": .list(lines), "address": Fact(address)], key: key,
                expecting: Self.all)
        }
        let id = try started.text("id")
        var checkout = started
        for parcel in started["parcels"].items {
            let options = parcel["options"].items.filter { $0["isPickup"].flag == false }
            guard let number = parcel["number"].integer, let code = options.first?["code"].text
            else { throw WalkProblem(expected: "shipping options", started) }
            checkout = try await insist("a choice of shipping") { _ in
                try await customer.put(
                    "/api/v1/checkouts/\(id)/parcels/\(number)/shipping",
                    ["option": .string(code)], expecting: Self.all)
            }
        }
        return Checkout(id: id, total: checkout["totals"]["total"])
    }

    /// The purchase; nil when that way to pay is closed by now, and nothing was ordered.
    func place(
        _ checkout: Checkout, at provider: String, _ method: String
    ) async throws -> String? {
        let isClosed = { (answer: WalkClient.Answer) in
            answer["type"].text?.hasSuffix("way-unavailable") == true
        }
        let placed = try await insist("a purchase", with: Self.newKey(), or: isClosed) { key in
            try await customer.post(
                "/api/v1/purchases",
                [
                    "checkoutId": .string(checkout.id), "expectedTotal": checkout.total,
                    "instanceId": .string(provider), "method": .string(method),
                ], key: key, expecting: Self.all)
        }
        return placed["id"].text
    }

    /// Waits until it is paid; pays again when the first payment is known to have failed.
    @discardableResult
    func pay(_ purchase: String, at provider: String) async throws -> Bought {
        let path = "/api/v1/purchases/\(purchase)"
        let paid = try await until("purchase \(purchase) to be paid") {
            let seen = try await customer.get(path)
            if seen["state"].text == "paid" { return seen }
            if seen["payment"]["state"].text == "failed" {
                _ = try await customer.post(
                    path + "/payments",
                    ["instanceId": .string(provider), "method": .string(bank.card)],
                    key: Self.newKey(),
                    expecting: Self.all)
            }
            return nil
        }
        return Bought(
            purchase: purchase, orders: paid["orders"].items.compactMap { $0["id"].text })
    }
}
