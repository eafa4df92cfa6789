import Vocabulary

/// What became of a purchase after it was paid. Its state stays `paid`, because it was: receipts
/// and books speak of that. People want to know how it ended.
public enum PurchaseOutcome: String, Sendable, CaseIterable {
    /// Something of it was bought, or it was never paid.
    case stands
    /// Everything was cancelled before money was taken.
    case notCharged = "not_charged"
    /// Everything was cancelled, and the money is on its way back.
    case returning
    /// Everything was cancelled, and all of the money went back.
    case returned
    /// All of the money went back, though not everything was cancelled.
    case refunded
    /// Everything was cancelled, and a refund of ours is not how the money goes back: it failed, or
    /// the customer has it from the bank already.
    case cancelled

    /// - Parameters:
    ///   - captured: minor units that were taken.
    ///   - refunded: minor units of them that went back.
    ///   - isReturning: whether a refund is under way.
    init(isAllCancelled: Bool, captured: Int64, refunded: Int64, isReturning: Bool) {
        let isBack = captured > 0 && refunded >= captured
        self =
            switch (isAllCancelled, isBack) {
            case (false, false): .stands
            case (false, true): .refunded
            case (true, true): .returned
            case (true, false) where captured == 0: .notCharged
            case (true, false): isReturning ? .returning : .cancelled
            }
    }

    /// Whether nothing of it is to come any more.
    public var isOver: Bool { self != .stands && self != .refunded }
}

extension Marketplace {
    /// What became of each of these purchases. Those that are not there are left out.
    public func outcomes(
        of purchases: [ID<Purchase>]
    ) async throws -> [ID<Purchase>: PurchaseOutcome] {
        try await database.purchaseOutcomes.list(purchases)
    }
}
