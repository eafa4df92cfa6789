import Vocabulary

/// Money and times as people read them in the language of the page or letter. Pages hold formatted
/// texts only.
public enum Format {
    /// `€ 1,234.50`, `1.234,50 €`, `1 234,50 €`; in English a currency without a well-known sign
    /// stands behind: `1,234.50 CHF`.
    public static func money(_ money: Money) -> String {
        let language = Words.current.language
        let isNegative = money.decimalText.hasPrefix("-")
        let number = grouped(money.decimalText.drop { $0 == "-" }, language)
        let sign = signs[money.currency.code]
        let amount =
            if let sign, language == .english { "\(sign)\u{a0}\(number)" } else {
                "\(number)\u{a0}\(sign ?? money.currency.code)"
            }
        guard isNegative else { return amount }
        return (sign == nil && language == .english ? "-" : "−") + amount
    }

    /// What a currency is called where it stands by itself: `€`, or `CHF` where it has no
    /// well-known sign.
    public static func sign(of currency: Currency) -> String {
        signs[currency.code] ?? currency.code
    }

    /// What an input holds: `1234.50` or `1234,50`, which ``TypedAmount`` reads both.
    public static func typed(_ money: Money) -> String {
        // Three digits behind a comma could be thousands: such a currency keeps its point.
        money.currency.exponent == 3 ? money.decimalText : decimal(money.decimalText)
    }

    /// `21 November 2026`, `21. November 2026`, `21 novembre 2026`
    public static func date(_ instant: Instant) -> String {
        let (year, month, day) = instant.civilDate
        return date(year: Int(year), month: Int(month), day: Int(day))
    }

    /// A day of a calendar, wherever it is.
    public static func date(year: Int, month: Int, day: Int) -> String {
        switch Words.current.language {
        case .english: "\(day) \(months[month - 1]) \(year)"
        case .german: "\(day). \(germanMonths[month - 1]) \(year)"
        case .french: "\(day == 1 ? "1er" : "\(day)") \(frenchMonths[month - 1]) \(year)"
        }
    }

    /// `November 2026`
    public static func month(year: Int, month: Int) -> String {
        switch Words.current.language {
        case .english: "\(months[month - 1]) \(year)"
        case .german: "\(germanMonths[month - 1]) \(year)"
        case .french: "\(frenchMonths[month - 1]) \(year)"
        }
    }

    /// `21 November 2026, 04:15 UTC`
    public static func time(_ instant: Instant) -> String {
        "\(date(instant)), \(instant.description.dropFirst(11).prefix(5)) UTC"
    }

    /// `4.7` from a sum of ratings and their number; nil when there are none.
    public static func rating(sum: Int64, count: Int64) -> String? {
        guard count > 0 else { return nil }
        let tenths = (sum * 10 + count / 2) / count
        return decimal("\(tenths / 10).\(tenths % 10)")
    }

    /// `4.5 %`, `4,5 %`: with a space that does not break.
    public static func percent(_ rate: PartsPerMillion) -> String {
        decimal(rate.percentText).replacing(" ", with: "\u{a0}")
    }

    /// `4.0 %` of 40 tenths of a percent.
    public static func percent(tenths: Int) -> String {
        decimal("\(tenths / 10).\(tenths % 10)") + "\u{a0}%"
    }

    /// `12.5` with the decimal sign of the language.
    public static func decimal(_ text: String) -> String {
        Words.current.language == .english ? text : text.replacing(".", with: ",")
    }

    /// `★★★★☆`
    public static func stars(_ rating: Int) -> String {
        let full = min(max(rating, 0), 5)
        return String(repeating: "★", count: full) + String(repeating: "☆", count: 5 - full)
    }

    /// `1 thing`, `3 things`: in the catalogues as `{n} things`. Both words have to be literals.
    public static func count(_ number: Int, _ one: String, _ many: String) -> String {
        Words.current.count(number, one, many)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    private static let germanMonths = [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
        "Oktober", "November", "Dezember",
    ]
    private static let frenchMonths = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ]
    private static let signs = ["EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"]

    private static func grouped(_ decimal: Substring, _ language: Language) -> String {
        let (group, point) =
            switch language {
            case .english: (",", ".")
            case .german: (".", ",")
            // A narrow space that does not break (Unicode CLDR, fr).
            case .french: ("\u{202f}", ",")
            }
        let parts = decimal.split(separator: ".", maxSplits: 1)
        var grouped = ""
        let whole = Array(parts.first ?? "0")
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { grouped += group }
            grouped.append(digit)
        }
        return grouped + (parts.count == 2 ? "\(point)\(parts[1])" : "")
    }
}
