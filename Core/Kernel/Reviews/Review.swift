import Vocabulary

/// What a customer says of a thing that was delivered.
public struct Review: Hashable, Sendable, Codable {
    public let id: ID<Review>
    public let listing: ID<Listing>
    public let listingTitle: String
    /// The customer's name as it is shown.
    public let author: String
    /// 1 to 5.
    public let stars: Int
    public let body: String
    /// Those that are made, at most ``photosMax``.
    public let photos: [ShownImage]
    /// The seller's answer.
    public let reply: String?
    public let repliedAt: Instant?
    /// Hidden by an administrator: not shown, and not in the average.
    public let isHidden: Bool
    public let createdAt: Instant

    public static let photosMax = 4
}

/// What a customer says of a seller, once per order.
public struct SellerRating: Hashable, Sendable, Codable {
    public let id: ID<SellerRating>
    public let author: String
    /// 1 to 5.
    public let stars: Int
    public let body: String
    public let isHidden: Bool
    public let createdAt: Instant
    /// The seller's answer.
    public internal(set) var reply: String?
}

/// Stars and words as they are typed in.
public struct ReviewDraft: Hashable, Sendable, Codable {
    public var stars: Int
    public var body: String?

    public init(stars: Int, body: String? = nil) {
        self.stars = stars
        self.body = body
    }

    func checked() throws -> ReviewDraft {
        guard (1...5).contains(stars) else { throw ReviewRefusal.starsInvalid }
        return ReviewDraft(
            stars: stars,
            body: try InputText.paragraphs(body ?? "", field: "body", lengths: 0...4000))
    }
}

/// Why a review, or something about one, was refused.
public enum ReviewRefusal: Refusal, CaseIterable {
    case unknown, notDelivered, twice, starsInvalid, wrongState, tooManyPhotos

    public var code: String {
        switch self {
        case .unknown: "review.unknown"
        case .notDelivered: "review.not-delivered"
        case .twice: "review.twice"
        case .starsInvalid: "review.stars-invalid"
        case .wrongState: "review.wrong-state"
        case .tooManyPhotos: "review.too-many-photos"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .notDelivered, .twice, .wrongState: .conflict
        case .starsInvalid, .tooManyPhotos: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is nothing of yours here to review."
        case .notDelivered: "It can be reviewed when it has been delivered."
        case .twice: "You have reviewed this already."
        case .starsInvalid: "Give one to five stars."
        case .wrongState: "This is not possible in the review's present state."
        case .tooManyPhotos: "A review has at most \(Review.photosMax) photos."
        }
    }

    public var field: String? {
        switch self {
        case .starsInvalid: "stars"
        case .tooManyPhotos: "photo"
        default: nil
        }
    }
}
