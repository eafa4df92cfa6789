import Kernel
import Vocabulary
import Web

/// Visits of the last weeks and how many of them became an order: two bars for each day on one
/// scale, and the same as a table.
struct ConversionChart {
    struct Bar {
        // In the units of the drawing.
        let x: Int
        let y: Int
        let height: Int
        /// The class of its colour.
        let kind: String
        let words: String
    }
    struct Row {
        let day: String
        let visits: Int
        let orders: Int
        let share: String
    }

    /// What the drawing shows, for those who cannot see it.
    let summary: String
    let visits: String
    let share: String
    let bars: [Bar]
    let first: String
    let last: String
    let rows: [Row]

    /// - Parameters:
    ///   - visits: of each of the last ``ShopGlance/days`` days, the oldest first. They are counted
    ///     by the system's clock and orders by the market's: the last days of both are one.
    ///   - today: by the market's clock.
    init?(_ visits: [Int], _ sales: [SalesDay], until today: Instant) {
        let today = Day(containing: today).from
        let sum = visits.reduce(0, +)
        guard sum > 0 else { return nil }
        let ordered = Dictionary(sales.map { ($0.day, $0.orders) }, uniquingKeysWith: +)
        let days = visits.enumerated().map { index, count in
            let day = today.advanced(days: index - visits.count + 1)
            return (day: day, visits: count, orders: ordered[day] ?? 0)
        }
        let orders = days.reduce(0) { $0 + $1.orders }
        let highest = max(1, days.map { max($0.visits, $0.orders) }.max() ?? 1)
        self.visits = Format.count(sum, "visit", "visits")
        share = HomePage.share(orders, of: sum)
        first = Format.date(days.first?.day ?? today)
        last = Format.date(today)
        let orderWords = Format.count(orders, "order", "orders")
        summary = localized(
            "\(self.visits) from \(first) to \(last), \(orderWords): \(share) became an order.")
        bars = days.enumerated().flatMap { index, day in
            func bar(_ count: Int, _ kind: String, _ words: String) -> Bar? {
                guard count > 0 else { return nil }
                let height = max(2, count * Int(SalesChart.height) / highest)
                return Bar(
                    x: index * SalesChart.step, y: Int(SalesChart.height) - height,
                    height: height, kind: kind, words: "\(Format.date(day.day)): \(words)")
            }
            return [
                bar(day.visits, "visits", Format.count(day.visits, "visit", "visits")),
                bar(day.orders, "column", Format.count(day.orders, "order", "orders")),
            ].compactMap { $0 }
        }
        rows = days.reversed().filter { $0.visits > 0 || $0.orders > 0 }.map {
            Row(
                day: Format.date($0.day), visits: $0.visits, orders: $0.orders,
                share: HomePage.share($0.orders, of: $0.visits))
        }
    }
}
