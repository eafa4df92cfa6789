import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Checking out with an address book` {
    @Test func `takes one click, once an address was typed`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            _ = try await shop.put(cup.variant, browser)
            _ = try await browser.submit(
                try await browser.get("/checkout"), "/checkout",
                OpenShop.address.merging(["keep": "true"]) { $1 })

            let again = try await browser.get("/checkout")
            #expect(again.text.contains("Hauptstraße 5"))
            let payment = try await browser.submit(again, "/checkout")

            #expect(payment.text.contains("Shipping and payment"))
            #expect(payment.text.contains("Hauptstraße 5"))
        }
    }

    @Test func `does not take somebody else's address, nor two at once`() async throws {
        try await OpenShop.run { shop in
            let kernel = shop.marketplace
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (ada, eve) = (
                try await shop.market.given.account("Ada"),
                try await shop.market.given.account("Eve")
            )
            let home = try await kernel.keepAddress(Given.address, of: ada.id)
            func start(_ account: Account, _ more: JSONValue?) async throws -> Int {
                var body: [String: JSONValue] = [
                    "lines": [["variantId": .string("\(cup.variant)"), "quantity": 1]],
                    "addressId": .string("\(home.id)"),
                ]
                if let more { body["address"] = more }
                return try await Browser(shop.app).send(
                    "POST", "/api/v1/checkouts", .object(body),
                    token: try await shop.token(account)
                ).status
            }

            #expect(try await start(ada, nil) == 201)
            #expect(try await start(eve, nil) == 404)
            #expect(try await start(ada, OpenShop.jsonAddress) == 422)
        }
    }

    @Test func `shows a typing error at its input, with all that was typed`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let ada = try #require(
                try await shop.marketplace.account(email: "grace@example.test"))
            try await shop.marketplace.keepAddress(Given.address, of: ada.id)
            let page = try await browser.get("/account/addresses")

            let refused = try await browser.submit(
                page, "/account/addresses",
                [
                    "address.name": "Grace", "address.lines": "Nowhere 1", "address.city": "  ",
                    "address.country": "FR",
                ])

            #expect(refused.status == 422)
            #expect(refused.text.contains("aria-invalid"))
            #expect(refused.text.contains("Nowhere 1"))
            #expect(refused.text.contains("value=\"FR\" selected"))
        }
    }
}
