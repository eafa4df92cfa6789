import Vocabulary

/// What is asked of things: material, height, made to order. The operator defines it.
public struct Attribute: Hashable, Sendable, Codable {
    public enum Kind: String, SQLText, Sendable, CaseIterable, Codable {
        /// Some of its values.
        case choice
        /// Its value `yes` or its value `no`.
        case flag
        /// A whole number, perhaps with a unit.
        case number
    }

    public let id: ID<Attribute>
    /// Asked in this category and in all below it; nil is asked of everything.
    public let category: ID<Category>?
    /// What addresses, files and programs call it; it stays.
    public let handle: String
    /// In English.
    public let name: String
    public let names: CategoryNames
    public let kind: Kind
    /// Of a number: `cm`.
    public let unit: String?
    /// The least and the greatest number that may be said, both included.
    public let least: Int?
    public let most: Int?
    /// Whether lists are narrowed by it.
    public let isFacet: Bool
    /// Smaller ones stand first.
    public let position: Int
    /// Nobody is asked any more; what was said is kept and not shown.
    public let isRetired: Bool
    /// In their order, retired ones too. Those of a flag are `yes` and `no`.
    public let values: [AttributeValue]

    /// How many there may be, retired ones included; they are read as a whole.
    public static let countMax = 200
    /// How many values one may have, retired ones included.
    public static let valuesMax = 60
    /// The greatest number there may be.
    public static let numberMax = 1_000_000
    static let handleLengthMax = 40

    /// The values that can be chosen.
    public var offered: [AttributeValue] { values.filter { !$0.isRetired } }
}

/// One of what may be chosen.
public struct AttributeValue: Hashable, Sendable, Codable {
    public let id: ID<AttributeValue>
    /// What addresses, files and programs call it; it stays.
    public let handle: String
    /// In English.
    public let name: String
    public let names: CategoryNames
    public let position: Int
    /// Nobody can choose it any more.
    public let isRetired: Bool
}

extension Attribute {
    /// What it is called in the language of the page that is being made.
    public var localizedName: String { names.name(else: name, in: Words.current.language) }

    /// Whether it is asked in a category with this path from the root.
    func isAsked(in path: [ID<Category>]) -> Bool {
        !isRetired && (category.map { path.contains($0) } ?? true)
    }
}

extension AttributeValue {
    /// What it is called in the language of the page that is being made.
    public var localizedName: String { names.name(else: name, in: Words.current.language) }
}

extension CategoryNames {
    func name(else english: String, in language: Language) -> String {
        switch language {
        case .english: english
        case .german: de ?? english
        case .french: fr ?? english
        }
    }
}

/// Why a wish about an attribute was refused.
public enum AttributeRefusal: Refusal, Hashable {
    case unknown, valueUnknown, handleInvalid, handleTaken, categoryUnknown
    case tooMany, tooManyValues, notChosenFrom
    /// So many things have a number out of the bounds.
    case boundsUsed(Int)

    public var code: String {
        switch self {
        case .unknown: "attribute.unknown"
        case .valueUnknown: "attribute.value-unknown"
        case .handleInvalid: "attribute.handle-invalid"
        case .handleTaken: "attribute.handle-taken"
        case .categoryUnknown: "attribute.category-unknown"
        case .tooMany: "attribute.too-many"
        case .tooManyValues: "attribute.too-many-values"
        case .notChosenFrom: "attribute.not-chosen-from"
        case .boundsUsed: "attribute.bounds-used"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown, .valueUnknown: .missing
        case .handleInvalid, .categoryUnknown: .invalid
        case .handleTaken, .tooMany, .tooManyValues, .notChosenFrom, .boundsUsed: .conflict
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such attribute."
        case .valueUnknown: "The attribute has no such value."
        case .handleInvalid:
            "The short name may have 1 to 40 small letters, digits and single hyphens."
        case .handleTaken: "Another one has this short name."
        case .categoryUnknown: "There is no such category."
        case .tooMany: "There are at most \(Attribute.countMax) attributes."
        case .tooManyValues: "An attribute has at most \(Attribute.valuesMax) values."
        case .notChosenFrom: "Only a choice has values of its own."
        case .boundsUsed(let count): "Things with a number out of these bounds: \(count)."
        }
    }

    public var field: String? {
        switch self {
        case .handleInvalid, .handleTaken: "handle"
        case .categoryUnknown: "category"
        case .boundsUsed: "least"
        default: nil
        }
    }
}
