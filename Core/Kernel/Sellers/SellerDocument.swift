import Postgres
import Vocabulary

/// What a seller shows to be verified. The file itself is only for administrators and the shop.
public struct SellerDocument: Hashable, Sendable, Codable {
    public let id: ID<SellerDocument>
    public let kind: Kind
    public let fileName: String
    public let mediaType: String
    public let bytes: Int
    public let state: State
    /// What the administrator says of it.
    public let note: String?
    public let createdAt: Instant

    public enum Kind: String, SQLText, Sendable, CaseIterable, Codable {
        case identity, address, business, tax, other
    }

    public enum State: String, SQLText, Sendable, CaseIterable, Codable {
        case pending, accepted, rejected
    }

    /// How many documents one seller may have.
    static let countMax = 30
}
