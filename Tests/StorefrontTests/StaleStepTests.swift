import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// The page is open, somebody else is faster, and then its button is pressed.
@Suite struct `A step that cannot be done any more` {
    @Test func `into the cart leads to the thing's page, which says what there is instead`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let vase = try await shop.thing("Vase", by: seller, stock: 1)
            let browser = Browser(shop.app)
            let page = try await browser.get("/listings/\(vase.listing)")
            _ = try await shop.guestAtPayment([vase.variant])

            let late = try await browser.submitOnce(page, "/cart/lines")
            let shown = try await browser.get(try #require(late.header("location")))
            #expect(late.header("location") == "/listings/\(vase.listing)")
            #expect(shown.text.contains("This is sold out."))
            #expect(shown.text.contains("Sold out at the moment."))

            try await shop.marketplace.archiveListing(vase.listing, as: seller.member)
            let gone = try await browser.submit(
                page, "/cart/lines", ["idempotencyKey": "of-another-tab"])
            #expect(gone.text.contains("This is not for sale any more."))
            #expect(try await browser.get("/cart").text.contains("nothing in it yet"))
        }
    }

    @Test func `to pay, cancel or confirm leads to the purchase, which says how it stands`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let declined = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase",
                ["way": "\(shop.payment) declined"])
            let purchase = "/purchases/\(try await shop.lastPurchase())"
            let card = ["way": "\(shop.payment) card"]
            let paid = try await browser.submit(declined, "\(purchase)/payments", card)
            #expect(paid.text.contains("Your order is paid."))
            let order = try #require(
                paid.text.firstMatch(of: /action="(\/orders\/[^"]*)\/cancellation"/)
                    .map { String($0.1) })

            // A tab that was left open: with the same key it would be a double click.
            let again = try await browser.submit(
                declined, "\(purchase)/payments",
                card.merging(["idempotencyKey": "of-another-tab"]) { $1 })
            #expect(again.status == 200 && again.text.contains("This has been paid already."))
            #expect(again.text.contains("<h1>Purchase "))
            #expect(shop.bank.payments.count == 1)

            let id = try #require(ID<Order>(order.dropFirst("/orders/".count)))
            try await shop.marketplace.shipOrder(
                id, in: try ShippedParcel(carrier: "DHL"), as: seller.member)
            let late = try await browser.submit(
                paid, "\(order)/cancellation", ["reason": "Too blue"])
            #expect(late.status == 200)
            #expect(late.text.contains("This order has been shipped already."))

            let sent = try await browser.get(purchase)
            let parcel = try #require(
                sent.text.firstMatch(of: /action="(\/shipments\/[^"]*)"/).map { String($0.1) })
            let one = try await browser.submit(sent, parcel)
            #expect(one.text.contains("Good that it is there."))
            let fields = try #require(HTMLForm.fields(of: parcel, in: sent.text))
            let second = try await browser.post("\(order)/delivery", fields)
            let two = try await browser.get(try #require(second.header("location")))
            #expect(two.text.contains("This order has been delivered already."))
        }
    }

    @Test func `to ask for shipping again stays at the checkout while nobody answers`()
        async throws
    {
        try await OpenShop.run { shop in
            try await shop.market.database.execute(
                """
                update provider_instance set state = 'paused'
                where module_key = 'test-shipping'
                """)
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let action = try #require(page.checkoutAction)
            #expect(page.text.contains("cannot be had at the moment"))

            let again = try await browser.submit(page, "\(action)/quotes")

            #expect(again.status == 503)
            #expect(again.text.contains("Your things stay reserved; try again."))
            #expect(again.text.contains("formaction=\"\(action)/quotes\""))
            #expect(again.text.contains("Hauptstraße 5"))

            try await shop.market.database.execute(
                """
                update provider_instance set state = 'active'
                where module_key = 'test-shipping'
                """)
            let there = try await browser.submit(again, "\(action)/quotes")
            #expect(there.text.contains("Order and pay €\u{a0}20.00"))
        }
    }

    @Test func `has a way back on the page that only says so`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            func refused(_ headers: [(String, String)]) async throws -> String {
                try await browser.raw("GET", "/listings/\(ID<Listing>())", headers: headers).text
            }
            let back = try await refused([("referer", "http://shop.test/search?text=a%26b")])
            let own = try await refused([])
            let astray = try await refused([("referer", "http://evil.example/search")])

            #expect(back.contains("href=\"/search?text=a%26b\">Back to where you were</a>"))
            #expect(!own.contains("Back to where you were"))
            #expect(!astray.contains("Back to where you were"))
        }
    }

    @Test func `on the wish list says so where one is, and what was chosen stays`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let thing = "/listings/\(cup.listing)"
            let chosen = "\(thing)?variant=\(cup.variant)"
            let page = try await browser.get(chosen)
            func send(_ action: String, _ page: WebAnswer, from path: String) async throws
                -> String?
            {
                let fields = try #require(HTMLForm.fields(of: action, in: page.text))
                let body = fields.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
                return try await browser.raw(
                    "POST", action,
                    headers: [
                        ("content-type", "application/x-www-form-urlencoded"),
                        ("sec-fetch-site", "same-origin"),
                        ("referer", "http://shop.test\(path)"),
                    ], body: Array(body.utf8)
                ).header("location")
            }

            #expect(try await send("\(thing)/wish", page, from: chosen) == chosen)
            let wished = try await browser.get(chosen)
            let off = "/wishes/\(cup.listing)/removal"
            #expect(try await send(off, wished, from: chosen) == chosen)
            #expect(try await send("\(thing)/wish", page, from: "/elsewhere") == thing)
            let list = try await browser.get("/wishes")
            #expect(try await send(off, list, from: "/wishes") == "/wishes")
        }
    }
}
