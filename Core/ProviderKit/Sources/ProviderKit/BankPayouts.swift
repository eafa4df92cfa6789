public import Vocabulary

/// A provider that tells how what lies in a seller's account there goes on to the seller's bank. By
/// then it is the seller's: nobody's debt changes with it, and whoever wants to know may ask.
///
/// It came after modules of contract 5 were built, and changes nothing of what they are: a module
/// says it by conforming, and its host by asking `asBankPayouts`.
public protocol BankPayoutProvider: ConnectedAccountProvider {
    /// Whether it does; an object that stands before others may not. True unless a module says
    /// otherwise.
    var tellsBankPayouts: Bool { get }

    /// The payouts that a delivery is about, as they are now; none when it is about something else,
    /// such as a payout of the platform's own.
    /// - Throws: ``UnreadableBankPayout/error`` for one that the module can make nothing of: it is
    ///   put aside by its name, and the account's others are asked for.
    func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot]

    /// What was paid out of an account and was made from `since` on by the provider's clock, as it
    /// is now, in any order: the page after `cursor`, or the first.
    /// - Parameter account: the provider's reference of the account.
    /// - Throws: `invalidRequest` for a cursor that is not its own, and for an account that the
    ///   provider lets nobody ask about any more: that is no fault of the settings.
    func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage
}

extension BankPayoutProvider {
    public var tellsBankPayouts: Bool { true }
}

public enum BankPayoutStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// Made, and not given to the bank yet.
    case pending
    case inTransit
    case paid
    /// The bank did not take it; also after it was said to be paid. The money is in the seller's
    /// account at the provider again.
    case failed
    /// Called off before the bank had it.
    case canceled
}

/// A payout from a seller's account to a bank as the provider sees it now: applying one twice
/// changes nothing, and an older `version` never overwrites a newer one.
public struct BankPayoutSnapshot: Hashable, Sendable, Codable {
    /// The provider's id, its own within the account.
    public var reference: String
    /// The provider's reference of the account.
    public var account: String
    public var status: BankPayoutStatus
    /// Below zero where the provider took from the bank what the account owed.
    public var amount: Money
    /// The provider's word for why it failed: `account_closed`.
    public var failureCode: String?
    /// The same as a sentence for the seller.
    public var failure: String?
    /// When the bank has it, as far as the provider can say.
    public var arrivesAt: Instant?
    /// When it was made, by the provider's clock.
    public var madeAt: Instant
    /// Grows with every change of this payout at the provider.
    public var version: Int64

    public init(
        reference: String, account: String, status: BankPayoutStatus, amount: Money,
        failureCode: String? = nil, failure: String? = nil, arrivesAt: Instant? = nil,
        madeAt: Instant, version: Int64
    ) {
        self.reference = reference
        self.account = account
        self.status = status
        self.amount = amount
        self.failureCode = failureCode
        self.failure = failure
        self.arrivesAt = arrivesAt
        self.madeAt = madeAt
        self.version = version
    }
}

/// A payout that a webhook tells of, and of which the module can make nothing, such as in a state
/// that it does not know. What names it travels in the code of an `invalidRequest`, as modules of
/// contract 5 know no other place for it.
public struct UnreadableBankPayout: Hashable, Sendable {
    /// What the code begins with; the account and the reference follow, each after a `|`.
    public static let code = "bank_payout_unreadable"

    /// The provider's reference of the account; holds no `|`.
    public var account: String
    /// The provider's id of the payout.
    public var reference: String
    /// A sentence for the administrator.
    public var problem: String

    public init(account: String, reference: String, problem: String) {
        self.account = account
        self.reference = reference
        self.problem = problem
    }

    /// The one that an error is about; nil for any other error.
    public init?(_ error: ProviderError) {
        guard case .invalidRequest(let code, let message) = error else { return nil }
        let parts = code.split(separator: "|", maxSplits: 2).map(String.init)
        guard parts.count == 3, parts[0] == Self.code else { return nil }
        self.init(account: parts[1], reference: parts[2], problem: message)
    }

    /// What `bankPayouts(in:)` throws of it.
    public var error: ProviderError {
        .invalidRequest(code: "\(Self.code)|\(account)|\(reference)", message: problem)
    }
}

public struct BankPayoutPage: Hashable, Sendable, Codable {
    /// At most 100, with those that are unreadable.
    public var payouts: [BankPayoutSnapshot]
    /// The references of those that the module can make nothing of, such as in a state that it does
    /// not know: the others are heard of.
    public var unreadable: [String]
    /// Give it as `cursor` for the next page; nil at the end.
    public var next: String?

    public init(
        payouts: [BankPayoutSnapshot], unreadable: [String] = [], next: String? = nil
    ) {
        self.payouts = payouts
        self.unreadable = unreadable
        self.next = next
    }
}
