import ProviderKit

/// Whether the prices that a seller writes contain the tax.
enum PriceCustom {
    /// Countries where shops write prices without sales tax, which comes on top at the till.
    private static let netCountries: Set<String> = ["US", "CA"]

    /// In most of the world a price is what one pays. Where either side is used to prices without
    /// tax, it comes on top.
    static func includesTax(origin: String, destination: String) -> Bool {
        !netCountries.contains(origin) && !netCountries.contains(destination)
    }
}
