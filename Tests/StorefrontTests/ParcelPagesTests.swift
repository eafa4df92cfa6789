import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The parcels of a purchase` {
    /// A guest's order of a cup, a bowl and a jug of one maker.
    private struct Bought {
        let browser: Browser
        let order: ID<Order>
        let path: String
        let lines: [String: ID<OrderLine>]
    }

    private func buy(_ shop: OpenShop, from maker: GivenSeller) async throws -> Bought {
        var variants: [ID<Variant>] = []
        for title in ["Cup", "Bowl", "Jug"] {
            variants.append(try await shop.thing(title, by: maker).variant)
        }
        let (browser, page) = try await shop.guestAtPayment(variants)
        _ = try await browser.submit(page, "\(try #require(page.checkoutAction))/purchase")
        let order = try #require(
            try await shop.marketplace.listOrders(
                as: maker.member, OrderFilter(state: .paid), PageRequest()
            ).items.first)
        let detail = try await shop.marketplace.findOrder(order.id, as: maker.member)
        return Bought(
            browser: browser, order: order.id, path: "/purchases/\(order.purchase)",
            lines: Dictionary(uniqueKeysWithValues: detail.lines.map { ($0.title, $0.id) }))
    }

    private func send(
        _ title: String, of bought: Bought, with carrier: String, _ number: String,
        _ shop: OpenShop, by maker: GivenSeller
    ) async throws {
        try await shop.marketplace.shipOrder(
            bought.order,
            [ShippedLine(line: try #require(bought.lines[title]), quantity: 1)],
            in: try ShippedParcel(
                carrier: carrier, trackingNumber: number,
                trackingURL: "https://\(carrier.lowercased()).example/\(number)"),
            as: maker.member)
    }

    /// What stands in each parcel on the page.
    private static func parcels(_ page: WebAnswer) -> [String] {
        page.text.components(separatedBy: "<section class=\"parcel\">").dropFirst().compactMap {
            $0.components(separatedBy: "</section>").first
        }
    }

    /// The first parcel of an order as programs see it.
    private static func shipment(_ answer: WebAnswer) -> JSONValue? {
        guard case .array(let all)? = answer.json?["shipments"] else { return nil }
        return all.first
    }

    /// The stations that a parcel has passed.
    private static func passed(_ parcel: String) -> [String] {
        parcel.matches(of: /<li class="done">([^<]*)</).map { String($0.1) }
    }

    @Test func `each have their own things, tracking and way, and so has what is still to be sent`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            let before = Self.parcels(try await bought.browser.get(bought.path))
            try await send("Bowl", of: bought, with: "Post", "P-1", shop, by: maker)
            try await send("Cup", of: bought, with: "DHL", "D-2", shop, by: maker)

            let parcels = Self.parcels(try await bought.browser.get(bought.path))

            #expect(before.count == 1 && !before[0].contains("<h3"))
            #expect(Self.passed(before[0]) == ["Ordered", "Paid"])
            #expect(parcels.count == 3)
            guard parcels.count == 3 else { return }
            for (index, name, other, tracking) in [
                (0, "Bowl", "Cup", "https://post.example/P-1"),
                (1, "Cup", "Bowl", "https://dhl.example/D-2"),
            ] {
                let parcel = parcels[index]
                #expect(
                    parcel.contains(
                        "<h3>Parcel \(index + 1) <span class=\"tag good\">on its way</span>"))
                #expect(parcel.contains(">\(name)</a>") && !parcel.contains(">\(other)</a>"))
                #expect(parcel.contains("href=\"\(tracking)\""))
                #expect(Self.passed(parcel) == ["Ordered", "Paid", "Packed", "On its way"])
                #expect(parcel.contains("It has arrived"))
            }
            #expect(parcels[2].contains("<h3>Still to be sent "))
            #expect(parcels[2].contains(">Jug</a>") && !parcels[2].contains("It has arrived"))
            #expect(Self.passed(parcels[2]) == ["Ordered", "Paid"])
        }
    }

    @Test func `are confirmed one by one, and with the last one the order is delivered`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            try await send("Bowl", of: bought, with: "Post", "P-1", shop, by: maker)
            try await shop.marketplace.shipOrder(
                bought.order, in: try ShippedParcel(carrier: "DHL"), as: maker.member)
            let ids = try await shop.marketplace.findOrder(bought.order, as: maker.member)
                .shipments.map(\.id)

            let first = try await bought.browser.submit(
                try await bought.browser.get(bought.path), "/shipments/\(ids[0])/delivery")
            let last = try await bought.browser.submit(first, "/shipments/\(ids[1])/delivery")

            let one = Self.parcels(first)
            #expect(one.count == 2)
            #expect(first.text.contains("Good that it is there.<"))
            #expect(one[0].contains("that it has arrived.") && !one[0].contains("<form"))
            #expect(Self.passed(one[0]).last == "Arrived")
            #expect(Self.passed(one[1]).last == "On its way" && one[1].contains("<form"))
            #expect(last.text.contains("You can now say how you like it."))
            #expect(Self.parcels(last).allSatisfy { Self.passed($0).last == "Arrived" })
            #expect(last.text.contains(">Rate it</a>"))
        }
    }

    @Test func `can be said to have arrived all at once`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            try await send("Bowl", of: bought, with: "Post", "P-1", shop, by: maker)
            let part = try await bought.browser.get(bought.path)
            try await shop.marketplace.shipOrder(
                bought.order, in: try ShippedParcel(carrier: "DHL"), as: maker.member)
            let whole = try await bought.browser.get(bought.path)

            let done = try await bought.browser.submit(whole, "/orders/\(bought.order)/delivery")

            #expect(!part.text.contains("All of it has arrived"))
            #expect(whole.text.contains("All of it has arrived"))
            #expect(Self.parcels(done).allSatisfy { Self.passed($0).last == "Arrived" })
        }
    }

    @Test func `do not hold what was called off: that is told apart`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            try await shop.marketplace.refundOrder(
                bought.order,
                .lines(
                    [RefundedLine(line: try #require(bought.lines["Jug"]), quantity: 1)],
                    shipping: false),
                reason: "It broke.", as: .seller(maker.member))

            let parcels = Self.parcels(try await bought.browser.get(bought.path))

            #expect(parcels.count == 2)
            #expect(parcels[0].contains("<h3>Still to be sent "))
            #expect(parcels[0].contains(">Cup</a>") && !parcels[0].contains(">Jug</a>"))
            #expect(parcels.last?.contains("<h3>Not sent <span class=\"tag \">called off") == true)
            #expect(parcels.last?.contains(">Jug</a>") == true)
        }
    }

    @Test func `count as arrived when nobody says anything for long`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            try await shop.marketplace.shipOrder(
                bought.order, in: try ShippedParcel(carrier: "DHL"), as: maker.member)
            try await shop.marketplace.moveClock(
                by: .seconds(Int64(Order.deliveredAfterDays + 1) * 86_400), as: nil)
            #expect(try await shop.marketplace.deliverLongOnTheWay() == 1)

            let page = try await bought.browser.get(bought.path)

            #expect(page.text.contains("It counts as arrived since "))
            #expect(!page.text.contains("You said on "))
        }
    }

    @Test func `are confirmed by programs too`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bought = try await buy(shop, from: maker)
            try await send("Bowl", of: bought, with: "Post", "P-1", shop, by: maker)
            let api = "/api/v1/orders/\(bought.order)"
            let before = Self.shipment(try await bought.browser.send("GET", api))
            let id = try #require(before?["id"]?.string)
            #expect(before?["arrivedAt"]?.string == nil)

            let after = try await bought.browser.send("POST", "/api/v1/shipments/\(id)/delivery")

            #expect(Self.shipment(after)?["arrivedAt"]?.string != nil)
            #expect(after.json?["state"] == "partlyShipped")
            let stranger = try await Browser(shop.app).send(
                "POST", "/api/v1/shipments/\(id)/delivery")
            #expect(stranger.status == 404)
        }
    }
}
