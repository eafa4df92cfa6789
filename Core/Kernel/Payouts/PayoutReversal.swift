import Vocabulary

/// An administrator takes a payout back, as a whole, out of the seller's account at its provider.
public struct PayoutReversal: Hashable, Sendable, AskedOnce {
    /// The payout stays paid while it is not done.
    public typealias State = AskedState

    public let id: ID<PayoutReversal>
    public let payout: ID<Payout>
    public let reason: String
    public let state: State
    /// The provider's own id of it.
    public let reference: String?
    /// Why the provider refused, as a sentence.
    public let failure: String?
    public let tries: Int
    public let requestedAt: Instant
    public let settledAt: Instant?
    /// When its provider was last asked and did not answer.
    let inDoubtAt: Instant?

    /// Why one failed whose payout was returned before anybody was asked to take it back.
    static let overtakenWords = "The payout came back by itself."
}

/// What taking a payout back would do, before anybody does it.
public struct PayoutTakeBack: Sendable {
    public let payout: Payout
    /// How many orders' money would be available to the seller again.
    public let orders: Int
    /// What the seller owes; the next payout takes it from what is available again.
    public let owed: Money
    public let isFrozen: Bool
    /// Why it cannot be taken back; nil when it can be.
    public let refusal: PayoutRefusal?
    /// What was tried before, the newest first.
    public let tried: [PayoutReversal]
}

extension Payout {
    /// What a provider says of a payout that was taken back, whoever asked for it.
    static let takenBackCode = "reversed"
    /// What the seller reads then.
    static let takenBackWords = "The market took it back."
}
