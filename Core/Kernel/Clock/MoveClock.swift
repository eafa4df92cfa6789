import Postgres
import Vocabulary

/// Why the market's clock stays where it is.
public enum ClockRefusal: Refusal {
    case notADemo
    case backwards
    case tooFar

    public var code: String {
        switch self {
        case .notADemo: "clock.not-a-demo"
        case .backwards: "clock.backwards"
        case .tooFar: "clock.too-far"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .notADemo: .forbidden
        case .backwards, .tooFar: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .notADemo: "Only a demo market's clock can be moved."
        case .backwards: "The clock only moves forward."
        case .tooFar: "The clock moves by at most 400 days at a time."
        }
    }
}

extension Marketplace {
    /// What time it is in the market: the machine's time, and what a demo moved it by.
    public func marketNow() async throws -> Instant {
        try await database.clock.now()
    }

    /// Moves the market's clock forward, so that a demo need not wait for a hold to end. Written
    /// to the audit trail.
    /// - Throws: ``ClockRefusal`` where the market is real.
    @discardableResult
    public func moveClock(
        by step: Duration, reason: String? = nil, as admin: ID<Account>?
    ) async throws -> Instant {
        guard settings.isDemo else { throw ClockRefusal.notADemo }
        guard step >= .zero else { throw ClockRefusal.backwards }
        guard step <= .seconds(400 * 86_400) else { throw ClockRefusal.tooFar }
        return try await database.transaction { tx in
            let before = try await tx.audit.before("market", "clock")
            let now = try await tx.clock.shift(by: step.wholeMilliseconds)
            try await tx.audit.record(
                "clock.moved", on: "market", "clock", by: admin,
                reason: ["by \(step.components.seconds) seconds, to \(now)", reason]
                    .compactMap { $0 }.joined(separator: ": "), before: before)
            return now
        }
    }
}
