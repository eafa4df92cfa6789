import Postgres
import Vocabulary

/// Something that happened, written in the transaction that made it so.
public struct OutboxEvent<Payload: Codable & Sendable>: Sendable {
    /// A past-tense fact: `order.shipped`.
    public var topic: String
    /// What it happened to, by table: `order`.
    public var aggregateKind: String
    /// The canonical text of its id.
    public var aggregateID: String
    public var payload: Payload
    /// The person who is told, if any.
    public var account: String?
    /// Where a guest is told.
    public var email: String?
    /// The seller whose team is told.
    public var seller: String?
    /// Whether those are told who settle cases: administrators, support and finance.
    public var tellsAdministrators = false

    /// - Parameter about: the id of what it happened to.
    public init<Subject>(
        _ topic: String, about kind: String, _ id: ID<Subject>, _ payload: Payload
    ) {
        self.topic = topic
        aggregateKind = kind
        aggregateID = id.description
        self.payload = payload
    }

    /// The same event, told to the customer: by account, or by e-mail for a guest.
    public func telling(account: ID<Account>?, email: String?) -> Self {
        var event = self
        event.account = account?.description
        event.email = account == nil ? email : nil
        return event
    }

    /// The same event, told to administrators, support and finance as well.
    public func tellingAdministrators() -> Self {
        var event = self
        event.tellsAdministrators = true
        return event
    }

    /// The same event, told to everybody who works for `seller`.
    public func telling(team seller: ID<Seller>) -> Self {
        var event = self
        event.seller = seller.description
        return event
    }
}

/// The payload of an event that needs none.
public struct NoPayload: Codable, Sendable {
    public init() {}
}
