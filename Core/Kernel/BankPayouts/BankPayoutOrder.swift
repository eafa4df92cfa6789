import ProviderKit
import Vocabulary

/// An administrator asked for money of a seller's account at a provider to be sent to the seller's
/// bank. Nothing of it is booked, as of no ``BankPayout``: the money is the seller's by then.
public struct BankPayoutOrder: Hashable, Sendable {
    public enum State: String, SQLText, Sendable, Codable, CaseIterable {
        /// Written down, and the provider was not asked yet.
        case intent
        case sent
        /// Nobody knows whether it was made; it is looked up until somebody does.
        case unknown
        /// The provider has it; ``BankPayout`` says what became of it at the bank.
        case done
        /// The provider refused; nothing left the account.
        case failed

        public var isOpen: Bool { self == .intent || self == .sent || self == .unknown }

        /// How one stands whose call ended like this.
        /// - Parameters:
        ///   - wasAsked: the provider was asked before.
        ///   - mayHaveArrived: something that was asked before was not answered, and may be on its
        ///     way still. A refusal says nothing of what that one did: it may have taken the money.
        static func after(
            _ error: ProviderError, wasAsked: Bool, mayHaveArrived: Bool
        ) -> State {
            switch error {
            case .declined, .invalidRequest, .unsupported: mayHaveArrived ? .unknown : .failed
            case .unavailable, .misconfigured: wasAsked || mayHaveArrived ? .unknown : .intent
            case .ambiguous, .signatureInvalid: .unknown
            }
        }
    }

    public let id: ID<BankPayoutOrder>
    public let account: ID<PayoutAccount>
    public let amount: Money
    public let reason: String
    public let state: State
    /// The provider's own id of the payout, once it is made.
    public let reference: String?
    /// Why the provider refused, as a sentence.
    public let failure: String?
    public let tries: Int
    public let requestedAt: Instant
    public let settledAt: Instant?
    /// When its provider was last asked and did not answer.
    let inDoubtAt: Instant?
}

/// An account of a seller's at a provider, and what of it could be sent to the seller's bank now.
public struct PayableAccount: Sendable {
    public let account: PayoutAccount
    public let sellerName: String
    /// The provider's, as an administrator named it.
    public let providerName: String
    /// What lies there, as the provider says now; nil when it cannot be asked.
    public let funds: AccountFunds?
    /// Why nothing can be asked for; nil when it can be.
    public let refusal: PayoutRefusal?
    /// What was asked for before, the newest first.
    public let orders: [BankPayoutOrder]
}
