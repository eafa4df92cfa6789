import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// Whoever knows an id says how many of it there shall be in the cart.
@Suite struct `How many of a thing are in a cart` {
    private func set(
        _ quantity: Int, of variant: ID<Variant>, _ browser: Browser
    ) async throws -> WebAnswer {
        try await browser.send(
            "PUT", "/api/v1/cart/lines/\(variant)", ["quantity": .integer(Int64(quantity))])
    }

    @Test func `is said of what is for sale and of what is in it, though it is away by now`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            _ = try await browser.get("/cart")

            let new = try await set(2, of: cup.variant, browser)
            try await shop.marketplace.archiveListing(cup.listing, as: seller.member)
            let fewer = try await set(1, of: cup.variant, browser)
            let none = try await set(0, of: cup.variant, browser)
            let again = try await set(1, of: cup.variant, browser)

            #expect([new, fewer, none, again].map(\.status) == [200, 200, 200, 404])
            #expect(new.json?["isBuyable"] == .bool(true))
            #expect(fewer.text.contains("\"quantity\":1"))
            #expect(again.text.contains("cart.thing-missing"))
        }
    }

    @Test func `is not said of what nobody has, and the cart stays one that can be bought`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let page = try await shop.put(cup.variant, browser)
            let unknown = ID<Variant>()

            let program = try await set(1, of: unknown, browser)
            let form = try await browser.post(
                "/cart/lines/\(unknown)", try fields(of: cup.variant, page))
            let none = try await set(0, of: unknown, browser)
            let cart = try await browser.send("GET", "/api/v1/cart")

            #expect([program, form, none].map(\.status) == [404, 404, 200])
            #expect(cart.json?["unknown"] == .array([]))
            #expect(cart.json?["isBuyable"] == .bool(true))
        }
    }

    @Test func `tells nobody of a thing that its shop has not shown yet`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let draft = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Secret teapot",
                    variants: [VariantDraft(price: Money(4321, .eur), onHand: 3, grams: 400)]),
                as: seller.member)
            let variant = try #require(draft.variants.first).id
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            let page = try await shop.put(cup.variant, browser)

            let program = try await set(1, of: variant, browser)
            let form = try await browser.post(
                "/cart/lines/\(variant)", try fields(of: cup.variant, page))
            let cart = try await browser.get("/cart")

            #expect([program, form].map(\.status) == [404, 404])
            for answer in [program, form, cart] {
                #expect(!answer.text.contains("teapot") && !answer.text.contains("43.21"))
            }
        }
    }

    @Test func `is said in the cart of what has sold out meanwhile and was taken out`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller, stock: 1)
            let browser = Browser(shop.app)
            let page = try await shop.put(cup.variant, browser)
            _ = try await set(0, of: cup.variant, browser)
            let (other, held) = try await shop.guestAtPayment([cup.variant])
            _ = try await other.submit(held, "\(try #require(held.checkoutAction))/purchase")

            let form = try await browser.submit(
                page, "/cart/lines/\(cup.variant)", ["quantity": "1"])
            let program = try await set(1, of: cup.variant, browser)

            #expect(form.text.contains("“Cup” is sold out."))
            #expect(form.text.contains("nothing in it yet"))
            #expect(program.status == 409)
        }
    }

    /// What the form of a line would send.
    private func fields(
        of variant: ID<Variant>, _ page: WebAnswer
    ) throws -> [(String, String)] {
        try #require(
            HTMLForm.fields(of: "/cart/lines/\(variant)", in: page.text, holding: "quantity"))
    }
}
