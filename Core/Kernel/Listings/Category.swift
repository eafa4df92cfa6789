import Vocabulary

/// A branch of the tree that customers browse.
public struct Category: Hashable, Sendable, Codable {
    public let id: ID<Category>
    public internal(set) var parent: ID<Category>?
    public internal(set) var slug: String
    /// In English.
    public internal(set) var name: String
    public internal(set) var names = CategoryNames()
    /// From the root to this one; at most three.
    public internal(set) var path: [ID<Category>]
    public internal(set) var position: Int
    /// What a tax module knows the goods as.
    public internal(set) var taxCode: String

    static let depthMax = 3
    /// How many there may be; the tree is read as a whole.
    static let countMax = 2000
}

public enum CategoryRefusal: Refusal, CaseIterable {
    case unknown, slugInvalid, slugTaken, tooDeep, tooMany, insideItself

    public var code: String {
        switch self {
        case .unknown: "category.unknown"
        case .slugInvalid: "category.slug-invalid"
        case .slugTaken: "category.slug-taken"
        case .tooDeep: "category.too-deep"
        case .tooMany: "category.too-many"
        case .insideItself: "category.inside-itself"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .slugInvalid: .invalid
        case .slugTaken, .tooDeep, .tooMany, .insideItself: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such category."
        case .slugInvalid: "The address may have 1 to 60 small letters, digits and single hyphens."
        case .slugTaken: "Another category has this address."
        case .tooDeep: "The tree has at most three levels."
        case .tooMany: "There are too many categories."
        case .insideItself: "A category cannot stand below itself."
        }
    }

    public var field: String? {
        switch self {
        case .slugInvalid, .slugTaken: "slug"
        case .tooDeep, .insideItself: "parent"
        case .unknown, .tooMany: nil
        }
    }
}
