import Vocabulary

/// Something that somebody wants to come back to.
public struct Wish: Sendable {
    public let listing: ID<Listing>
    public let title: String
    public let at: Instant
    /// Nil while the thing is not for sale.
    public let card: ListingCard?

    /// So many an account keeps.
    public static let countMax = 500
}

/// Why something was not put on a wish list.
public enum WishRefusal: Refusal, CaseIterable {
    case tooMany

    public var code: String { "wish.too-many" }
    public var reason: RefusalReason { .conflict }
    public var explanation: String {
        "A wish list has at most \(Wish.countMax) things. Take something off it first."
    }
}
