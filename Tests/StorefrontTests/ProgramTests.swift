import Kernel
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Buying as a program` {
    private func checkout(
        _ shop: OpenShop, _ variant: ID<Variant>, _ browser: Browser, _ token: String
    ) async throws -> JSONValue {
        let answer = try await browser.send(
            "POST", "/api/v1/checkouts",
            [
                "lines": [["variantId": .string("\(variant)"), "quantity": 1]],
                "email": "grace@example.test", "address": OpenShop.jsonAddress,
            ], token: token)
        #expect(answer.status == 201)
        return try #require(answer.json)
    }

    private func purchase(_ shop: OpenShop, _ checkout: JSONValue, _ method: String) -> JSONValue {
        [
            "checkoutId": checkout["id"] ?? .null,
            "expectedTotal": checkout["totals"]?["total"] ?? .null,
            "instanceId": .string("\(shop.payment)"), "method": .string(method),
        ]
    }

    @Test func `from the cart to the review`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let grace = try await shop.market.given.account("Grace")
            let token = try await shop.token(grace)
            let program = Browser(shop.app)

            let open = try await checkout(shop, cup.variant, program, token)
            let ways = try await program.send(
                "GET", "/api/v1/checkouts/\(open["id"]?.string ?? "")/ways-to-pay", token: token)
            let key = [("idempotency-key", "buy-1")]
            let placed = try await program.send(
                "POST", "/api/v1/purchases", purchase(shop, open, "card"), token: token,
                headers: key)
            let again = try await program.send(
                "POST", "/api/v1/purchases", purchase(shop, open, "card"), token: token,
                headers: key)
            let id = try #require(placed.json?["id"]?.string)
            let seen = try await program.send("GET", "/api/v1/purchases/\(id)", token: token)
            guard case .array(let orders)? = seen.json?["orders"], let order = orders.first,
                let orderText = order["id"]?.string, let orderID = ID<Order>(orderText),
                case .array(let lines)? = order["lines"], let line = lines.first?["id"]?.string
            else {
                Issue.record("no order in \(seen.text)")
                return
            }
            try await shop.marketplace.shipOrder(
                orderID, in: ShippedParcel(carrier: "DHL", trackingNumber: "X1"),
                as: seller.member)
            let delivered = try await program.send(
                "POST", "/api/v1/orders/\(orderText)/delivery", token: token)
            let review = try await program.send(
                "POST", "/api/v1/order-lines/\(line)/review",
                ["stars": 5, "body": "Lovely."], token: token)
            let twice = try await program.send(
                "POST", "/api/v1/order-lines/\(line)/review", ["stars": 1],
                token: token)
            let rating = try await program.send(
                "POST", "/api/v1/orders/\(orderText)/rating", ["stars": 4], token: token)

            #expect(ways.status == 200)
            #expect(placed.status == 201)
            #expect(placed.json?["state"] == "paid")
            #expect(again.body == placed.body)
            #expect(delivered.json?["state"] == "delivered")
            #expect(review.status == 201)
            #expect(twice.status == 409)
            #expect(rating.status == 201)
        }
    }

    @Test func `cancels one order and sees the money go back`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let token = try await shop.token(try await shop.market.given.account())
            let program = Browser(shop.app)
            let open = try await checkout(shop, cup.variant, program, token)
            let placed = try await program.send(
                "POST", "/api/v1/purchases", purchase(shop, open, "card"), token: token)
            let id = try #require(placed.json?["id"]?.string)
            let seen = try await program.send("GET", "/api/v1/purchases/\(id)", token: token)
            guard case .array(let orders)? = seen.json?["orders"],
                let order = orders.first?["id"]?.string
            else {
                Issue.record("no order")
                return
            }

            let cancelled = try await program.send(
                "POST", "/api/v1/orders/\(order)/cancellation", ["reason": "Changed my mind"],
                token: token)
            let twice = try await program.send(
                "POST", "/api/v1/orders/\(order)/cancellation", ["reason": "Again"], token: token)

            #expect(cancelled.status == 200)
            #expect(cancelled.json?["state"] == "cancelled")
            #expect(twice.status == 409)
        }
    }

    @Test func `sees nothing of other people's`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let token = try await shop.token(try await shop.market.given.account())
            let other = try await shop.token(try await shop.market.given.account())
            let program = Browser(shop.app)
            let open = try await checkout(shop, cup.variant, program, token)
            let placed = try await program.send(
                "POST", "/api/v1/purchases", purchase(shop, open, "card"), token: token)
            let id = try #require(placed.json?["id"]?.string)
            let checkoutID = try #require(open["id"]?.string)

            for path in ["/api/v1/purchases/\(id)", "/api/v1/checkouts/\(checkoutID)"] {
                #expect(try await Browser(shop.app).send("GET", path, token: other).status == 404)
                #expect(try await Browser(shop.app).send("GET", path).status == 404)
                #expect(try await program.send("GET", path, token: token).status == 200)
            }
            #expect(try await Browser(shop.app).raw("GET", "/purchases/\(id)").status == 404)
        }
    }

    @Test func `the total that was shown is the total that is paid`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let token = try await shop.token(try await shop.market.given.account())
            let program = Browser(shop.app)
            let open = try await checkout(shop, cup.variant, program, token)

            let answer = try await program.send(
                "POST", "/api/v1/purchases",
                [
                    "checkoutId": open["id"] ?? .null,
                    "expectedTotal": ["amount": 1, "currency": "EUR"],
                    "instanceId": .string("\(shop.payment)"), "method": "card",
                ], token: token)

            #expect(answer.status == 409)
            #expect(answer.json?["field"] == "expectedTotal")
            #expect(shop.bank.payments.isEmpty)
        }
    }
}
