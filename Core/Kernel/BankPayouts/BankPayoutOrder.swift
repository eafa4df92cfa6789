import ProviderKit
import Vocabulary

/// An administrator asked for money of a seller's account at a provider to be sent to the seller's
/// bank. Nothing of it is booked, as of no ``BankPayout``: the money is the seller's by then.
public struct BankPayoutOrder: Hashable, Sendable, AskedOnce {
    /// Done when the provider has it; ``BankPayout`` says what became of it at the bank.
    public typealias State = AskedState

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
