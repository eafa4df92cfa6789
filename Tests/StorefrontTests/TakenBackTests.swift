import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// What somebody has at their checkout is held for them, and can be taken back all the same.
@Suite struct `What was taken back while it was held at a checkout` {
    enum Reason: CaseIterable { case suspended, onHoliday, archived }

    /// A guest at a checkout with a vase, which is taken back, and another maker's saucer.
    private struct Scene: Sendable {
        let shop: OpenShop
        let browser: Browser
        let page: WebAnswer
        let action: String
        let vase: ID<Variant>
        let saucer: ID<Variant>

        init(_ shop: OpenShop, _ reason: Reason, stock: Int = 5) async throws {
            self.shop = shop
            let clay = try await shop.market.given.verifiedSeller()
            let vase = try await shop.thing("Vase", by: clay, stock: stock)
            self.vase = vase.variant
            saucer = try await shop.thing(
                "Saucer", by: try await shop.market.given.verifiedSeller("Wool")
            ).variant
            (browser, page) = try await shop.guestAtPayment([vase.variant, saucer])
            action = try #require(page.checkoutAction)
            switch reason {
            case .suspended:
                let admin = try await shop.market.given.administrator()
                _ = try await shop.marketplace.suspendSeller(
                    clay.id, reason: "Looked at.", by: admin.id)
            case .onHoliday:
                let now = try await shop.marketplace.marketNow()
                _ = try await shop.marketplace.setHoliday(
                    from: now.advanced(days: -1), until: now.advanced(days: 9), note: "",
                    as: clay.member)
            case .archived:
                try await shop.marketplace.archiveListing(vase.listing, as: clay.member)
            }
        }

        func answer() async throws -> WebAnswer {
            try await browser.send(
                "GET", action.replacing("/checkout/", with: "/api/v1/checkouts/"))
        }
    }

    private func isMarked(_ page: WebAnswer, _ reason: Reason) -> Bool {
        let words =
            reason == .suspended
            ? "Clay &amp; Kiln is not selling at the moment." : "This is not for sale any more."
        return page.text.contains("1 × Vase <span class=\"tag bad\">\(words)</span>")
            && page.text.contains("1 × Saucer<br>")
            && page.text.contains("href=\"/cart\">Go to your cart</a>")
            && !page.text.contains("Order and pay")
    }

    @Test(arguments: Reason.allCases)
    func `is marked on its page, from which the rest is bought`(_ reason: Reason) async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, reason)

            let page = try await scene.browser.get(scene.action)
            let cart = try await scene.browser.get("/cart")
            let rest = try await scene.browser.submit(
                cart, "/cart/lines/\(scene.vase)", ["quantity": "0"])
            let next = try await scene.browser.submit(
                try await scene.browser.get("/checkout"), "/checkout", ["pays": "true"],
                holding: "things")

            #expect(page.status == 200)
            #expect(isMarked(page, reason))
            #expect(cart.text.contains("This is not for sale any more."))
            #expect(rest.text.contains("href=\"/checkout\""))
            #expect(next.text.contains("Thank you. Your order is paid."))
            #expect(next.text.contains("Hauptstraße 5"))
            #expect(!next.text.contains("Vase"))
        }
    }

    @Test(arguments: Reason.allCases)
    func `is marked with all that was typed when something is pressed, and charges nobody`(
        _ reason: Reason
    ) async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, reason)
            let (browser, action) = (scene.browser, scene.action)

            let paid = try await browser.submit(
                scene.page, "\(action)/purchase",
                ["parcels.1.option": "parcel", "wishes.1.giftMessage": "For Ada"])
            // They wait for when the rest is bought.
            let cart = try await browser.get("/cart")
            let chosen = try await browser.submit(
                scene.page, "\(action)/shipping", ["parcels.1.option": "parcel"])
            let moved = try await browser.submit(
                scene.page, "\(action)/address",
                OpenShop.address.merging(["address.lines": "Am Markt 9"]) { $1 })

            for page in [paid, chosen, moved] {
                #expect(page.status == 409)
                #expect(isMarked(page, reason))
            }
            #expect(paid.text.contains(">For Ada</textarea>"))
            #expect(paid.text.contains("name=\"parcels.1.option\" value=\"parcel\" checked"))
            #expect(chosen.text.contains("name=\"parcels.1.option\" value=\"parcel\" checked"))
            #expect(moved.text.contains("Am Markt 9"))
            #expect(shop.bank.payments.isEmpty)
            #expect(cart.text.contains(">For Ada</textarea>"))
        }
    }

    @Test(arguments: Reason.allCases)
    func `is away to programs, and the checkout not ready`(_ reason: Reason) async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, reason)

            let answer = try await scene.answer()

            #expect(answer.json?["isReady"] == .bool(false))
            #expect(answer.json?["state"]?.string == "open")
            guard case .array(let parcels)? = answer.json?["parcels"] else {
                throw TestSupportError.notFound("parcels")
            }
            let states = parcels.flatMap { parcel -> [String] in
                guard case .array(let lines)? = parcel["lines"] else { return [] }
                return lines.compactMap { line in
                    line["title"]?.string.map { "\($0) \(line["state"]?.string ?? "")" }
                }
            }
            #expect(states.sorted() == ["Saucer fine", "Vase away"])
        }
    }

    @Test func `is what a checkout is ready without, as its answers say`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let path = try #require(page.checkoutAction)
                .replacing("/checkout/", with: "/api/v1/checkouts/")

            let open = try await browser.send("GET", path)
            try await shop.market.database.execute(
                "update checkout set expires_at = market_now() - interval '1 second'")
            let over = try await browser.send("GET", path)

            #expect(open.json?["isReady"] == .bool(true))
            #expect(over.json?["isReady"] == .bool(false))
        }
    }

    /// The checkout that a browser has begun is no place to go on at when its things are gone.
    @Test(arguments: Reason.allCases)
    func `leads from the checkout to the cart, also when it is the last piece`(
        _ reason: Reason
    ) async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, reason, stock: 1)

            let plain = try await scene.browser.raw("GET", "/checkout")
            let cart = try await scene.browser.get("/checkout")

            #expect(plain.header("location") == "/cart")
            #expect(cart.text.contains("This is not for sale any more."))
            #expect(!cart.text.contains("href=\"/checkout\""))
        }
    }
}
