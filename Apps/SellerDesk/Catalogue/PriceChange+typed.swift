import Kernel
import Vocabulary
import Web

extension PriceChange {
    /// - Returns: nil where nothing was typed.
    /// - Throws: ``InvalidInput`` for what is no rate.
    static func read(_ way: Way?, _ percent: String?) throws(InvalidInput) -> PriceChange? {
        guard let percent, !percent.allSatisfy(\.isWhitespace) else { return nil }
        return PriceChange(
            way: way ?? .up, rate: try TypedPercent.read(percent, field: "percent"))
    }
}
