import Vocabulary

/// An amount as a person writes it: in major units, `12.50` or `12,50`, with thousands apart or not
/// (`1.234,50`, `1,234.50`, `1 234,50`), never more digits than the currency has.
public enum TypedAmount {
    /// An input of a form whose name is `amount@currency` holds such an amount, in the currency
    /// that the input `currency` names; what the form is read as has its minor units in `amount`.
    public static let mark: Character = "@"

    /// - Parameter field: the input at fault.
    /// - Throws: ``InvalidInput`` with how it is written right.
    public static func read(
        _ text: String, _ currency: Currency, field: String
    ) throws(InvalidInput) -> Money {
        guard let plain = TypedNumber(text).decimal(currency.exponent),
            let money = Money(decimal: plain, currency)
        else { throw InvalidInput(.wrongType, field: field, explanation(currency)) }
        return money
    }

    /// The same where something that makes no sense is left out, and prices are mostly whole: what
    /// could be a thousand is one.
    public static func guess(_ text: String, _ currency: Currency) -> Money? {
        TypedNumber(text).decimal(currency.exponent, isMostlyWhole: true)
            .flatMap { Money(decimal: $0, currency) }
    }

    private static func explanation(_ currency: Currency) -> String {
        let digits = currency.exponent
        guard digits > 0 else { return "Write it in whole \(currency.code), such as 1250." }
        let example = "12.5" + String(repeating: "0", count: digits - 1)
        let most = digits == 1 ? "one digit" : "\(digits) digits"
        return
            "Write it in \(currency.code) with at most \(most) after the point, such as \(example)."
    }

    /// The inputs of a form with every amount in minor units, and every rate in parts per million.
    static func inMinorUnits(
        _ items: [(name: String, value: String)]
    ) throws(InvalidInput) -> [(name: String, value: String)] {
        guard items.contains(where: { $0.name.contains(mark) }) else { return items }
        let values = Dictionary(items.map { ($0.name, $0.value) }) { first, _ in first }
        var read: [(name: String, value: String)] = []
        for item in items {
            guard let place = item.name.firstIndex(of: mark) else {
                read.append(item)
                continue
            }
            let field = String(item.name[..<place])
            guard !item.value.allSatisfy(\.isWhitespace) else {
                read.append((field, ""))
                continue
            }
            let unit = String(item.name[item.name.index(after: place)...])
            if unit == TypedPercent.unit {
                read.append((field, String(try TypedPercent.read(item.value, field: field).value)))
                continue
            }
            guard let currency = values[unit].flatMap({ Currency($0) }) else {
                throw InvalidInput(.choice, field: unit, "Say in which currency, such as EUR.")
            }
            let money = try Self.read(item.value, currency, field: field)
            read.append((field, String(money.amount)))
        }
        return read
    }

    /// The name of the value that an input stands for.
    static func field(_ name: String) -> String { String(name.prefix { $0 != mark }) }
}
