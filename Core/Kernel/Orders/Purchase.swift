import Postgres
import Vocabulary

/// What a customer pays, or is to pay, once: one order for each wallet in it.
public struct Purchase: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case awaitingPayment = "awaiting_payment"
        case paid, cancelled

        var next: Set<State> {
            switch self {
            case .awaitingPayment: [.paid, .cancelled]
            case .paid, .cancelled: []
            }
        }
    }

    public let id: ID<Purchase>
    /// Eight letters and digits that can be read over a telephone.
    public let number: String
    public let checkout: ID<Checkout>
    public let account: ID<Account>?
    public let email: String
    public let address: Address
    public internal(set) var state: State
    public let total: Money
    public let placedAt: Instant
    public internal(set) var paidAt: Instant?
    /// Until when it can be paid.
    public internal(set) var expiresAt: Instant
    /// In which the customer bought it; nil when that is not known.
    public internal(set) var language: Language?
}

/// A purchase with all that its customer may see.
public struct PurchaseDetail: Sendable {
    public let purchase: Purchase
    public let orders: [OrderDetail]
    /// The newest payment; nil before the first.
    public let payment: Payment?
    /// How each order's share of it stands, where each is paid by itself; else nothing.
    public let shares: [ShareStand]
    /// Shops of it that are suspended or closed while it is to be paid, by name: as long as there
    /// is one, it cannot be paid.
    public let awayShops: [String]
}

/// Numbers of purchases and orders: short, and no two characters that sound or look alike.
enum PurchaseNumber {
    private static let letters = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ")

    static func random() -> String {
        // Each call for something random asks the system.
        var rest = UInt64.random(in: 0..<656_100_000_000)
        return String(
            (0..<8).map { _ in
                defer { rest /= 30 }
                return letters[Int(rest % 30)]
            })
    }

    /// The number of the order at `index` of that purchase: `K7M49XQ2-1`.
    static func order(_ purchase: String, _ index: Int) -> String { "\(purchase)-\(index + 1)" }

    /// As people type it: lower case, blanks and a missing dash are forgiven.
    static func normalized(_ text: String) -> String {
        text.uppercased().filter { $0.isLetter || $0.isNumber || $0 == "-" }
    }
}
