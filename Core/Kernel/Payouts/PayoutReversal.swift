import ProviderKit
import Vocabulary

/// An administrator takes a payout back, as a whole, out of the seller's account at its provider.
public struct PayoutReversal: Hashable, Sendable {
    public enum State: String, SQLText, Sendable, Codable, CaseIterable {
        /// Written down, and the provider was not asked yet.
        case intent
        case sent
        /// Nobody knows whether it was made; it is looked up until somebody does.
        case unknown
        case done
        /// The provider refused; the payout stays paid.
        case failed

        public var isOpen: Bool { self == .intent || self == .sent || self == .unknown }

        /// How one stands whose call ended like this.
        /// - Parameters:
        ///   - wasAsked: the provider was asked before.
        ///   - mayHaveArrived: something that was asked before was not answered, and may be on its
        ///     way still.
        static func after(
            _ error: ProviderError, wasAsked: Bool, mayHaveArrived: Bool
        ) -> State {
            switch error {
            case .declined: .failed
            // Said of a call that was made before, it says nothing of what that one did.
            case .invalidRequest, .unsupported: mayHaveArrived ? .unknown : .failed
            case .unavailable, .misconfigured: wasAsked || mayHaveArrived ? .unknown : .intent
            case .ambiguous, .signatureInvalid: .unknown
            }
        }
    }

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
