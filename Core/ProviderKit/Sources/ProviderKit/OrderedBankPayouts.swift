public import Vocabulary

/// A provider that pays a seller's account out to the seller's bank when the platform asks for it,
/// and says which payout took another one back.
///
/// It came after modules of contract 5 were built, as `BankPayoutProvider` did, and changes nothing
/// of what those are: a module says it by conforming, and its host by asking
/// `asOrderedBankPayouts`.
public protocol OrderedBankPayoutProvider: BankPayoutProvider {
    /// Whether it does; an object that stands before others may not. True unless a module says
    /// otherwise.
    var ordersBankPayouts: Bool { get }

    /// What an account could send to its bank now, and whether it does so by itself.
    /// - Parameter account: the provider's reference of the account.
    /// - Throws: `invalidRequest` for an account that nobody may ask about.
    func funds(
        of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> AccountFunds

    /// Sends money of a seller's account to the seller's bank; the same key sends it once.
    /// - Throws: `declined` when the account has not so much, or its provider holds it back:
    ///   nothing was sent, and the sentence says why.
    func payOut(
        _ request: BankPayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot

    /// A payout as it is now; nil when there is none, which is a promise that the call with this
    /// key had no effect. The key is that of `payOut`.
    func lookupBankPayout(
        _ key: ProviderLookup, of account: String, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutSnapshot?

    /// The reference of the payout that this one takes back; nil when it takes none back.
    /// - Parameter reference: of a payout below zero.
    func original(
        of reference: String, in account: String, _ context: OperationContext
    ) async throws(ProviderError) -> String?
}

extension OrderedBankPayoutProvider {
    public var ordersBankPayouts: Bool { true }
}

/// What lies in a seller's account at the provider and could go to the seller's bank.
public struct AccountFunds: Hashable, Sendable, Codable {
    /// The provider's reference of the account.
    public var account: String
    /// Whether nothing goes to the bank unless somebody asks for it.
    public var isManual: Bool
    /// What could go to the bank now, above zero, one amount for each currency; at most 50.
    public var available: [Money]

    public init(account: String, isManual: Bool, available: [Money]) {
        self.account = account
        self.isManual = isManual
        self.available = available
    }
}

public struct BankPayoutRequest: Hashable, Sendable, Codable {
    /// The platform's id of the order.
    public var orderID: String
    /// The provider's reference of the account.
    public var account: String
    /// Above zero.
    public var amount: Money

    public init(orderID: String, account: String, amount: Money) {
        self.orderID = orderID
        self.account = account
        self.amount = amount
    }
}
