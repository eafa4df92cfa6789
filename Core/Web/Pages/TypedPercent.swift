import Kernel
import Vocabulary

/// A rate as a person writes it: `12.5`, `12,5` or `12.5 %`, from none to all of it.
public enum TypedPercent {
    /// An input of a form whose name is `rate@percent` holds such a rate; what the form is read as
    /// has its parts per million in `rate`.
    public static let unit = "percent"

    /// - Parameter field: the input at fault.
    /// - Throws: ``InvalidInput`` with how it is written right.
    public static func read(
        _ text: String, field: String
    ) throws(InvalidInput) -> PartsPerMillion {
        var plain = text.filter { $0 != " " && $0 != "\u{A0}" && $0 != "\u{202F}" }
        if plain.hasSuffix("%") { plain.removeLast() }
        let parts = plain.split(
            maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { ".,".contains($0) })
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard let whole = digits(parts[0], 1...3), let part = digits(fraction, 1...4) else {
            throw wrong(field)
        }
        let rate = whole * 10_000 + part * scale(4 - fraction.utf8.count)
        guard rate <= 1_000_000 else { throw wrong(field) }
        return PartsPerMillion(rate)
    }

    /// What an input for a rate is called; nil for the name of another one.
    static func label(_ name: String) -> String? {
        guard name.hasSuffix(String(TypedAmount.mark) + unit) else { return nil }
        let field = TypedAmount.field(name)
        let said = Schema.said(field.hasSuffix("Ppm") ? String(field.dropLast(3)) : field)
        return localized("\(localized(name: said)), in percent")
    }

    private static func digits(_ text: Substring, _ lengths: ClosedRange<Int>) -> Int64? {
        guard lengths.contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(text)
    }

    private static func scale(_ zeros: Int) -> Int64 {
        (0..<zeros).reduce(1) { one, _ in one * 10 }
    }

    private static func wrong(_ field: String) -> InvalidInput {
        InvalidInput(
            .wrongType, field: field,
            "Write it in percent from 0 to 100, with at most 4 digits after the point, "
                + "such as 12.5.")
    }
}

extension PartsPerMillion {
    /// `12.5`, as it is typed.
    public var typedPercent: String { String(percentText.dropLast(2)) }
}
