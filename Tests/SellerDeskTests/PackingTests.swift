import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Packing parcels` {
    @Test func `shows what the customer wishes wherever the parcel is packed`() async throws {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            let day = Day(containing: try await desk.kernel.marketNow().advanced(days: 9))
            let gift = try await orders.place(message: "Happy <b>birthday</b>!", on: "\(day)")
            let words = "Happy &lt;b&gt;birthday&lt;/b&gt;!"
            let wished = Format.date(day.from)
            let packer = try await desk.colleague(.orders)

            for path in ["/orders/\(gift.id)", "/orders/\(gift.id)/packing-slip"] {
                let page = try await packer.get(path).text
                #expect(page.contains(words), "\(path)")
                #expect(page.contains(wished), "\(path)")
                #expect(!page.contains("<b>birthday"), "\(path)")
            }
            for path in ["/", "/orders", "/orders/pick-list"] {
                let page = try await packer.get(path).text
                #expect(page.contains("<span class=\"tag\">gift</span>"), "\(path)")
                #expect(page.contains("wished for \(wished)"), "\(path)")
            }
            let listed = try await desk.program().get("/api/v1/orders").json?["items"]?.items.first
            #expect(listed?["isGift"] == .bool(true))
            #expect(listed?["deliverOn"]?.string == "\(day)")
        }
    }

    @Test func `says nothing of wishes where there are none`() async throws {
        try await Desk.run { desk in
            let order = try await PaidOrders(desk).place()
            let packer = try await desk.colleague(.orders)
            for path in ["/", "/orders", "/orders/pick-list", "/orders/\(order.id)/packing-slip"] {
                let page = try await packer.get(path).text
                #expect(page.contains(order.number) || path == "/", "\(path)")
                #expect(!page.contains(">gift<"), "\(path)")
                #expect(!page.lowercased().contains("wished for"), "\(path)")
            }
        }
    }

    @Test func `prints the slips and labels of all that wait, each on a page of its own`()
        async throws
    {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            let packer = try await desk.colleague(.orders)
            #expect(
                try await packer.get("/orders/packing-slips").text
                    .contains("Nothing waits to be packed."))
            let (one, two) = (
                try await orders.place(for: "Ada"), try await orders.place(for: "Bo")
            )
            let sent = try await orders.place(for: "Cy")
            try await desk.kernel.shipOrder(
                sent.id, in: try ShippedParcel(carrier: "Post"), as: desk.shop.member)

            for (path, start) in [
                ("/orders/packing-slips", "<article class=\"slip\""),
                ("/orders/labels", "<article class=\"slip address-label\""),
            ] {
                let page = try await packer.get(path).text
                #expect(page.components(start).count == 3, "\(path)")
                let places = try [one, two].map {
                    try #require(page.firstRange(of: $0.number)).lowerBound
                }
                #expect(places[0] < places[1], "\(path)")
                #expect(!page.contains(sent.number), "\(path)")
                #expect(!page.contains("that wait longest"), "\(path)")
                for linking in ["/orders", "/orders/pick-list"] {
                    #expect(try await packer.get(linking).text.contains("href=\"\(path)\""))
                }
            }
        }
    }

    @Test func `prints fifty at a time and leads to the next fifty`() async throws {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            var last = try await orders.place()
            for _ in 0..<50 { last = try await orders.place() }
            let packer = try await desk.colleague(.orders)

            let first = try await packer.get("/orders/packing-slips").text
            #expect(first.components("<article class=\"slip\"").count == 51)
            #expect(first.contains("These are the 50 that wait longest."))
            #expect(!first.contains(last.number))
            let link = try #require(first.components("<a href=\"/orders/packing-slips?").last)
            let query = link.prefix { $0 != "\"" }
            let second = try await packer.get("/orders/packing-slips?\(query)").text
            #expect(second.components("<article class=\"slip\"").count == 2)
            #expect(second.contains(last.number))
            #expect(!second.contains("that wait longest"))
        }
    }

    @Test func `puts the shop on the slip, with the day and no time of it`() async throws {
        try await Desk.run { desk in
            let order = try await PaidOrders(desk).place()
            let packer = try await desk.colleague(.orders)

            let page = try await packer.get("/orders/\(order.id)/packing-slip").text
            let slip = try #require(page.components("<article").last)

            #expect(slip.contains("<strong>Clay &amp; Kiln</strong>"))
            #expect(slip.contains("Am Brunnen 1"))
            #expect(slip.contains("placed \(Format.date(order.placedAt))<br>"))
            #expect(!slip.contains("UTC"))
        }
    }

    @Test func `writes the country of a parcel abroad in capitals, and leaves it out at home`()
        async throws
    {
        try await Desk.run { desk in
            let orders = try await PaidOrders(desk)
            let (home, abroad) = (
                try await orders.place(), try await orders.place(in: "CH")
            )
            // One that no form of ours offers.
            let far = try await orders.place(in: "BR")
            let packer = try await desk.colleague(.orders)
            packer.setCookie("guildhall_language", "de")

            let near = try await packer.get("/orders/\(home.id)/label").text
            #expect(!near.contains("GERMANY") && !near.contains("Deutschland"))
            let label = try await packer.get("/orders/\(abroad.id)/label").text
            #expect(label.contains("50667 Köln<br>SWITZERLAND<br></p>"))
            #expect(label.contains("10115 Berlin<br>GERMANY<br></p>"))
            #expect(try await packer.get("/orders/\(far.id)/label").text.contains("BRAZIL<br>"))
            let slip = try await packer.get("/orders/\(abroad.id)/packing-slip").text
            #expect(slip.contains("50667 Köln<br>Schweiz<br>"))
            #expect(slip.contains("10115 Berlin<br>Deutschland<br>"))
        }
    }
}

extension String {
    /// What stands before, between and after each `separator`.
    func components(_ separator: String) -> [Substring] {
        split(separator: separator, omittingEmptySubsequences: false)
    }
}
