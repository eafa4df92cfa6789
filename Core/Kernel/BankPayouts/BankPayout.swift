import Postgres
import ProviderKit
import Vocabulary

/// What went on from a seller's account at a provider to the seller's bank, as the provider last
/// said. The market owes nothing of it: see ``Payout`` for what comes before.
public struct BankPayout: Hashable, Sendable {
    public enum Status: String, SQLText, Sendable, CaseIterable {
        case pending
        case inTransit = "in_transit"
        case paid, failed, canceled

        init(_ status: BankPayoutStatus) {
            switch status {
            case .pending: self = .pending
            case .inTransit: self = .inTransit
            case .paid: self = .paid
            case .failed: self = .failed
            case .canceled: self = .canceled
            }
        }
    }

    public let id: ID<BankPayout>
    public let account: ID<PayoutAccount>
    public let seller: ID<Seller>
    /// The provider's id.
    public let reference: String
    public let status: Status
    /// Below zero where the provider took from the bank what the account owed.
    public let amount: Money
    /// The provider's word for why it failed: `account_closed`.
    public let failureCode: String?
    /// The same as a sentence.
    public let failure: String?
    /// When the bank has it, as far as the provider can say.
    public let arrivesAt: Instant?
    /// When it was made, by the provider's clock.
    public let madeAt: Instant
    let version: Int64
    /// The provider's id of the payout that this one takes back; nil when it takes none back, or
    /// nobody knows yet.
    public let reverses: String?
    /// The provider's id of the payout that takes this one back.
    public let reversedBy: String?

    /// Whether money went the other way, from the bank into the account: what the account owed, or
    /// a payout that was taken back.
    public var isDebit: Bool { amount.isNegative }

    /// Why it failed, in the provider's best words; nil when it did not.
    public var why: String? {
        failure ?? failureCode.map { String($0.map { $0 == "_" ? " " : $0 }) }
    }

    init(
        id: ID<BankPayout>, account: ID<PayoutAccount>, seller: ID<Seller>, reference: String,
        status: Status, amount: Money, failureCode: String?, failure: String?,
        arrivesAt: Instant?, madeAt: Instant, version: Int64, reverses: String? = nil,
        reversedBy: String? = nil
    ) {
        self.id = id
        self.account = account
        self.seller = seller
        self.reference = reference
        self.status = status
        self.amount = amount
        self.failureCode = failureCode
        self.failure = failure
        self.arrivesAt = arrivesAt
        self.madeAt = madeAt
        self.version = version
        self.reverses = reverses
        self.reversedBy = reversedBy
    }

    /// As a snapshot says.
    init(_ snapshot: BankPayoutSnapshot, id: ID<BankPayout>, from account: PayoutAccount) {
        let isFailed = snapshot.status == .failed
        self.init(
            id: id, account: account.id, seller: account.seller, reference: snapshot.reference,
            status: Status(snapshot.status), amount: snapshot.amount,
            failureCode: isFailed ? snapshot.failureCode : nil,
            failure: isFailed ? snapshot.failure : nil, arrivesAt: snapshot.arrivesAt,
            madeAt: snapshot.madeAt, version: snapshot.version)
    }
}

/// A payout to a bank with the shop whose it is, for administrators.
public struct ListedBankPayout: Hashable, Sendable {
    public let payout: BankPayout
    public let sellerName: String
    public let instance: ID<ProviderInstance>
}
