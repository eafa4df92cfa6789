import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Wishes of a maker's parcel in the cart` {
    private static let words = "Happy birthday, \"Ada\" & all"
    private static let shown = "Happy birthday, &quot;Ada&quot; &amp; all"

    /// A day that is still to come by the market's clock.
    private func day(_ shop: OpenShop, in days: Int64) async throws -> String {
        Day(containing: try await shop.marketplace.marketNow().advanced(days: Int(days)))
            .description
    }

    private func link(_ seller: GivenSeller) -> String { "/cart/parcels/\(seller.id)/wishes" }

    @Test func `stand in its group, are checked as at the checkout, and begin it`() async throws {
        try await OpenShop.run { shop in
            let (one, two) = (
                try await shop.market.given.verifiedSeller("One"),
                try await shop.market.given.verifiedSeller("Two")
            )
            let (cup, bowl) = (
                try await shop.thing("Cup", by: one), try await shop.thing("Bowl", by: two)
            )
            let browser = Browser(shop.app)
            _ = try await shop.put(cup.variant, browser)
            let cart = try await shop.put(bowl.variant, browser)
            let wished = try await day(shop, in: 20)

            let refused = try await browser.submit(
                cart, link(two), ["giftMessage": Self.words, "deliverOn": "2001-01-01"])
            #expect(refused.status == 422)
            #expect(refused.text.contains("The day has to come, and within a year."))
            #expect(refused.text.contains(Self.shown))
            let form = try #require(refused.text.firstRange(of: link(two)))
            #expect(refused.text[form.upperBound...].prefix(900).contains("id=\"what-is-wrong\""))
            let long = try await browser.submit(
                cart, link(two), ["giftMessage": String(repeating: "x", count: 501)])
            #expect(long.status == 422)
            let kept = try await browser.submit(
                refused, link(two), ["giftMessage": Self.words, "deliverOn": wished])
            #expect(kept.text.contains("It goes with your order to the maker."))
            #expect(kept.text.contains(Self.shown) && kept.text.contains("value=\"\(wished)\""))

            let answer = try await browser.send("GET", "/api/v1/cart").json?["groups"]?.items
            let groups = try #require(answer)
            #expect(groups.count == 2)
            for group in groups {
                let isTwo = group["sellerId"]?.string == two.id.description
                #expect(group["giftMessage"]?.string == (isTwo ? Self.words : nil))
                #expect(group["deliverOn"]?.string == (isTwo ? wished : nil))
            }

            let page = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", OpenShop.address)
            #expect(page.text.contains(Self.shown) && page.text.contains("value=\"\(wished)\""))
            #expect(page.text.components(separatedBy: Self.shown).count == 2, "in one parcel")
            let action = try #require(page.checkoutAction)
            let input = try #require(
                (0...1).map { "wishes.\($0).giftMessage" }.first { name in
                    page.text.contains("name=\"\(name)\" maxlength=\"500\">\(Self.shown)<")
                })
            let paid = try await browser.submit(
                page, "\(action)/purchase", [input: Self.words])
            #expect(paid.text.contains("Your order is paid.") && paid.text.contains(Self.shown))

            // What is ordered is not wished of the next parcel of the same maker.
            let next = try await shop.put(bowl.variant, browser)
            #expect(!next.text.contains(Self.shown))
        }
    }

    @Test func `go into the account with the guest's cart, and with the person's data`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            let cart = try await shop.put(cup.variant, browser)
            _ = try await browser.submit(cart, link(seller), ["giftMessage": Self.words])

            try await shop.register(browser)

            #expect(try await browser.get("/cart").text.contains(Self.shown))
            let data = try await browser.send("GET", "/api/v1/account/data")
            #expect(data.text.contains("cartWishes") && data.text.contains("Happy birthday"))
            // Whoever uses the browser next sees nothing of it.
            _ = try await browser.submit(try await browser.get("/"), "/sign-out", [:])
            _ = try await shop.put(cup.variant, browser)
            #expect(try await !browser.get("/cart").text.contains(Self.shown))
        }
    }

    @Test func `are kept by programs, too, taken back, and lost when their day is over`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let account = try await shop.market.given.account()
            let token = try await shop.token(account)
            let program = Browser(shop.app)
            func send(
                _ method: String, _ path: String, _ body: JSONValue? = nil
            ) async throws -> WebAnswer {
                try await program.send(method, "/api/v1\(path)", body, token: token)
            }
            func group() async throws -> JSONValue? {
                try await send("GET", "/cart").json?["groups"]?.items.first
            }
            let wishes = link(seller)
            #expect(try await send("PUT", wishes, ["giftMessage": "Hi"]).status == 404)
            _ = try await send(
                "POST", "/cart/lines",
                ["variantId": .string(cup.variant.description), "quantity": 1])

            let wrong = try await send("PUT", wishes, ["deliverOn": "tomorrow"])
            #expect(wrong.status == 422 && wrong.text.contains("deliverOn"))
            let wished = try await day(shop, in: 2)
            let kept = try await send(
                "PUT", wishes, ["giftMessage": "Hi", "deliverOn": .string(wished)])
            #expect(kept.status == 200)
            #expect(try await group()?["deliverOn"]?.string == wished)
            try await shop.market.database.execute(
                "update market_clock set shift = shift + interval '3 days'")
            #expect(try await group()?["deliverOn"]?.string == nil)
            #expect(try await group()?["giftMessage"]?.string == "Hi")

            let checkout = try await send(
                "POST", "/checkouts",
                ["address": OpenShop.jsonAddress, "email": "grace@example.test"])
            let parcel = try #require(checkout.json?["parcels"]?.items.first)
            #expect(parcel["giftMessage"]?.string == "Hi")
            #expect(parcel["deliverOn"]?.string == nil)

            #expect(try await send("PUT", wishes, [:]).status == 200)
            #expect(try await group()?["giftMessage"]?.string == nil)
            _ = try await send("PUT", wishes, ["giftMessage": "Hi"])
            _ = try await send("DELETE", "/cart")
            _ = try await send(
                "POST", "/cart/lines",
                ["variantId": .string(cup.variant.description), "quantity": 1])
            #expect(try await group()?["giftMessage"]?.string == nil)
        }
    }
}
