import ProviderKit
import Vocabulary

/// A seller's account at a provider that pays sellers there, as the provider last said.
public struct PayoutAccount: Hashable, Sendable {
    public let id: ID<PayoutAccount>
    public let seller: ID<Seller>
    public let instance: ID<ProviderInstance>
    /// The provider's id; nil until it is known to be open.
    public let reference: String?
    /// Whether money may be transferred to it.
    public let isReady: Bool
    /// Whether the seller has said everything that was asked at first.
    public let isSubmitted: Bool
    /// What the seller still has to do, the overdue first.
    public let requirements: [AccountRequirement]
    /// Why the provider holds it back, as a sentence.
    public let restriction: String?
    public let createdAt: Instant
}

/// A provider that pays into sellers' accounts there, and a seller's account if there is one.
public struct PayoutConnection: Hashable, Sendable {
    public let instance: ID<ProviderInstance>
    /// The provider's, as an administrator named it.
    public let name: String
    public let account: PayoutAccount?
}
