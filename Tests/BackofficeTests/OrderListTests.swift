import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Lists of orders and refunds` {
    @Test func `orders are found by state, by shop and by number, page by page`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let (first, second) = (sale.orders[0].order, sale.orders[1].order)
            _ = try await office.post(
                "/api/v1/orders/\(first.id)/cancellation", #"{"reason": "The kiln broke."}"#)

            let all = try await office.get("/orders", as: .support)
            let cancelled = try await office.get("/orders?state=cancelled")
            let shop = try await office.get("/orders?seller=\(second.seller)&limit=1")
            let found = try await office.get("/orders?number=\(first.number.lowercased())")
            let one = try await office.get("/orders?limit=1", in: "de")
            let seller = try await office.get("/sellers/\(second.seller)", as: .support)
            let clerk = try await office.get("/sellers/\(second.seller)", as: .catalogue)

            func shows(_ page: OfficeAnswer) -> [Bool] {
                [first, second].map { page.text.contains("<a href=\"/orders/\($0.id)\">") }
            }
            #expect(shows(all) == [true, true])
            #expect(shows(cancelled) == [true, false])
            #expect(shows(shop) == [false, true])
            #expect(shop.text.contains("<h1>Orders of \(second.sellerName)</h1>"))
            #expect(shop.text.contains("/orders?seller=\(second.seller)&amp;state=paid"))
            #expect(!shop.text.contains("&amp;after="))
            #expect(shows(found) == [true, false])
            #expect(one.text.contains("<h1>Bestellungen</h1>") && one.text.contains("?after="))
            #expect(seller.text.contains("/orders?seller=\(second.seller)"))
            #expect(!clerk.text.contains("/orders?seller="), "nobody is led to what is closed")
            #expect(try await office.get("/orders", as: .catalogue).status == 403)
            // The page of an order begins at that order.
            let led = try await office.get("/orders/\(first.id)").location
            #expect(led == "/purchases/\(sale.purchase.id)#order-\(first.id)")
            let purchase = try await office.get("/purchases/\(sale.purchase.id)")
            #expect(purchase.text.contains("id=\"order-\(first.id)\""))
        }
    }

    @Test func `go on with what they were narrowed to`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let kernel = office.market.marketplace
            let variants = try await office.market.database.query(
                "select id from variant where listing_id = \(sale.listing)"
            ).decode { c in try c.next(ID<Variant>.self) }
            let checkout = try await kernel.startCheckout(
                [CheckoutItem(variant: try #require(variants.first), quantity: 1)],
                to: Given.address, email: "grace@example.com", as: sale.buyer)
            _ = try await kernel.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: PaymentChoice(instance: sale.payment, method: "card") { _ in
                    "http://127.0.0.1/"
                }, as: sale.buyer)
            for order in sale.orders {
                _ = try await office.post(
                    "/api/v1/orders/\(order.order.id)/refund",
                    #"{"reason": "A scratch.", "kind": "amount", "#
                        + #""amount": {"amount": 400, "currency": "EUR"}}"#)
            }
            let shop = "seller=\(sale.sellers[0].id)"

            let orders = try await office.get("/orders?\(shop)&state=paid&limit=1")
            let refunds = try await office.get("/refunds?state=open&limit=1")

            #expect(orders.text.contains("\"/orders?\(shop)&amp;state=paid&amp;after="))
            #expect(refunds.text.contains("\"/refunds?state=open&amp;after="))
        }
    }

    @Test func `a refund is listed while it is under way, and while it has failed`() async throws {
        try await Office.run { office in
            let sale = try await Sale(office.market)
            let order = sale.orders[0].order
            _ = try await office.post(
                "/api/v1/orders/\(order.id)/refund",
                #"{"reason": "A scratch.", "kind": "amount", "#
                    + #""amount": {"amount": 400, "currency": "EUR"}}"#)
            let open = try await office.get("/refunds?state=open", as: .support)
            TestBank.of(sale.payment).fail(.declined)
            while try await office.market.marketplace.settlePayments() > 0 {}

            let failed = try await office.get("/refunds?state=failed")
            let program = try await office.get("/api/v1/refunds?state=failed")
            let noneOpen = try await office.get("/refunds?state=open")
            let home = try await office.get("/")
            let refund = try program.require("items.0.refund.id")
            _ = try await office.post(
                "/api/v1/orders/\(order.id)/refunds/\(refund)/retries",
                #"{"reason": "They are back."}"#)
            let noneFailed = try await office.get("/refunds?state=failed")
            let all = try await office.get("/api/v1/refunds")

            let link = "<a href=\"/orders/\(order.id)\">\(order.number)</a>"
            #expect(open.text.contains(link) && open.text.contains("A scratch."))
            #expect(failed.text.contains(link))
            #expect(program.value("items.0.orderNumber") == order.number)
            #expect(program.value("items.0.refund.state") == "failed")
            #expect(program.value("items.0.purchase") == "\(sale.purchase.id)")
            #expect(noneOpen.text.contains("There is no such refund."))
            #expect(home.text.contains("/refunds?state=open"))
            #expect(home.text.contains("/refunds?state=failed"))
            #expect(noneFailed.text.contains("There is no such refund."))
            #expect(all.value("items.1.refund.id") == refund, "the newest stands first")
            #expect(try await office.get("/refunds", as: .catalogue).status == 403)
        }
    }
}
