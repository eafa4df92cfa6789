import Kernel
import Vocabulary
import Web

/// What a seller gives back, as the order's page sends it: amounts as people write them.
struct RefundForm: Described {
    let reason: String
    let kind: RefundInput.Kind?
    let lines: [RefundInput.RefundedLineInput]?
    let shipping: Bool?
    /// `12.50`
    let amount: String?
    let currency: Currency?
    let restocking: RefundInput.Restocking?
    let paidBackAs: String?

    static let rules: [String: [Rule]] = [
        "reason": [.length(1...500)], "lines": [.count(0...200)], "amount": [.length(0...30)],
        "paidBackAs": [.length(0...200)],
    ]

    /// - Throws: `InvalidInput` for what is not an amount.
    func wish() throws(InvalidInput) -> RefundWish {
        switch kind ?? .whole {
        case .whole: return .everything
        case .lines:
            let chosen = (lines ?? []).filter { $0.quantity > 0 }
            return .lines(
                chosen.map { RefundedLine(line: $0.lineId, quantity: $0.quantity) },
                shipping: shipping ?? false)
        case .amount: return .amount(try money())
        case .goodwill: return .goodwill(try money(), fundedBy: .seller)
        }
    }

    private func money() throws(InvalidInput) -> Money {
        guard let currency else {
            throw InvalidInput(.missing, field: "currency", "Say in which currency, such as EUR.")
        }
        return try TypedAmount.read(amount ?? "", currency, field: "amount")
    }
}
