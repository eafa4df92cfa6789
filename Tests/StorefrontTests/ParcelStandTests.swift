import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A parcel of a part of an order` {
    /// Three cups of one maker in one order.
    private struct Bought {
        let browser: Browser
        let order: ID<Order>
        let line: ID<OrderLine>
        let page: String
        let maker: GivenSeller
        let shop: OpenShop

        /// - Parameter way: how it is paid; nil for the first way there is.
        init(_ shop: OpenShop, paying way: String? = nil) async throws {
            self.shop = shop
            maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker).variant
            let (guest, paying) = try await shop.guestAtPayment([cup, cup, cup])
            browser = guest
            _ = try await guest.submit(
                paying, "\(try #require(paying.checkoutAction))/purchase",
                way.map { ["way": $0] } ?? [:])
            let found = try #require(
                try await shop.marketplace.listOrders(
                    as: maker.member, OrderFilter(), PageRequest()
                ).items.first)
            order = found.id
            line = try #require(
                try await shop.marketplace.findOrder(found.id, as: maker.member).lines.first
            ).id
            page = "/purchases/\(found.purchase)"
        }

        func send(_ quantity: Int) async throws {
            try await shop.marketplace.shipOrder(
                order, [ShippedLine(line: line, quantity: quantity)],
                in: try ShippedParcel(carrier: "DHL"), as: maker.member)
        }

        /// What stands in each part on the page.
        func parts() async throws -> [String] {
            try await browser.get(page).text
                .components(separatedBy: "<section class=\"parcel\">").dropFirst().compactMap {
                    $0.components(separatedBy: "</section>").first
                }
        }
    }

    /// The stations that it has passed.
    private static func passed(_ part: String) -> [String] {
        part.matches(of: /<li class="done">([^<]*)</).map { String($0.1) }
    }

    @Test func `holds so many pieces and costs what they do`() async throws {
        try await OpenShop.run { shop in
            let bought = try await Bought(shop)
            try await bought.send(1)

            let parts = try await bought.parts()

            #expect(parts.count == 2)
            #expect(parts[0].contains("<h3>Parcel <span"), "the only one has no number")
            #expect(parts[0].contains("1 ×") && parts[0].contains("€\u{a0}20.00"))
            #expect(parts[1].contains("2 ×") && parts[1].contains("€\u{a0}40.00"))
        }
    }

    @Test func `that was not taken says so, and nothing is to be said of it`() async throws {
        try await OpenShop.run { shop in
            let way = try await shop.market.given.instance(ofPayments: "cash-on-delivery")
            let bought = try await Bought(shop, paying: "\(way) cash")
            try await bought.send(1)
            let before = try await bought.parts()
            try await shop.marketplace.refuseDelivery(
                bought.order, reason: "not home", as: .seller(bought.maker.member))

            let parts = try await bought.parts()

            // What is paid at the door is paid last.
            #expect(Self.passed(before[0]) == ["Ordered", "Packed", "On its way"])
            #expect(parts.count == 2)
            #expect(parts[0].contains("<h3>Parcel <span class=\"tag \">not taken</span>"))
            #expect(!parts[0].contains("It has arrived") && Self.passed(parts[0]).isEmpty)
            #expect(parts[1].contains("<h3>Not sent ") && parts[1].contains("2 ×"))
        }
    }

    @Test func `has passed nothing but its order while that is not paid`() async throws {
        try await OpenShop.run { shop in
            let bought = try await Bought(shop, paying: "\(shop.payment) redirect")

            let parts = try await bought.parts()

            #expect(parts.map { Self.passed($0) } == [["Ordered"]])
        }
    }

    /// One of them the customer has said of, the other one nobody.
    @Test func `says who says that it has arrived, the customer or nobody for long`() async throws {
        try await OpenShop.run { shop in
            let bought = try await Bought(shop)
            try await bought.send(1)
            try await bought.send(2)
            let ids = try await shop.marketplace.findOrder(bought.order, as: bought.maker.member)
                .shipments.map(\.id)
            _ = try await bought.browser.submit(
                try await bought.browser.get(bought.page), "/shipments/\(ids[0])/delivery")
            try await shop.marketplace.moveClock(
                by: .seconds(Int64(Order.deliveredAfterDays + 1) * 86_400), as: nil)
            #expect(try await shop.marketplace.deliverLongOnTheWay() == 1)

            let parts = try await bought.parts()
            let program = try await bought.browser.send("GET", "/api/v1/orders/\(bought.order)")

            #expect(parts[0].contains("You said on ") && parts[0].contains("that it has arrived."))
            #expect(parts[1].contains("It counts as arrived since "))
            guard case .array(let shipments)? = program.json?["shipments"] else {
                Issue.record("there are no shipments")
                return
            }
            #expect(shipments.allSatisfy { $0["arrivedAt"]?.string != nil })
        }
    }

    @Test func `tells programs nothing of money that never came`() async throws {
        try await OpenShop.run { shop in
            let bought = try await Bought(shop, paying: "\(shop.payment) redirect")

            let purchase = try await bought.browser.send("GET", "/api/v1\(bought.page)")

            #expect(purchase.status == 200)
            #expect(purchase.json?["state"] == "awaitingPayment")
            #expect(purchase.json?["outcome"]?.string == nil)
        }
    }
}
