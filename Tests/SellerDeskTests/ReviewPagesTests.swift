import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What customers say, at the desk` {
    /// Delivered orders of one buyer, each rated and its thing reviewed.
    private func rated(_ count: Int, _ desk: Desk) async throws -> [OrderDetail] {
        let way = try await desk.market.given.providers()
        let customer = try await desk.market.given.account("Grace Customer")
        let buyer = Buyer(account: customer.id)
        let things = try await desk.listing("Bowl")
        try await desk.market.database.execute("update stock_level set on_hand = 100")
        var orders: [OrderDetail] = []
        for number in 0..<count {
            let checkout = try await desk.kernel.startCheckout(
                [CheckoutItem(variant: try #require(things.variants.first).id, quantity: 1)],
                to: Given.address, email: "grace@example.com", as: buyer)
            let placed = try await desk.kernel.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: PaymentChoice(instance: way, method: "card") { _ in "http://127.0.0.1/" },
                as: buyer)
            let order = try #require(
                try await desk.kernel.findPurchase(placed.purchase.id, as: buyer).orders.first)
            try await desk.kernel.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "Post"), as: desk.shop.member)
            try await desk.kernel.confirmDelivery(order.order.id, as: buyer)
            _ = try await desk.kernel.review(
                order.lines[0].id, ReviewDraft(stars: 5, body: "Review \(number)."),
                by: customer.id)
            _ = try await desk.kernel.rateSeller(
                for: order.order.id, ReviewDraft(stars: 4, body: "Rating \(number)."),
                by: customer.id)
            orders.append(order)
        }
        return orders
    }

    @Test(arguments: ["reviews", "ratings"])
    func `a refused answer stays, with the fault at its input`(_ kind: String) async throws {
        try await Desk.run { desk in
            _ = try await rated(2, desk)
            let browser = try await desk.colleague(.support)
            let page = try await browser.get("/reviews")
            let start = try #require(page.text.firstRange(of: "action=\"/\(kind)/"))
            let id = page.text[start.upperBound...].prefix(36)
            let action = "/\(kind)/\(id)/reply"
            let long = "Thank <you> " + String(repeating: "x", count: 4000)

            let refused = try await browser.submit(page, action, ["reply": long])

            #expect(refused.status == 422)
            #expect(refused.text.contains(">Thank &lt;you&gt; xxx"))
            let form = try #require(refused.text.firstRange(of: "action=\"\(action)\""))
            #expect(refused.text[..<form.lowerBound].suffix(60).contains("<details open>"))
            #expect(refused.text[form.upperBound...].prefix(500).contains("id=\"what-is-wrong\""))
            #expect(refused.text.ranges(of: "xxxx").count > 900, "typed into one form alone")
            #expect(refused.text.ranges(of: "Thank &lt;you&gt;").count == 1)
            #expect(refused.text.contains("Review 0.") && refused.text.contains("Rating 0."))

            let said = try await browser.submit(refused, action, ["reply": "Thank you!"])
            #expect(said.text.contains("Your answer is shown."))
            #expect(said.text.contains("Your answer:</strong> Thank you!"))
            #expect(said.text.contains(">Thank you!</textarea>"), "ready to be mended")
            let mended = try await browser.submit(said, action, ["reply": "Thank you both!"])
            #expect(mended.text.contains("Your answer:</strong> Thank you both!"))
        }
    }

    @Test func `goes on after twenty ratings, and an answer leads back to where it was written`()
        async throws
    {
        try await Desk.run { desk in
            _ = try await rated(22, desk)
            let browser = try await desk.colleague(.support)
            let first = try await browser.get("/reviews")
            #expect(first.text.contains("Rating 21.") && !first.text.contains("Rating 1."))
            let more = try #require(
                first.text.firstRange(of: "href=\"/reviews?ratingsAfter="), "a way on")
            let link =
                "/reviews?ratingsAfter=" + first.text[more.upperBound...].prefix { $0 != "\"" }

            let second = try await browser.get(link)
            #expect(second.text.contains("Rating 1.") && second.text.contains("Rating 0."))
            #expect(!second.text.contains("Rating 2."))
            #expect(second.text.contains("Review 21."), "the reviews beside them stay")
            let start = try #require(second.text.firstRange(of: "action=\"/ratings/"))
            let action = "/ratings/\(second.text[start.upperBound...].prefix(36))/reply"

            // Each list goes on by itself, and the other one stays where it is.
            let cursor = link.dropFirst("/reviews?ratingsAfter=".count)
            let on = try #require(second.text.firstRange(of: "href=\"/reviews?after="))
            let older = second.text[on.upperBound...].prefix { $0 != "&" && $0 != "\"" }
            #expect(second.text.contains("?after=\(older)&amp;ratingsAfter=\(cursor)\""))
            let third = try await browser.get("/reviews?after=\(older)")
            #expect(third.text.contains("Review 1.") && third.text.contains("Rating 21."))
            #expect(third.text.contains("?after=\(older)&amp;ratingsAfter="))
            let begun = try #require(third.text.firstRange(of: "action=\"/reviews/"))
            let reply = "/reviews/\(third.text[begun.upperBound...].prefix(36))/reply"
            let empty = try await browser.submit(third, reply, ["reply": "   "])
            #expect(empty.status == 422 && empty.text.contains("Review 1."))

            let refused = try await browser.submit(second, action, ["reply": "   "])
            #expect(refused.status == 422 && refused.text.contains("Rating 1."))
            let said = try await browser.submitOnce(refused, action, ["reply": "Thank you!"])
            #expect(said.header("location") == link)
            // What nobody's page links to.
            #expect(try await browser.get("/reviews?ratingsAfter=abc").status == 422)
            let odd = try await browser.submit(
                second, action, ["reply": "", "ratingsAfter": "abc"])
            #expect(odd.status == 422)
        }
    }

    @Test(arguments: ["reviews", "ratings"])
    func `an answer is taken back, and nobody reads it any more`(_ kind: String) async throws {
        try await Desk.run { desk in
            let order = try #require(try await rated(1, desk).first)
            let browser = try await desk.colleague(.support)
            let page = try await browser.get("/reviews")
            #expect(!page.text.contains("Take your answer back"))
            let start = try #require(page.text.firstRange(of: "action=\"/\(kind)/"))
            let action = "/\(kind)/\(page.text[start.upperBound...].prefix(36))/reply"
            let said = try await browser.submit(page, action, ["reply": "Thank you!"])
            func read() async throws -> [String?] {
                kind == "reviews"
                    ? try await desk.kernel.reviews(of: order.lines[0].listing, PageRequest())
                        .items.map(\.reply)
                    : try await desk.kernel.ratings(of: desk.shop.id, PageRequest())
                        .items.map(\.reply)
            }
            #expect(try await read() == ["Thank you!"])

            let taken = try await browser.submit(said, action + "/removal", [:])

            #expect(taken.text.contains("Your answer is not shown any more."))
            #expect(!taken.text.contains("Thank you!"))
            #expect(try await read() == [nil])
            let line = try await desk.kernel.auditTrail(.seller(desk.shop.id), PageRequest())
                .items.first
            #expect(line?.action.hasSuffix(".reply-removed") == true)
            #expect(line?.before?.contains("Thank you!") == true)
        }
    }
}
