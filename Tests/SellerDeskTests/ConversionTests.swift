import TestSupport
import Testing
import Vocabulary

@testable import Kernel
@testable import SellerDesk
@testable import Web

@Suite struct `How many visits became an order` {
    @Test(arguments: [
        (1, 3, "33.3\u{a0}%"), (2, 3, "66.7\u{a0}%"), (0, 9, "0.0\u{a0}%"), (1, 2000, "0.1\u{a0}%"),
        (5, 5, "100.0\u{a0}%"),
        (3, 0, ""),
    ])
    func `is said in percent, rounded half up`(_ orders: Int, _ visits: Int, _ words: String) {
        #expect(HomePage.share(orders, of: visits) == words)
    }

    @Test func `is drawn for each day, with a table behind it`() async throws {
        try await Desk.run { desk in
            let visits = VisitStore(redis: TestWeb.redis)
            let browser = try await desk.colleague(.orders)
            let before = try await browser.get("/")
            for _ in 0..<4 { await visits.count(desk.shop.id) }
            try await PaidOrders(desk).place()

            let page = try await browser.get("/")

            #expect(!before.text.contains("Visits that became an order"))
            let start = try #require(page.text.firstRange(of: "Visits that became an order"))
            let card = String(page.text[start.upperBound...].prefix { $0 != "§" })
            let end = try #require(card.firstRange(of: "</section>"))
            let chart = card[..<end.lowerBound]
            #expect(chart.contains("<span class=\"price\">25.0\u{a0}%</span>"))
            #expect(chart.contains("4 visits"))
            // Of one day: visits as high as the drawing, a quarter of it became an order.
            #expect(
                chart.contains(
                    "<rect class=\"visits\" x=\"580\" y=\"0\" width=\"16\" height=\"120\""))
            #expect(
                chart.contains(
                    "<rect class=\"column\" x=\"580\" y=\"90\" width=\"16\" height=\"30\""))
            #expect(
                chart.contains(
                    "<td class=\"money\">4</td><td class=\"money\">1</td>"
                        + "<td class=\"money\">25.0\u{a0}%</td>"))
            #expect(chart.ranges(of: "<tr>").count == 2, "a head, and the one day with a visit")
        }
    }

    /// Programs order without a visit.
    @Test func `is drawn within its frame, also on a day of more orders than visits`() throws {
        let today = Instant.systemNow
        let start = Day(containing: today).from
        let sales = [
            SalesDay(day: start.advanced(days: -1), orders: 1, total: Money(1800, .eur)),
            SalesDay(day: start, orders: 5, total: Money(9000, .eur)),
        ]

        let chart = try #require(ConversionChart([0, 2], sales, until: today))
        let flat = try #require(ConversionChart([0, 500], sales, until: today))

        #expect(chart.bars.map(\.height) == [24, 48, 120])
        #expect(chart.bars.map(\.y) == [96, 72, 0])
        #expect(chart.rows.map(\.share) == ["250.0\u{a0}%", ""])
        #expect(flat.bars.map(\.height) == [2, 120, 2], "what there is can be seen")
    }

    @Test func `is nothing to draw while nobody came`() {
        #expect(ConversionChart(Array(repeating: 0, count: 30), [], until: .systemNow) == nil)
        #expect(ConversionChart([], [], until: .systemNow) == nil)
    }
}
