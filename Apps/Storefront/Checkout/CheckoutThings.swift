import Kernel
import Vocabulary

/// What a page showed of a cart, in short: somebody orders what they saw, though the cart may have
/// been changed in another window.
enum CheckoutThings {
    static func hash(of items: [CheckoutItem]) -> ContentHash {
        let lines = items.map { "\($0.variant) \($0.quantity)\n" }
        return ContentHash(of: Array(lines.joined().utf8))
    }
}
