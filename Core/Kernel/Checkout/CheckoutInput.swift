import Vocabulary

/// What comes from outside, checked before anything is read for it.
enum CheckoutInput {
    /// The lines with doubles merged into the first of them; `line` is where each one came first.
    static func merged(
        _ items: [CheckoutItem]
    ) throws(CheckoutRefusal) -> [(line: Int, item: CheckoutItem)] {
        guard !items.isEmpty else { throw .cartEmpty }
        guard items.count <= Checkout.linesMax else { throw .tooManyLines }
        var merged: [(line: Int, item: CheckoutItem)] = []
        var positions: [ID<Variant>: Int] = [:]
        for (line, item) in items.enumerated() {
            guard (1...CheckoutItem.quantityMax).contains(item.quantity) else {
                throw .quantityOutOfRange(line: line)
            }
            if let position = positions[item.variant] {
                let quantity = merged[position].item.quantity + item.quantity
                guard quantity <= CheckoutItem.quantityMax else {
                    throw .quantityOutOfRange(line: line)
                }
                merged[position].item = CheckoutItem(variant: item.variant, quantity: quantity)
            } else {
                positions[item.variant] = merged.count
                merged.append((line, item))
            }
        }
        return merged
    }

    static func email(_ text: String) throws(CheckoutRefusal) -> String {
        do {
            return try Account.normalizedEmail(text)
        } catch {
            throw .emailInvalid
        }
    }
}
