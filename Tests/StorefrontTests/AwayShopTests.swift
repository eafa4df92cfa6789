import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// The market suspended a shop after somebody had ordered there, and before they paid.
@Suite struct `A purchase that cannot be paid since its shop is away` {
    private struct Scene: Sendable {
        let shop: OpenShop
        let browser: Browser
        let path: String
        /// The page as it was before.
        let before: WebAnswer
        let cup: ID<Listing>

        init(_ shop: OpenShop, _ method: String) async throws {
            self.shop = shop
            let clay = try await shop.market.given.verifiedSeller()
            let wool = try await shop.market.given.verifiedSeller("Wool & Loom")
            let cup = try await shop.thing("Cup", by: clay)
            let scarf = try await shop.thing("Scarf", by: wool)
            self.cup = cup.listing
            let page: WebAnswer
            (browser, page) = try await shop.guestAtPayment([cup.variant, scarf.variant])
            let action = try #require(page.checkoutAction)
            _ = try await browser.submitOnce(
                page, "\(action)/purchase", ["way": "\(shop.payment) \(method)"])
            path = "/purchases/\(try await shop.lastPurchase())"
            before = try await browser.get(path)
            let admin = try await shop.market.given.administrator()
            _ = try await shop.marketplace.suspendSeller(
                wool.id, reason: "Looked at.", by: admin.id)
        }
    }

    @Test(arguments: ["declined", "redirect"])
    func `says so, offers no way to pay, and is ended and put into the cart again`(
        _ method: String
    ) async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, method)

            let page = try await scene.browser.get(scene.path)
            let ended = try await scene.browser.submit(page, "\(scene.path)/cancellation")
            let cart = try await scene.browser.submit(ended, "\(scene.path)/cart")

            #expect(scene.before.text.contains("action=\"\(scene.path)/payments\""))
            #expect(!scene.before.text.contains("End the purchase"))
            #expect(
                page.text.contains("Nothing of Wool &amp; Loom can be bought at the moment, so"))
            #expect(!page.text.contains("action=\"\(scene.path)/payments\""))
            #expect(!page.text.contains("Go on with the payment"))
            #expect(ended.text.contains("It is ended, and you pay nothing."))
            #expect(ended.text.contains("You ended it: nothing was bought"))
            #expect(!ended.text.contains("not paid in time"))
            #expect(cart.text.contains("What can still be had is in your cart again."))
            #expect(cart.text.contains("/listings/\(scene.cup)"))
        }
    }

    @Test func `is not paid from a page that was open before`() async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, "declined")

            let page = try await scene.browser.submit(
                scene.before, "\(scene.path)/payments", ["way": "\(shop.payment) card"])

            #expect(page.text.contains("Nothing of Wool &amp; Loom can be bought at present."))
            #expect(page.text.contains("End the purchase"))
            #expect(shop.bank.payments.isEmpty)
        }
    }

    @Test func `is refused to programs, which may end it`() async throws {
        try await OpenShop.run { shop in
            let scene = try await Scene(shop, "redirect")
            let api = "/api/v1\(scene.path)"

            let shown = try await scene.browser.send("GET", api)
            let ways = try await scene.browser.send("GET", "\(api)/ways-to-pay")
            let paid = try await scene.browser.send(
                "POST", "\(api)/payments",
                ["instanceId": .string("\(shop.payment)"), "method": "card"])
            let stranger = try await Browser(shop.app).send("POST", "\(api)/cancellation")
            let ended = try await scene.browser.send("POST", "\(api)/cancellation")
            let again = try await scene.browser.send("POST", "\(api)/cancellation")

            #expect(shown.text.contains("\"awayShops\":[\"Wool & Loom\"]"))
            for refused in [ways, paid] {
                #expect(refused.status == 409)
                #expect(refused.text.contains("payment.seller-away"))
            }
            #expect(stranger.status == 404)
            #expect(ended.status == 200)
            #expect(ended.json?["state"]?.string == "cancelled")
            #expect(again.status == 409)
        }
    }

    /// Whoever has sent it already must see that it came.
    @Test func `asks nobody to send money, and shows what has come`() async throws {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(
                ofPayments: "bank-transfer",
                ["holder": "Guildhall", "iban": "DE89370400440532013000"])
            let clay = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: clay)
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase", ["way": "\(way) transfer"])
            let path = "/purchases/\(try await shop.lastPurchase())"
            let before = try await browser.get(path)
            let admin = try await shop.market.given.administrator()
            _ = try await shop.marketplace.suspendSeller(
                clay.id, reason: "Looked at.", by: admin.id)

            let asked = try await browser.get(path)
            let payment = try await shop.market.database.query("select id from payment")
                .decode { c in try c.next(ID<Payment>.self) }
            try await shop.marketplace.confirmPayment(
                try #require(payment.first),
                ReceiptDraft(amount: Money(100, .eur), receivedAt: .systemNow),
                as: .admin(admin.id))
            let part = try await browser.get(path)

            #expect(before.text.contains("DE89 3704 0044 0532 0130 00"))
            #expect(!asked.text.contains("DE89 3704 0044 0532 0130 00"))
            #expect(!asked.text.contains("Send the money"))
            #expect(part.text.contains("€\u{a0}1.00 has come; "))
            #expect(!part.text.contains("DE89 3704 0044 0532 0130 00"))
        }
    }
}
