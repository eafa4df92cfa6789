import Postgres
import Vocabulary

/// What one person is told of one event.
public struct Notice: Sendable {
    public let id: Int64
    public let audience: Audience
    public let seller: ID<Seller>?
    public let topic: String
    /// The event's payload as JSON.
    public let payload: String
    public let at: Instant
    public let readAt: Instant?

    public enum Audience: String, Sendable, CaseIterable, SQLText {
        case customer, seller, administrator
    }
}
