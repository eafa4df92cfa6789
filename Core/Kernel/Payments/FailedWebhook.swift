import Postgres
import Vocabulary

/// A delivery of a provider's that was taken in, and whose work failed.
public struct FailedWebhook: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// What it says cannot be believed: nobody tries again by itself.
        case refused
        /// A worker tries again.
        case waiting
        /// Every try failed.
        case dead
    }

    public let instance: ID<ProviderInstance>
    /// What the market calls the provider.
    public let provider: String
    /// The provider's own name of it, 1 to 200 characters of any kind.
    public let event: String
    /// The provider's own word for what it tells, such as `payment_intent.succeeded`.
    public let kind: String
    public let receivedAt: Instant
    public let failedAt: Instant
    public let tries: Int
    public let error: String
    public let state: State
}

/// Why a delivery is not taken up again.
public enum WebhookRefusal: Refusal, CaseIterable {
    case unknown
    /// Somebody else was first, or a try was due anyway.
    case underWay

    public var code: String {
        switch self {
        case .unknown: "webhook.unknown"
        case .underWay: "webhook.under-way"
        }
    }
    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .underWay: .conflict
        }
    }
    public var explanation: String {
        switch self {
        case .unknown: "There is no such delivery whose work failed."
        case .underWay: "This delivery is being worked with just now: look again in a moment."
        }
    }
}

/// What the audit trail keeps of a delivery.
private struct WebhookTrace: Codable, Sendable {
    let event: String
    let state: String
    let tries: Int
}

extension Marketplace {
    /// Deliveries whose work failed, the last failure first: of one instance, or of all.
    public func failedWebhooks(
        of instance: ID<ProviderInstance>? = nil, _ page: PageRequest
    ) async throws -> Page<FailedWebhook> {
        try await database.failedWebhooks.list(of: instance, page)
    }

    /// - Throws: ``WebhookRefusal/unknown``, also for one that was applied.
    public func failedWebhook(
        _ event: String, from instance: ID<ProviderInstance>
    ) async throws -> FailedWebhook {
        guard let found = try await database.failedWebhooks.find(event, from: instance) else {
            throw WebhookRefusal.unknown
        }
        return found
    }

    /// What was sent, as it came: at most 256 KB. It may hold what is nobody's to read: show it
    /// with its secrets taken out.
    /// - Throws: ``WebhookRefusal/unknown``, also for one that was applied.
    public func failedWebhookBody(
        _ event: String, from instance: ID<ProviderInstance>
    ) async throws -> [UInt8] {
        guard let body = try await database.failedWebhooks.body(event, from: instance) else {
            throw WebhookRefusal.unknown
        }
        return body
    }

    /// Has a delivery whose work failed applied again at once, with all its tries. Written to the
    /// audit trail. Of two who ask for it one does it.
    /// - Throws: ``WebhookRefusal``: `unknown`, also for one that was applied meanwhile;
    ///   `underWay` for one that a worker has or takes next.
    public func takeUpWebhook(
        _ event: String, from instance: ID<ProviderInstance>, reason: String,
        by admin: ID<Account>
    ) async throws {
        try await database.transaction { tx in
            let before = try await tx.holdFailedWebhook(event, from: instance)
            let key = "\(instance):\(event)"
            guard try await !tx.failedWebhooks.isDue(key) else { throw WebhookRefusal.underWay }
            try await tx.failedWebhooks.renew(event, from: instance)
            try await tx.failedWebhooks.endDeadJobs(key)
            try await tx.jobs.enqueue(
                .applyWebhook, WebhookArgs(instance: instance, event: event), uniqueKey: key)
            try await tx.record(
                "webhook.taken-up", before, FailedWebhook.State.waiting.rawValue, reason, by: admin)
        }
    }

    /// Sets a delivery aside that nobody will apply: it is no trouble any more, keeps no provider
    /// from being retired, and changes nothing when it is sent again. Written to the audit trail.
    /// - Throws: ``WebhookRefusal``: `unknown`, also for one that was applied or set aside
    ///   meanwhile; `underWay` for one that is still tried.
    public func setAsideWebhook(
        _ event: String, from instance: ID<ProviderInstance>, reason: String,
        by admin: ID<Account>
    ) async throws {
        try await database.transaction { tx in
            let before = try await tx.holdFailedWebhook(event, from: instance)
            guard before.state != .waiting else { throw WebhookRefusal.underWay }
            try await tx.failedWebhooks.setAside(event, from: instance)
            try await tx.failedWebhooks.endDeadJobs("\(instance):\(event)")
            try await tx.record("webhook.set-aside", before, "set-aside", reason, by: admin)
        }
    }
}

extension Transaction {
    /// Locked before it is looked at: who comes second sees what the first has begun.
    fileprivate func holdFailedWebhook(
        _ event: String, from instance: ID<ProviderInstance>
    ) async throws -> FailedWebhook {
        guard try await failedWebhooks.lock(event, from: instance),
            let found = try await failedWebhooks.find(event, from: instance)
        else { throw WebhookRefusal.unknown }
        return found
    }

    fileprivate func record(
        _ action: String, _ webhook: FailedWebhook, _ state: String, _ reason: String,
        by admin: ID<Account>
    ) async throws {
        func trace(_ state: String) -> WebhookTrace {
            WebhookTrace(event: webhook.event, state: state, tries: webhook.tries)
        }
        try await audit.record(
            action, on: "provider_instance", webhook.instance.description, by: admin,
            reason: reason, before: trace(webhook.state.rawValue), after: trace(state))
    }
}
