public import Vocabulary

/// What came in over HTTP, as it came.
public struct WebhookDelivery: Hashable, Sendable, Codable {
    public var headers: HTTPHeaders
    @Base64 public var body: [UInt8]
    public var receivedAt: Instant

    public init(headers: HTTPHeaders, body: [UInt8], receivedAt: Instant) {
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }
}

/// A delivery whose signature holds. The kernel stores it under (instance, `eventID`) before it
/// answers, so that a repeated delivery is one event.
public struct VerifiedWebhook: Hashable, Sendable, Codable {
    public var eventID: String
    /// The provider's word for it, for logs: `payment.captured`.
    public var kind: String
    public var occurredAt: Instant
    @Base64 public var body: [UInt8]

    public init(eventID: String, kind: String, occurredAt: Instant, body: [UInt8]) {
        self.eventID = eventID
        self.kind = kind
        self.occurredAt = occurredAt
        self.body = body
    }
}

/// What a webhook told us, in absolute terms.
public enum PaymentEvent: Hashable, Sendable, Codable {
    case payment(PaymentSnapshot)
    case refund(RefundSnapshot)
    case payout(PayoutSnapshot)
    case dispute(DisputeSnapshot)
    /// Only from a `ConnectedAccountProvider`.
    case account(ConnectedAccount)
}
