import Kernel
import Vocabulary
import Web

/// A change of many prices by one rate, which is worked out into the form and not saved by itself.
struct PriceChange {
    enum Way: String, Codable, CaseIterable, Sendable { case up, down }

    let way: Way
    let rate: PartsPerMillion

    /// - Returns: nil where nothing was typed.
    /// - Throws: ``InvalidInput`` for what is no rate.
    static func read(_ way: Way?, _ percent: String?) throws(InvalidInput) -> PriceChange? {
        guard let percent, !percent.allSatisfy(\.isWhitespace) else { return nil }
        return PriceChange(
            way: way ?? .up, rate: try TypedPercent.read(percent, field: "percent"))
    }

    /// The new price, rounded half away from zero to the minor unit; the old one where no amount
    /// could hold it.
    func applied(to price: Money) -> Money {
        do {
            let part = try rate.of(price)
            let new = try way == .up ? price.adding(part) : price.subtracting(part)
            return new.amount <= Money.amountMax ? new : price
        } catch { return price }
    }
}
