/// A moment at which a process may die and nothing may be lost or doubled: each lies between two
/// things of which one is kept and the other is not. `guildhall drill crash` kills exactly there.
public struct CrashStep: Hashable, Sendable, CustomStringConvertible {
    /// What is asked of somebody outside, or told by them.
    public enum Operation: String, CaseIterable, Sendable {
        case start, capture, void, refund, payout, reversal, webhook
        /// From a seller's account at a provider to the seller's bank, because somebody asked.
        case bankPayout = "bank-payout"
        /// A part of an order whose money is only reserved; nobody is asked for it.
        case callOff = "call-off"
    }

    public enum Moment: String, CaseIterable, Sendable {
        /// What is to be done was written, and nobody was asked yet.
        case intentCommitted = "intent-committed"
        case beforeCall = "before-call"
        /// The answer is in memory only.
        case afterCall = "after-call"
        /// The transaction that records the answer is open.
        case beforeRecord = "before-record"
        case recorded
    }

    public let operation: Operation
    public let moment: Moment

    public init(_ operation: Operation, _ moment: Moment) {
        self.operation = operation
        self.moment = moment
    }

    /// `capture.after-call`
    public var description: String { "\(operation.rawValue).\(moment.rawValue)" }
}

extension CrashStep.Operation {
    init(_ kind: PaymentAttempt.Kind) {
        switch kind {
        case .start: self = .start
        case .capture: self = .capture
        case .void: self = .void
        case .refund: self = .refund
        }
    }
}

extension Marketplace {
    /// Says that this moment has come. Nobody listens outside a drill.
    func reach(_ operation: CrashStep.Operation, _ moment: CrashStep.Moment) {
        settings.reached?(CrashStep(operation, moment))
    }
}
