import Vocabulary

/// A branch of the tree that customers browse.
public struct Category: Hashable, Sendable, Codable {
    public let id: ID<Category>
    public let parent: ID<Category>?
    public let slug: String
    public let name: String
    /// From the root to this one; at most three.
    public let path: [ID<Category>]
    public let position: Int
    /// What a tax module knows the goods as.
    public let taxCode: String

    static let depthMax = 3
    /// How many there may be; the tree is read as a whole.
    static let countMax = 2000
}

public enum CategoryRefusal: Refusal, CaseIterable {
    case unknown, slugInvalid, slugTaken, tooDeep, tooMany

    public var code: String {
        switch self {
        case .unknown: "category.unknown"
        case .slugInvalid: "category.slug-invalid"
        case .slugTaken: "category.slug-taken"
        case .tooDeep: "category.too-deep"
        case .tooMany: "category.too-many"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .slugInvalid: .invalid
        case .slugTaken, .tooDeep, .tooMany: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such category."
        case .slugInvalid: "The address may have 1 to 60 small letters, digits and single hyphens."
        case .slugTaken: "Another category has this address."
        case .tooDeep: "The tree has at most three levels."
        case .tooMany: "There are too many categories."
        }
    }

    public var field: String? {
        switch self {
        case .slugInvalid, .slugTaken: "slug"
        case .tooDeep: "parent"
        case .unknown, .tooMany: nil
        }
    }
}
