import Vocabulary

extension Walk {
    /// Every artisan ships what was bought, with a tracking number.
    func ship(_ purchases: [Bought], _ artisans: [Artisan]) async throws {
        narrator.chapter("The artisans pack and ship")
        for (shelf, artisan) in artisans.enumerated() {
            let orders = try await artisan.client.get("/api/v1/orders?state=paid&limit=50")
            try orders.expect(
                orders["items"].items.count == purchases.count,
                "\(purchases.count) paid orders at \(artisan.shop.name)")
            for (index, order) in orders["items"].items.enumerated() {
                guard let id = order["id"].text, let number = order["number"].text else {
                    throw WalkProblem(expected: "orders with ids and numbers", orders)
                }
                let tracking = "GH-\(tag.uppercased())-\(shelf + 1)\(index + 1)"
                let shipped = try await artisan.client.post(
                    "/api/v1/orders/\(id)/shipments",
                    ["carrier": "Parcel Post", "trackingNumber": .string(tracking)], key: key())
                try shipped.expect(shipped["state"].text == "shipped", "a shipped order")
                narrator.tell("\(artisan.shop.name) ships order \(number), tracking \(tracking)")
            }
        }
    }

    /// The customer has it all, says so, and rates each thing and each artisan.
    func receiveAndRate(_ purchase: Bought, _ customer: Customer) async throws {
        narrator.chapter("\(customer.name) receives purchase \(purchase.number)")
        let seen = try await purchaseNow(purchase, customer)
        for order in seen["orders"].items {
            guard let id = order["id"].text, let seller = order["sellerName"].text,
                let tracking = order["shipments"][0]["trackingNumber"].text
            else { throw WalkProblem(expected: "orders with tracking numbers", seen) }
            let delivered = try await customer.client.post(
                "/api/v1/orders/\(id)/delivery", nil)
            try delivered.expect(delivered["state"].text == "delivered", "a delivered order")
            narrator.tell("\(tracking) from \(seller) has arrived")
            try await rate(delivered, seller, customer)
        }
    }

    private func rate(
        _ order: WalkClient.Answer, _ seller: String, _ customer: Customer
    ) async throws {
        for line in order["lines"].items {
            guard let id = line["id"].text, let title = line["title"].text else {
                throw WalkProblem(expected: "lines with ids", order)
            }
            let review: Fact = [
                "stars": 5, "body": .string("\(title): just as it was meant to be."),
            ]
            _ = try await customer.client.post(
                "/api/v1/order-lines/\(id)/review", review, key: key(), expecting: [201])
            _ = try await customer.client.post(
                "/api/v1/order-lines/\(id)/review", review, key: key(), expecting: [409])
            narrator.tell("rates \"\(title)\" ★★★★★ (a second time is refused)")
        }
        _ = try await customer.client.post(
            "/api/v1/orders/\(try order.text("id"))/rating", ["stars": 4], key: key(),
            expecting: [201])
        narrator.tell("rates \(seller) ★★★★☆")
    }
}
