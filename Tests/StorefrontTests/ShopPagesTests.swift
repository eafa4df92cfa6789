import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Pages of the shop` {
    @Test func `the first one shows what was chosen by hand`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller("Clay & <Kiln>")
            let admin = try await shop.market.given.account("Ada").id
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            let before = try await browser.get("/").text
            #expect(!before.contains("Chosen by us"))
            #expect(!before.contains("Makers to meet"))

            try await shop.marketplace.pick(cup.listing, true, by: admin)
            try await shop.marketplace.pick(seller.id, true, by: admin)

            let page = try await browser.get("/").text
            #expect(page.contains("<h2>Chosen by us</h2>"))
            let makers = try #require(page.components(separatedBy: "Makers to meet").last)
            #expect(makers.contains("Clay &amp; &lt;Kiln&gt;"))
            #expect(makers.contains("/makers/"))
        }
    }

    @Test func `a search can leave out what is not sent to the visitor`() async throws {
        try await OpenShop.run { shop in
            let (near, far) = (
                try await shop.market.given.verifiedSeller(),
                try await shop.market.given.verifiedSeller()
            )
            _ = try await shop.thing("Near cup", by: near)
            _ = try await shop.thing("Far cup", by: far)
            try await shop.marketplace.setDestinations(["DE"], as: near.member)
            let browser = Browser(shop.app)
            let before = try await browser.get("/search?text=cup").text
            #expect(!before.contains("sentTo=AT"))
            browser.setCookie("guildhall_country", "AT")

            let offered = try await browser.get("/search?text=cup").text
            #expect(offered.contains("/search?text=cup&amp;sentTo=AT"))
            #expect(offered.contains("Near cup"))
            let narrowed = try await browser.get("/search?text=cup&sentTo=AT").text
            #expect(!narrowed.contains("Near cup"))
            #expect(narrowed.contains("Far cup"))
            #expect(narrowed.contains("name=\"sentTo\" value=\"AT\""))
            // Nonsense is left out, like every part of a question that makes no sense.
            #expect(try await browser.get("/search?sentTo=x1").text.contains("Near cup"))
        }
    }

    @Test func `a visit counts once for a browser, for the maker whose thing it is`() async throws {
        try await OpenShop.run { shop in
            let (one, two) = (
                try await shop.market.given.verifiedSeller(),
                try await shop.market.given.verifiedSeller()
            )
            let (cup, bowl) = (
                try await shop.thing("Cup", by: one), try await shop.thing("Bowl", by: one)
            )
            let visits = shop.app.site.visits
            #expect(await visits.days(of: one.id)?.reduce(0, +) == 0)

            let browser = Browser(shop.app)
            for thing in [cup, bowl, cup, cup] {
                _ = try await browser.get("/listings/\(thing.listing)")
            }
            _ = try await Browser(shop.app).get("/listings/\(cup.listing)")

            #expect(await visits.days(of: one.id)?.reduce(0, +) == 3)
            #expect(await visits.days(of: two.id)?.reduce(0, +) == 0)
        }
    }

    @Test func `a maker's page says how they handle returns`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let slug = try await shop.marketplace.seller(seller.id).slug
            let browser = Browser(shop.app)
            #expect(try await !browser.get("/makers/\(slug)").text.contains("Policies of"))

            let kept = try await shop.marketplace.setPolicies(
                " Within <b>14</b> days.\n\nWash by hand. ", as: seller.member)
            #expect(kept == "Within <b>14</b> days.\n\nWash by hand.")

            let page = try await browser.get("/makers/\(slug)").text
            #expect(page.contains("<p>Within &lt;b&gt;14&lt;/b&gt; days.</p>"))
            #expect(page.contains("Policies of"))
            // Whoever looks at a thing reads them there, before buying.
            let cup = try await shop.thing("Cup", by: seller)
            let beside = try await browser.get("/listings/\(cup.listing)").text
            #expect(beside.contains("<summary>Policies of Clay &amp; Kiln</summary>"))
            #expect(beside.contains("<p>Within &lt;b&gt;14&lt;/b&gt; days.</p>"))
            #expect(try await shop.marketplace.setPolicies("  ", as: seller.member) == nil)
            #expect(try await !browser.get("/makers/\(slug)").text.contains("Policies of"))
            let packer = SellerMember(
                seller: seller.id, account: seller.owner.id, role: .orders)
            await #expect(throws: SellerRefusal.notAllowed) {
                try await shop.marketplace.setPolicies("Mine.", as: packer)
            }
        }
    }

    @Test func `what a customer says is shown with photos, and kept when it is refused`()
        async throws
    {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, payment) = try await shop.guestAtPayment([cup.variant], in: browser)
            _ = try await browser.submit(
                payment, "\(try #require(payment.checkoutAction))/purchase")
            let purchase = try await shop.lastPurchase()
            let (order, line, person) = try #require(
                try await shop.market.database.query(
                    """
                    select o.id, l.id, p.account_id from orders o
                    join order_line l on l.order_id = o.id join purchase p on p.id = o.purchase_id
                    where p.id = \(purchase)
                    """
                ).decode { c in
                    (
                        try c.next(ID<Order>.self), try c.next(ID<OrderLine>.self),
                        try c.next(ID<Account>.self)
                    )
                }.first)
            try await shop.marketplace.shipOrder(
                order, in: ShippedParcel(carrier: "DHL"), as: seller.member)
            _ = try await shop.marketplace.confirmDelivery(order, as: Buyer(account: person))
            let form = try await browser.get("/orders/\(order)/reviews")
            let action = "/orders/\(order)/lines/\(line)/review"

            let svg = Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8)
            let refused = try await browser.upload(
                form, action, ["stars": "4", "body": "Warm & <round>"],
                file: ("photo", "a.svg", svg))
            #expect(refused.status == 415)
            #expect(refused.text.contains("A picture has to be a JPEG"))
            #expect(refused.text.contains("Warm &amp; &lt;round&gt;</textarea>"))
            #expect(refused.text.contains("<option value=\"4\" selected>"))
            let said = try await browser.upload(
                refused, action, ["stars": "4", "body": "Warm & <round>"],
                file: ("photo", "a.png", MarketSide.picture))
            #expect(said.status == 303)
            try await shop.market.worker().drain()

            let page = try await browser.get("/listings/\(cup.listing)").text
            #expect(page.contains("Warm &amp; &lt;round&gt;"))
            #expect(page.contains("/media/\(ContentHash(of: MarketSide.picture))/320.jpg"))
            #expect(page.contains("<span class=\"unseen\">4.0 of 5 stars from 1 customer</span>"))
            // And to search engines, of which none can end the script element it stands in.
            #expect(page.contains("\"@type\":\"Review\""))
            #expect(page.contains("\"reviewBody\":\"Warm \\u0026 \\u003cround\\u003e\""))
            #expect(page.contains("\"ratingValue\":4"))
        }
    }
}
