import TestSupport
import Testing
import Vocabulary
import Web

@testable import Kernel

/// A purchase of which nothing is left is not simply "paid" to whoever paid it.
@Suite struct `What became of a purchase` {
    @Test func `is said where its only order was cancelled, until the money is back`() async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, page) = try await shop.guestAtPayment([cup.variant], in: browser)
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let bought = try await browser.get("/purchases/\(try await shop.lastPurchase())")

            let cancelled = try await Self.cancel(bought, browser, shop)
            let meanwhile = try await browser.get("/account")
            while try await shop.marketplace.settlePayments() > 0 {}
            let back = try await browser.get("/purchases/\(try await shop.lastPurchase())")
            let list = try await browser.get("/account")
            browser.setCookie("guildhall_language", "de")
            let german = try await browser.get("/account")

            #expect(Self.state(of: bought) == "paid")
            #expect(Self.state(of: cancelled) == "cancelled, money on its way back")
            #expect(meanwhile.text.contains("cancelled, money on its way back"))
            #expect(Self.state(of: back) == "cancelled, money returned")
            #expect(list.text.contains("cancelled, money returned"))
            #expect(german.text.contains("storniert, Geld zurückgezahlt"))
        }
    }

    @Test func `is paid as long as another maker's part of it stands`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let scarf = try await shop.thing(
                "Scarf", by: try await shop.market.given.verifiedSeller("Wool"))
            let (browser, page) = try await shop.guestAtPayment([cup.variant, scarf.variant])
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let bought = try await browser.get("/purchases/\(try await shop.lastPurchase())")

            let cancelled = try await Self.cancel(bought, browser, shop)

            #expect(Self.state(of: cancelled) == "paid")
        }
    }

    @Test func `is nothing to be paid at the door where cash was promised for it`() async throws {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(ofPayments: "cash-on-delivery")
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let promised = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase", ["way": "\(way) cash"])

            let cancelled = try await Self.cancel(promised, browser, shop)

            #expect(Self.state(of: promised) == "to be paid on delivery")
            #expect(Self.state(of: cancelled) == "cancelled, nothing was charged")
            #expect(!cancelled.text.contains("when your things are handed over."))
        }
    }

    @Test func `is that the money went back, also where the things stay with the customer`()
        async throws
    {
        try await OpenShop.run { shop in
            let clay = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: clay)
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, page) = try await shop.guestAtPayment([cup.variant], in: browser)
            _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let order = try #require(
                try await shop.marketplace.listOrders(
                    as: clay.member, OrderFilter(state: .paid), PageRequest()
                ).items.first)
            try await shop.marketplace.shipOrder(
                order.id, in: try ShippedParcel(carrier: "Post"), as: clay.member)
            try await shop.marketplace.refundOrder(
                order.id, .everything, reason: "a scratch", as: .seller(clay.member))
            while try await shop.marketplace.settlePayments() > 0 {}

            let shown = try await browser.get("/purchases/\(try await shop.lastPurchase())")

            #expect(Self.state(of: shown) == "money returned")
        }
    }

    @Test func `is that money is on its way also while nobody knows whether it arrived`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([cup.variant])
            let bought = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase")
            _ = try await Self.cancel(bought, browser, shop)
            shop.bank.fail(.answerLost)
            try await shop.marketplace.settlePayments()

            let doubt = try await browser.get("/purchases/\(try await shop.lastPurchase())")

            #expect(shop.bank.held == 0)
            #expect(Self.state(of: doubt) == "cancelled, money on its way back")
        }
    }

    @Test func `is said to programs too, and nothing of what was never paid`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, page) = try await shop.guestAtPayment([cup.variant], in: browser)
            let action = try #require(page.checkoutAction)
            _ = try await browser.submit(
                page, "\(action)/purchase", ["way": "\(shop.payment) declined"])
            let id = try await shop.lastPurchase()
            func outcomes() async throws -> [String?] {
                let one = try await browser.send("GET", "/api/v1/purchases/\(id)").json
                let list = try await browser.send("GET", "/api/v1/purchases").json
                guard case .array(let items)? = list?["items"] else { return [] }
                return [one?["outcome"]?.string, items.first?["outcome"]?.string]
            }

            let unpaid = try await outcomes()
            _ = try await browser.submit(
                try await browser.get("/purchases/\(id)"), "/purchases/\(id)/payments",
                ["way": "\(shop.payment) card"])
            let paid = try await outcomes()
            _ = try await Self.cancel(
                try await browser.get("/purchases/\(id)"), browser, shop)
            let meanwhile = try await outcomes()
            while try await shop.marketplace.settlePayments() > 0 {}
            let back = try await outcomes()

            #expect(unpaid == [nil, nil])
            #expect(paid == ["stands", "stands"])
            #expect(meanwhile == ["returning", "returning"])
            #expect(back == ["returned", "returned"])
        }
    }

    @Test func `is known by what was taken and what went back`() {
        func outcome(
            _ isAllCancelled: Bool, _ captured: Int64, _ refunded: Int64, _ isReturning: Bool
        ) -> PurchaseOutcome {
            PurchaseOutcome(
                isAllCancelled: isAllCancelled, captured: captured, refunded: refunded,
                isReturning: isReturning)
        }

        #expect(outcome(false, 900, 0, false) == .stands)
        #expect(outcome(false, 900, 400, true) == .stands)
        #expect(outcome(false, 900, 900, false) == .refunded)
        #expect(outcome(true, 0, 0, false) == .notCharged)
        #expect(outcome(true, 900, 400, true) == .returning)
        #expect(outcome(true, 900, 900, false) == .returned)
        // A refund failed, or the customer had the money from the bank.
        #expect(outcome(true, 900, 0, false) == .cancelled)
    }

    /// Cancels the first order that the page shows.
    private static func cancel(
        _ page: WebAnswer, _ browser: Browser, _ shop: OpenShop
    ) async throws -> WebAnswer {
        let form = try #require(
            page.text.firstMatch(of: /action="(\/orders\/[^\/]*\/cancellation)"/))
        return try await browser.submit(page, String(form.1), ["reason": "Too blue"])
    }

    /// What stands beside the number.
    private static func state(of page: WebAnswer) -> String? {
        page.text.firstMatch(of: /<h1>Purchase [^<]*<span class="tag [^"]*">([^<]*)</)
            .map { String($0.1) }
    }
}
