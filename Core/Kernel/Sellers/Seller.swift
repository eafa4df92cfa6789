import Vocabulary

/// Who sells. Only a verified seller's published listings are for sale.
public struct Seller: Hashable, Sendable, Codable {
    public let id: ID<Seller>
    public let slug: String
    public let name: String
    public let about: String
    /// ISO 3166-1 alpha-2.
    public let country: String
    public let legalName: String?
    public let vatNumber: String?
    /// Where parcels start.
    public let origin: Address?
    public let state: State
    /// Days between delivery and the money becoming available.
    public let holdDays: Int
    /// What is kept for longer when the hold is over.
    public let reserve: ReservePolicy
    public let rating: Rating
    public let createdAt: Instant
    /// Since when it owes us for refunds of what was paid out; nil when it does not.
    public let inDebtSince: Instant?
    /// Since when it is paid nothing and publishes nothing new, because its debt outlasted its
    /// grace; nil when it is not restricted.
    public let restrictedAt: Instant?

    public enum State: String, SQLText, Sendable, CaseIterable, Codable {
        case applied, submitted, verified, rejected, suspended, closed

        /// The whole life of a seller. Nothing else decides.
        var next: Set<State> {
            switch self {
            case .applied: [.submitted, .closed]
            case .submitted: [.verified, .rejected, .closed]
            case .rejected: [.submitted, .closed]
            case .verified: [.suspended, .closed]
            case .suspended: [.verified, .closed]
            case .closed: []
            }
        }
    }

    /// What people see of a seller that may sell.
    public var isOpen: Bool { state == .verified }
}

/// The average of what customers gave, kept as a sum and a count so that it stays exact.
public struct Rating: Hashable, Sendable, Codable {
    public let sum: Int64
    public let count: Int

    public init(sum: Int64, count: Int) {
        self.sum = sum
        self.count = count
    }

    /// Tenths of a star, rounded half up; nil before the first rating. 43 is 4.3 stars.
    public var tenths: Int? {
        count > 0 ? Int((sum * 20 + Int64(count)) / (Int64(count) * 2)) : nil
    }

    /// `4.3`, or nil before the first rating.
    public var text: String? { tenths.map { "\($0 / 10).\($0 % 10)" } }
}

/// One step of a seller's life.
public struct SellerTransition: Hashable, Sendable, Codable {
    public let from: Seller.State
    public let to: Seller.State
    public let reason: String?
    public let actor: ID<Account>?
    public let actorName: String?
    public let at: Instant
}
