public import Vocabulary

/// A payout provider at which sellers have accounts of their own: the platform transfers to them,
/// and may take back what it transferred.
public protocol ConnectedAccountProvider: PayoutProvider {
    /// Opens an account for a seller; the same key opens one account.
    func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount

    /// A page of the provider's at which the seller says who they are. It works once, for a few
    /// minutes; coming back from it does not mean that the seller has finished.
    func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink

    /// An account as it is now; nil when the provider does not know it. The key is that of
    /// `openAccount`, and nil is a promise that the call with it had no effect.
    func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount?

    /// Moves the platform's money to a connected account, out of one payment or the balance.
    func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot

    /// Takes back all or part of a transfer.
    func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot

    /// As `lookup`, for a reversal; the key is that of `reverse`.
    /// - Parameter transfer: the provider's reference of the transfer.
    func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot?
}

/// Whom an account is for.
public struct ConnectedAccountRequest: Hashable, Sendable, Codable {
    /// The platform's id of the seller; comes back in snapshots.
    public var sellerID: String
    /// ISO 3166-1 alpha-2.
    public var country: String
    public var email: String?
    /// The shop's name, as customers know it.
    public var name: String

    public init(sellerID: String, country: String, email: String? = nil, name: String) {
        self.sellerID = sellerID
        self.country = country
        self.email = email
        self.name = name
    }
}

public struct OnboardingRequest: Hashable, Sendable, Codable {
    /// The provider's reference of the account.
    public var account: String
    /// Where the seller comes back to, finished or not.
    public var returnURL: String
    /// Where the provider sends a seller whose link has been used or is too old: a new link has
    /// to be made there.
    public var refreshURL: String

    public init(account: String, returnURL: String, refreshURL: String) {
        self.account = account
        self.returnURL = returnURL
        self.refreshURL = refreshURL
    }
}

public struct OnboardingLink: Hashable, Sendable, Codable {
    public var url: String
    public var expiresAt: Instant

    public init(url: String, expiresAt: Instant) {
        self.url = url
        self.expiresAt = expiresAt
    }
}

/// A seller's account at the provider, as it stood at `asOf`.
public struct ConnectedAccount: Hashable, Sendable, Codable {
    /// The provider's id.
    public var reference: String
    public var sellerID: String?
    /// Whether money may be transferred to it, and reaches the seller's bank from there.
    public var isReady: Bool
    /// Whether the seller has said everything that was asked at first.
    public var isSubmitted: Bool
    /// What the seller still has to do, the overdue first; at most 50.
    public var requirements: [AccountRequirement]
    /// Why the provider holds the account back, as a sentence.
    public var restriction: String?
    /// When the provider was asked: an older account never overwrites a newer one.
    public var asOf: Instant

    public init(
        reference: String, sellerID: String? = nil, isReady: Bool, isSubmitted: Bool,
        requirements: [AccountRequirement] = [], restriction: String? = nil, asOf: Instant
    ) {
        self.reference = reference
        self.sellerID = sellerID
        self.isReady = isReady
        self.isSubmitted = isSubmitted
        self.requirements = requirements
        self.restriction = restriction
        self.asOf = asOf
    }
}

public struct AccountRequirement: Hashable, Sendable, Codable {
    /// The provider's word for it: `external_account`.
    public var code: String
    /// What the seller reads: "A bank account for payouts".
    public var words: String
    public var isOverdue: Bool

    public init(code: String, words: String, isOverdue: Bool) {
        self.code = code
        self.words = words
        self.isOverdue = isOverdue
    }
}

public struct AccountTransfer: Hashable, Sendable, Codable {
    /// The platform's id of the transfer; comes back in snapshots.
    public var transferID: String
    /// The provider's reference of the account.
    public var account: String
    public var amount: Money
    /// The provider's reference of the payment that the money comes out of. It may be transferred
    /// before it is available then. Nil takes it out of the available balance.
    public var payment: String?
    /// What the seller reads.
    public var statement: String

    public init(
        transferID: String, account: String, amount: Money, payment: String? = nil,
        statement: String = ""
    ) {
        self.transferID = transferID
        self.account = account
        self.amount = amount
        self.payment = payment
        self.statement = statement
    }
}

public struct TransferReversal: Hashable, Sendable, Codable {
    /// The platform's id of the reversal; comes back in snapshots.
    public var reversalID: String
    /// The provider's reference of the transfer.
    public var transfer: String
    public var amount: Money

    public init(reversalID: String, transfer: String, amount: Money) {
        self.reversalID = reversalID
        self.transfer = transfer
        self.amount = amount
    }
}

public struct ReversalSnapshot: Hashable, Sendable, Codable {
    public var reference: String
    public var transfer: String
    public var reversalID: String?
    public var amount: Money

    public init(reference: String, transfer: String, reversalID: String? = nil, amount: Money) {
        self.reference = reference
        self.transfer = transfer
        self.reversalID = reversalID
        self.amount = amount
    }
}
