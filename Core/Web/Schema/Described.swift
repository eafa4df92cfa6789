import Kernel
import Vocabulary

/// A value of the JSON API: its schema is read from its `Codable` conformance; `rules` add what a
/// type cannot say.
///
/// ```swift
/// struct NewAddress: Described {
///     let name: String
///     let country: String
///     let phone: String?
///     static let rules: [String: [Rule]] = [
///         "name": [.length(1...120)], "country": [.pattern(.country)],
///     ]
/// }
/// ```
/// A `String` without a rule holds at most 2,000 characters and no control characters. Optional
/// properties may be absent or null. `CaseIterable` enums of texts become choices.
public protocol Described: Codable, Sendable {
    static var rules: [String: [Rule]] { get }
}

extension Described {
    public static var rules: [String: [Rule]] { [:] }
}

/// A value that is not made of fields, or that validates itself while decoding.
public protocol SelfDescribed {
    static var schema: Schema { get }
    /// Any valid value; the schema recorder needs one to go on.
    static var example: Self { get }
}

extension ID: SelfDescribed {
    public static var schema: Schema {
        .text(TextSchema(length: 36...36, pattern: .uuid, format: "uuid"))
    }
    public static var example: ID { ID(at: Instant(secondsSince1970: 0)) }
}

extension TextPattern {
    public static let uuid = TextPattern(
        "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", "a UUID"
    ) { ID<Schema>($0) != nil }
}

extension ContentHash: SelfDescribed {
    public static var schema: Schema {
        .text(TextSchema(length: 64...64, pattern: .contentHash, format: nil))
    }
    public static var example: ContentHash { ContentHash(of: []) }
}

extension TextPattern {
    static let contentHash = TextPattern("^[0-9a-f]{64}$", "64 hexadecimal digits") {
        ContentHash($0) != nil
    }
}

extension Instant: SelfDescribed {
    public static var schema: Schema {
        .text(TextSchema(length: 19...40, pattern: .instant, format: "date-time"))
    }
    public static var example: Instant { Instant(secondsSince1970: 0) }
}

extension TextPattern {
    static let instant = TextPattern(
        "^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,6})?([Zz]|[+-]\\d{2}:\\d{2})$",
        "an RFC 3339 time"
    ) { Instant($0) != nil }
}

extension Currency: SelfDescribed {
    public static var schema: Schema {
        .text(TextSchema(length: 3...5, choices: Currency.allCodes))
    }
    public static var example: Currency { .eur }
}

extension Money: SelfDescribed {
    public static var schema: Schema {
        .object(
            ObjectSchema(
                name: "Money",
                fields: [
                    FieldSchema(
                        name: "amount",
                        schema: .integer(-1_000_000_000_000_000...1_000_000_000_000_000),
                        isRequired: true, about: "Minor units: 4250 EUR is forty-two euros fifty."),
                    FieldSchema(
                        name: "currency", schema: Currency.schema, isRequired: true, about: nil),
                ]))
    }
    public static var example: Money { .zero(.eur) }
}

/// Nothing at all: no parameters, no body; as an answer, 204.
public struct Nothing: Described {
    public init() {}
}

/// One page of a list as JSON: `{"items": […], "next": "…" | null}`.
public struct Listed<Item: Codable & Sendable>: Codable, Sendable {
    public let items: [Item]
    /// Hand it back as `after` for the next page; null at the end.
    public let next: String?

    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// The kernel's page with an opaque cursor.
    public init<Row>(_ page: Kernel.Page<Row>, _ transform: (Row) throws -> Item) rethrows {
        items = try page.items.map(transform)
        next = page.next.map { Cursor.seal($0) }
    }

    private enum CodingKeys: String, CodingKey { case items, next }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(next, forKey: .next)
    }
}

extension Listed: SchemaNamed {
    static var schemaName: String { "\(typeName(Item.self))List" }
}

/// A generic type whose name in the document is not its Swift name.
protocol SchemaNamed {
    static var schemaName: String { get }
}

func typeName(_ type: Any.Type) -> String {
    if let named = type as? any SchemaNamed.Type { return named.schemaName }
    return String(String(describing: type).prefix { $0 != "<" })
}

/// The query of every list: `?after=…&limit=…`.
public struct ListQuery: Described {
    /// The `next` of the page before.
    public let after: String?
    public let limit: Int?

    public static let rules: [String: [Rule]] = [
        "after": [.length(1...400)], "limit": [.range(1...100)],
    ]

    /// For queries that have these two among others.
    public init(after: String?, limit: Int? = nil) {
        self.after = after
        self.limit = limit
    }

    /// - Throws: ``InvalidInput`` when `after` is not a cursor of ours.
    public func page(limit otherwise: Int = 20) throws -> PageRequest {
        PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? otherwise)
    }
}
