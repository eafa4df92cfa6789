import Vocabulary

extension Walk {
    /// What somebody paid for once.
    struct Bought: Sendable {
        let purchaseID: String
        let number: String
        let total: Money
    }

    func customer(_ index: Int) async throws -> Customer {
        let person = market.customers[index % market.customers.count]
        let name = person.name
        let first = name.split(separator: " ").first.map { $0.lowercased() } ?? "customer"
        let email = "\(first)-\(tag)@example.com"
        let client = WalkClient("customer app", storefront)
        guard let address = person.address else {
            throw OperatorProblem("\(name) has no address in market.json.")
        }
        narrator.chapter("\(name) comes to the market")
        try await register(name, email, client)
        narrator.tell("\(name) registers as \(email)")
        return Customer(name: name, email: email, client: client, address: address)
    }

    /// Fills a cart with things of all artisans, checks out and pays once.
    func buy(
        _ customer: Customer, from artisans: [Artisan], method: String,
        expecting state: String = "paid"
    ) async throws -> Bought {
        try await fillCart(customer, from: artisans)
        let checkout = try await checkOut(customer, artisans)
        let placed = try await pay(customer, checkout, method: method)
        try placed.expect(placed["declined"].text == nil, "a payment that is not declined")
        try placed.expect(placed["state"].text == state, "a purchase in the state \(state)")
        return try bought(placed, checkout)
    }

    private func fillCart(_ customer: Customer, from artisans: [Artisan]) async throws {
        for (index, artisan) in artisans.enumerated() {
            let (listing, word) = try await find(artisan, customer, index)
            let variants = listing["variants"].items.filter {
                ($0["available"].integer ?? 0) > 2
            }
            guard let variant = variants.first?["id"].text else {
                throw WalkProblem(expected: "a variant with stock", listing)
            }
            let quantity: Int64 = index == 0 ? 2 : 1
            let title = try listing.text("title")
            narrator.tell(
                "searches \"\(word)\", finds \"\(title)\" by \(artisan.shop.name), "
                    + "takes \(quantity)"
            )
            _ = try await customer.client.post(
                "/api/v1/cart/lines",
                ["variantId": .string(variant), "quantity": .integer(quantity)], key: key())
        }
        let cart = try await customer.client.get("/api/v1/cart")
        try cart.expect(
            cart["groups"].items.count == artisans.count,
            "a cart with \(artisans.count) artisans")
        try cart.expect(cart["isBuyable"].flag == true, "a cart that can be bought")
    }

    /// Searches for a thing of the artisan by one word of its title, with a typing error.
    private func find(
        _ artisan: Artisan, _ customer: Customer, _ index: Int
    ) async throws -> (WalkClient.Answer, String) {
        let word = ["everyday bowl", "cooking spon", "heather scarf"][index % 3]
        let query = word.replacing(" ", with: "%20")
        let found = try await customer.client.get(
            "/api/v1/listings?text=\(query)&seller=\(artisan.slug)&inStock=true")
        guard let id = found["items"][0]["id"].text else {
            throw WalkProblem(expected: "something that fits \"\(word)\"", found)
        }
        return (try await customer.client.get("/api/v1/listings/\(id)"), word)
    }

    private func checkOut(
        _ customer: Customer, _ artisans: [Artisan]
    ) async throws -> WalkClient.Answer {
        var checkout = try await customer.client.post(
            "/api/v1/checkouts", ["address": Fact(customer.address)], key: key())
        let id = try checkout.text("id")
        try checkout.expect(
            checkout["parcels"].items.count == artisans.count, "one parcel per artisan")
        for parcel in checkout["parcels"].items {
            let options = parcel["options"].items
            guard let number = parcel["number"].integer,
                let choice = options.first(where: { $0["isPickup"].flag == false }),
                let code = choice["code"].text
            else { throw WalkProblem(expected: "shipping options for every parcel", checkout) }
            let all = options.map {
                "\($0["label"].text ?? "?") \($0["price"].money?.description ?? "?")"
            }
            let shop = parcel["sellerName"].text ?? "?"
            narrator.tell("\(shop) ships: \(all.joined(separator: " · "))")
            checkout = try await customer.client.put(
                "/api/v1/checkouts/\(id)/parcels/\(number)/shipping", ["option": .string(code)])
        }
        try checkout.expect(checkout["isReady"].flag == true, "a checkout that is ready to pay")
        try receipt(checkout)
        return checkout
    }

    private func receipt(_ checkout: WalkClient.Answer) throws {
        var lines: [(name: String, value: String)] = []
        for parcel in checkout["parcels"].items {
            for line in parcel["lines"].items {
                lines.append(
                    (
                        "\(line["quantity"].integer ?? 0) × \(line["title"].text ?? "?")",
                        line["total"].money?.description ?? "?"
                    ))
            }
        }
        let totals = checkout["totals"]
        lines.append(("Shipping", totals["shipping"].money?.description ?? "?"))
        for tax in checkout["taxes"].items {
            let inside = tax["isIncluded"].flag == true ? " (included)" : ""
            lines.append(
                ("\(tax["label"].text ?? "Tax")\(inside)", tax["amount"].money?.description ?? "?"))
        }
        lines.append(("Total", totals["total"].money?.description ?? "?"))
        narrator.receipt(lines)
        let parts = ["items", "shipping", "tax"].compactMap { totals[$0].money }
        guard parts.count == 3, let total = totals["total"].money,
            let sum = try? Money.sum(parts, total.currency)
        else { throw WalkProblem(expected: "totals with amounts", checkout) }
        try checkout.expect(
            sum == total, "items, shipping and taxes that add up to \(total); they are \(sum)")
    }

    private func pay(
        _ customer: Customer, _ checkout: WalkClient.Answer, method: String
    ) async throws -> WalkClient.Answer {
        let id = try checkout.text("id")
        let ways = try await customer.client.get("/api/v1/checkouts/\(id)/ways-to-pay")
        guard let way = ways["items"][0]["instanceId"].text,
            ways["items"][0]["methods"].items.contains(where: { $0["code"].text == method })
        else { throw WalkProblem(expected: "a way to pay with \(method)", ways) }
        narrator.tell(
            "\(customer.name) pays once, at \(ways["items"][0]["name"].text ?? "?"), with \(method)"
        )
        let placement: Fact = [
            "checkoutId": .string(id), "expectedTotal": checkout["totals"]["total"],
            "instanceId": .string(way), "method": .string(method),
        ]
        let once = key()
        let placed = try await customer.client.post(
            "/api/v1/purchases", placement, key: once, expecting: [201])
        let again = try await customer.client.post(
            "/api/v1/purchases", placement, key: once, expecting: [201])
        try again.expect(
            again.fact == placed.fact, "the same answer when the request is sent a second time")
        return placed
    }
}
