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
    let paidBackAs: String?

    static let rules: [String: [Rule]] = [
        "reason": [.length(1...500)], "lines": [.count(0...200)], "amount": [.length(0...30)],
        "paidBackAs": [.length(0...200)],
    ]

    /// - Throws: ``RefundRefusal/notPositive`` for what is not an amount.
    func wish() throws(RefundRefusal) -> RefundWish {
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

    private func money() throws(RefundRefusal) -> Money {
        let plain = (amount ?? "").filter { $0 != " " }.map { $0 == "," ? "." : $0 }
        guard let currency, let money = Money(decimal: String(plain), currency) else {
            throw .notPositive
        }
        return money
    }
}
