import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Checking out with an address book` {
    @Test func `is one page, once an address was typed`() async throws {
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
            #expect(!again.text.contains("Where shall it go?"))
            let paid = try await browser.submit(
                again, "/checkout", ["pays": "true"], holding: "things")

            #expect(paid.text.contains("Your order is paid."))
            #expect(paid.text.contains("Hauptstraße 5"))
        }
    }

    @Test func `goes elsewhere on the page where one pays, by one click or by typing`() async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let grace = try #require(
                try await shop.marketplace.account(email: "grace@example.test"))
            let workshop = Address(
                name: "Grace", lines: ["Seestraße 9"], city: "Berlin", postalCode: "13353",
                country: "DE")
            let (_, first) = try await shop.guestAtPayment([cup.variant], in: browser)
            let path = try #require(first.checkoutAction)
            let action = path + "/address"
            try await shop.marketplace.keepAddress(workshop, of: grace.id)
            let page = try await browser.get(path)
            #expect(page.text.contains("Seestraße 9"))

            let moved = try await browser.submit(page, action)
            #expect(moved.text.contains("It goes there now."))
            let buyer = Buyer(account: grace.id)
            func goesTo() async throws -> Address {
                let id = try #require(ID<Checkout>(action.split(separator: "/")[1]))
                return try await shop.marketplace.findCheckout(id, as: buyer).address
            }
            #expect(try await goesTo() == workshop)

            for other in try await shop.marketplace.savedAddresses(of: grace.id).items
            where other.address != workshop {
                try await shop.marketplace.dropAddress(other.id, of: grace.id)
            }
            let typed = OpenShop.address.filter { $0.key != "email" }
            let refused = try await browser.submit(
                try await browser.get(path), action, typed.merging(["address.city": " "]) { $1 })
            #expect(refused.status == 422)
            #expect(refused.text.contains("<details open"))
            #expect(refused.text.contains("value=\"Hauptstraße 5\""))
            #expect(try await goesTo() == workshop)

            let back = try await browser.submit(refused, action, typed)
            #expect(back.text.contains("It goes there now."))
            #expect(try await goesTo().lines == ["Hauptstraße 5"])
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
