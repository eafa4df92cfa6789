import Kernel
import Vocabulary
import Web

/// What a page said that a checkout comes to. When it comes to something else by the time somebody
/// presses the button, they are told what changed.
struct ShownTotal {
    struct Parts: Described {
        /// Minor units.
        let items: Int64
        let shipping: Int64
        /// On top of the prices.
        let tax: Int64
        static let rules: [String: [Rule]] = [
            "items": [.range(0...Money.amountMax)], "shipping": [.range(0...Money.amountMax)],
            "tax": [.range(0...Money.amountMax)],
        ]

        init(_ totals: CheckoutTotals) {
            items = totals.items.amount
            shipping = totals.shipping.amount
            tax = totals.tax.amount
        }
    }

    let total: Money
    /// Nil where a page did not say.
    let parts: Parts?

    /// The old total and the new one, and which of its parts made the difference.
    func words(now: CheckoutTotals) -> String {
        var sentences = [
            localized(
                "The total was \(Format.money(total)) and is now \(Format.money(now.total)).")
        ]
        if let parts, total.currency == now.total.currency {
            func before(_ amount: Int64) -> String { Format.money(Money(amount, total.currency)) }
            if parts.items != now.items.amount {
                let now = Format.money(now.items)
                sentences.append(localized("Things: \(now) instead of \(before(parts.items))."))
            }
            if parts.shipping != now.shipping.amount {
                let now = Format.money(now.shipping)
                sentences.append(
                    localized("Shipping: \(now) instead of \(before(parts.shipping))."))
            }
            if parts.tax != now.tax.amount {
                let now = Format.money(now.tax)
                sentences.append(localized("Taxes: \(now) instead of \(before(parts.tax))."))
            }
        }
        sentences.append(localized("Look at it and confirm again."))
        return sentences.joined(separator: " ")
    }
}
