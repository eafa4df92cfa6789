import Vocabulary

/// Money and times as people read them. Pages hold formatted texts only.
public enum Format {
    /// `€ 1,234.50`; a currency without a well-known sign stands behind: `1,234.50 CHF`.
    public static func money(_ money: Money) -> String {
        let number = grouped(money.decimalText)
        if let sign = ["EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"][money.currency.code] {
            return number.hasPrefix("-")
                ? "−\(sign)\u{a0}\(number.dropFirst())" : "\(sign)\u{a0}\(number)"
        }
        return "\(number)\u{a0}\(money.currency.code)"
    }

    /// `21 November 2026`
    public static func date(_ instant: Instant) -> String {
        let (year, month, day) = instant.civilDate
        return "\(day) \(months[month - 1]) \(year)"
    }

    /// `21 November 2026, 04:15 UTC`
    public static func time(_ instant: Instant) -> String {
        "\(date(instant)), \(instant.description.dropFirst(11).prefix(5)) UTC"
    }

    /// `4.7` from a sum of ratings and their number; nil when there are none.
    public static func rating(sum: Int64, count: Int64) -> String? {
        guard count > 0 else { return nil }
        let tenths = (sum * 10 + count / 2) / count
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `★★★★☆`
    public static func stars(_ rating: Int) -> String {
        let full = min(max(rating, 0), 5)
        return String(repeating: "★", count: full) + String(repeating: "☆", count: 5 - full)
    }

    /// `1 thing`, `3 things`
    public static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    /// Text with the line breaks of its author, as HTML.
    public static func paragraphs(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: true)
            .map { "<p>\(EscapedHTML.escape(String($0)))</p>" }.joined()
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    private static func grouped(_ decimal: String) -> String {
        let isNegative = decimal.hasPrefix("-")
        let parts = decimal.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
        var grouped = ""
        let whole = Array(parts.first ?? "0")
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return (isNegative ? "-" : "") + grouped + (parts.count == 2 ? ".\(parts[1])" : "")
    }
}
