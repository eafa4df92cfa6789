import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A receipt` {
    private struct Sale {
        let browser: Browser
        let purchase: ID<Purchase>
        var path: String { "/purchases/\(purchase)" }
    }

    private func sold(_ shop: OpenShop) async throws -> Sale {
        let clay = try await shop.market.given.verifiedSeller("Clay & Kiln")
        let wool = try await shop.market.given.verifiedSeller("Wool <b>")
        let cup = try await shop.thing("Cup", by: clay)
        let scarf = try await shop.thing("Scarf", by: wool, price: 4250)
        let (browser, page) = try await shop.guestAtPayment([cup.variant, scarf.variant])
        _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
        return Sale(browser: browser, purchase: try await shop.lastPurchase())
    }

    @Test func `has every maker's lines, the sums, where it went and how it was paid`() async throws
    {
        try await OpenShop.run { shop in
            let sale = try await sold(shop)
            let detail = try await shop.marketplace.receipt(
                of: sale.purchase,
                as: Buyer(
                    guestToken: try #require(sale.browser.cookie("guildhall_customer_browser")))
            )
            let bought = try await sale.browser.get(sale.path)
            #expect(bought.text.contains("href=\"\(sale.path)/receipt\""))

            let page = try await sale.browser.get("\(sale.path)/receipt")

            #expect(page.status == 200)
            #expect(page.header("cache-control") == "no-store")
            for words in [
                "Receipt \(detail.purchase.number)", "Clay &amp; Kiln", "Wool &lt;b&gt;", "Cup",
                "Scarf", "€\u{a0}20.00", "€\u{a0}42.50", "Hauptstraße 5", "Grace", "Paid on",
                Format.money(detail.purchase.total),
            ] { #expect(page.text.contains(words), "\(words)") }
            for order in detail.orders {
                #expect(page.text.contains("Order \(order.order.number)"))
            }
            let totals = try detail.totals()
            #expect(
                try totals.items.adding(totals.shipping).adding(totals.tax) == totals.total)
            for tax in detail.taxes {
                #expect(page.text.contains(Format.money(tax.amount)), "\(tax.label)")
            }
        }
    }

    @Test(
        arguments: [
            ("en", "Bank transfer"), ("de", "Überweisung"), ("fr", "Virement"),
        ])
    func `says how it was paid, in the reader's language, also when its provider is gone`(
        _ language: String, _ method: String
    ) async throws {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(
                ofPayments: "bank-transfer",
                ["holder": "Guild & Hall", "iban": "DE89370400440532013000"])
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase", ["way": "\(way) transfer"])
            let purchase = try await shop.lastPurchase()
            let payment = try await shop.market.database.query("select id from payment")
                .decode { c in try c.next(ID<Payment>.self) }
            try await shop.marketplace.confirmPayment(
                try #require(payment.first),
                ReceiptDraft(amount: Money(2000, .eur), receivedAt: .systemNow),
                as: .admin(try await shop.market.given.administrator().id))
            try await shop.market.database.execute(
                "update provider_instance set state = 'retired' where id = \(way)")
            browser.setCookie("guildhall_language", language)

            let receipt = try await browser.get("/purchases/\(purchase)/receipt")

            #expect(receipt.text.contains("<br>\(method)</p>"), "\(receipt.text)")
        }
    }

    @Test func `is the buyer's alone`() async throws {
        try await OpenShop.run { shop in
            let sale = try await sold(shop)
            let stranger = Browser(shop.app)

            #expect(try await stranger.get("\(sale.path)/receipt").status == 404)
            #expect(try await stranger.get("/api/v1\(sale.path)/receipt").status == 404)
        }
    }

    @Test func `shows what went back`() async throws {
        try await OpenShop.run { shop in
            let sale = try await sold(shop)
            let before = try await sale.browser.get("\(sale.path)/receipt")
            let page = try await sale.browser.get(sale.path)
            let order = try #require(
                try await shop.market.database.query(
                    "select id from orders where purchase_id = \(sale.purchase) order by number"
                ).decode { c in try c.next(ID<Order>.self) }.first)

            _ = try await sale.browser.submit(
                page, "/orders/\(order)/cancellation", ["reason": "Too blue"])
            let after = try await sale.browser.get("\(sale.path)/receipt")
            let json = try await sale.browser.get("/api/v1\(sale.path)/receipt")

            #expect(!before.text.contains("What went back"))
            #expect(after.text.contains("What went back"))
            #expect(after.text.contains("Given back so far"))
            #expect(json.status == 200)
            #expect(json.text.contains("\"refunded\""))
        }
    }

    @Test func `is not there before it is paid`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase",
                ["way": "\(shop.payment) declined"])
            let path = "/purchases/\(try await shop.lastPurchase())"

            let answer = try await browser.get("\(path)/receipt")

            #expect(answer.text.contains("There is a receipt as soon as it is paid."))
            #expect(!answer.text.contains("href=\"\(path)/receipt\""))
            #expect(try await browser.get("/api/v1\(path)/receipt").status == 409)
        }
    }

    @Test func `stands in the letter, in its language`() async throws {
        try await OpenShop.run { shop in
            let sale = try await sold(shop)
            try await shop.market.tellEverybody()
            while try await shop.marketplace.writeLetters() {}

            let letters = try await shop.marketplace.mails(PageRequest()).items
            let body = try #require(letters.first { $0.topic == "purchase.paid" }).body

            for words in [
                "1 × Cup: €\u{a0}20.00", "1 × Scarf: €\u{a0}42.50", "from Clay & Kiln:",
                "Things: €\u{a0}62.50", "Total: ", "\(sale.path)/receipt",
            ] { #expect(body.contains(words), "\(words) in \(body)") }
        }
    }
}
