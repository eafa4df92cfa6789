import Kernel
import Vocabulary
import Web

/// Sales of the last weeks in one currency: a bar for each day, and the same as a table.
struct SalesChart {
    struct Bar {
        // In the units of the drawing.
        let x: Int
        let y: Int
        let height: Int
        let words: String
    }
    struct Row {
        let day: String
        let orders: Int
        let total: String
    }

    let total: String
    let orders: String
    /// What the drawing shows, for those who cannot see it.
    let summary: String
    let bars: [Bar]
    let first: String
    let last: String
    let most: String
    let rows: [Row]

    /// The drawing: 30 bars of 16 units with 4 between them, 120 high.
    static let height: Int64 = 120
    static let step = 20

    /// One chart for each currency in which something was sold, the days without sales included.
    static func all(_ glance: ShopGlance, until today: Instant) -> [SalesChart] {
        Dictionary(grouping: glance.sales, by: \.total.currency)
            .sorted { $0.key.code < $1.key.code }
            .map { SalesChart($0.value, $0.key, until: Day(containing: today).from) }
    }

    private init(_ sales: [SalesDay], _ currency: Currency, until today: Instant) {
        let byDay = Dictionary(sales.map { ($0.day, $0) }) { first, _ in first }
        let days = (0..<ShopGlance.days).map { today.advanced(days: $0 - ShopGlance.days + 1) }
        let highest = max(1, sales.map(\.total.amount).max() ?? 1)
        let sum = sales.reduce(Int64(0)) { $0 &+ $1.total.amount }
        let count = sales.reduce(0) { $0 + $1.orders }
        total = Format.money(Money(sum, currency))
        orders = Format.count(count, "order", "orders")
        first = Format.date(days[0])
        last = Format.date(today)
        most = Format.money(Money(highest, currency))
        summary =
            localized(
                "Sales from \(first) to \(last): \(total) in \(orders), at most \(most) on a day.")
        bars = days.enumerated().compactMap { index, day in
            guard let sale = byDay[day] else { return nil }
            // An amount times the height may be more than its integer holds.
            let scaled = sale.total.amount.multipliedFullWidth(by: Self.height)
            let height = max(2, Int(highest.dividingFullWidth(scaled).quotient))
            return Bar(
                x: index * Self.step, y: Int(Self.height) - height, height: height,
                words: "\(Format.date(day)): \(Format.money(sale.total))")
        }
        rows = sales.reversed().map {
            Row(day: Format.date($0.day), orders: $0.orders, total: Format.money($0.total))
        }
    }
}
