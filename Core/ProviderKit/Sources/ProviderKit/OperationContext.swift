public import Vocabulary

/// What comes with every call to a provider.
public struct OperationContext: Hashable, Sendable, Codable {
    /// From the kernel's row and operation, the same for every repetition of one intent. A
    /// provider does at most one thing per key.
    public var idempotencyKey: String
    /// 1 for the first try.
    public var attempt: Int
    /// When the answer is no longer of use. The host cuts the call off then.
    public var deadline: Instant
    /// The request or job that caused the call, for logs on both sides.
    public var requestID: String
    /// When the call with this key was first made, where that is known: a lookup by the key need
    /// not look further back.
    public var firstMadeAt: Instant?

    public init(
        idempotencyKey: String, attempt: Int = 1, deadline: Instant, requestID: String = "",
        firstMadeAt: Instant? = nil
    ) {
        self.idempotencyKey = idempotencyKey
        self.attempt = attempt
        self.deadline = deadline
        self.requestID = requestID
        self.firstMadeAt = firstMadeAt
    }
}

/// What a module gets from its host instead of reaching for the machine itself.
public struct ProviderServices: Sendable {
    public var http: any HTTPTransport
    public var now: @Sendable () -> Instant
    /// A past-tense event and its fields. Never put a secret in either.
    public var log: @Sendable (_ event: String, _ fields: [String: String]) -> Void

    public init(
        http: any HTTPTransport, now: @escaping @Sendable () -> Instant = { .systemNow },
        log: @escaping @Sendable (String, [String: String]) -> Void = { _, _ in }
    ) {
        self.http = http
        self.now = now
        self.log = log
    }
}

extension OperationContext {
    /// A context whose deadline is `limit` from now by the machine's clock.
    public init(
        key idempotencyKey: String, attempt: Int = 1, within limit: Duration,
        requestID: String = ""
    ) {
        self.init(
            idempotencyKey: idempotencyKey, attempt: attempt,
            deadline: Instant.systemNow.advanced(by: limit), requestID: requestID)
    }
}
