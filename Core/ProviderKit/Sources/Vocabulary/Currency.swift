/// A currency or a registered asset, by its code: three letters of ISO 4217, or an asset such as
/// `USDC`. The exponent says how many decimal digits its minor unit has.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    public let code: String

    /// Nil for a code that is not in the table.
    public init?(_ code: String) {
        guard Self.exponents[code] != nil else { return nil }
        self.code = code
    }

    private init(known code: String) { self.code = code }

    public static let eur = Currency(known: "EUR")
    public static let usd = Currency(known: "USD")
    public static let gbp = Currency(known: "GBP")
    public static let jpy = Currency(known: "JPY")
    public static let kwd = Currency(known: "KWD")
    public static let brl = Currency(known: "BRL")

    /// Decimal digits of the minor unit: JPY 0, EUR 2, KWD 3, USDC 6, SOL 9.
    public var exponent: Int { Self.exponents[code] ?? 2 }

    public var description: String { code }

    /// Every code that Guildhall accepts, sorted.
    public static var allCodes: [String] { exponents.keys.sorted() }

    /// ISO 4217 table A.1 for the currencies that Guildhall trades in, then chain assets.
    private static let exponents: [String: Int] = [
        "AED": 2, "AUD": 2, "BGN": 2, "BHD": 3, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0, "CNY": 2,
        "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "ILS": 2, "INR": 2, "ISK": 0,
        "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "MXN": 2, "NOK": 2, "NZD": 2, "OMR": 3, "PLN": 2,
        "RON": 2, "SEK": 2, "SGD": 2, "THB": 2, "TND": 3, "TRY": 2, "USD": 2, "VND": 0, "ZAR": 2,
        "SOL": 9, "USDC": 6,
    ]
}

extension Currency: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let code = try container.decode(String.self)
        guard let currency = Currency(code) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(code.prefix(8)) is not a known currency")
        }
        self = currency
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}
