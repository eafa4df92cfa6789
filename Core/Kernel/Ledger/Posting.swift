import Vocabulary

/// Where value is. Credit is positive: a seller's account is positive when we owe the seller.
public struct LedgerAccount: Hashable, Sendable {
    public enum Kind: String, SQLText, Sendable, CaseIterable {
        /// What a provider instance holds of ours; below zero, since it owes us.
        case providerClearing = "provider_clearing"
        /// Earned, and held until some days after delivery.
        case sellerPending = "seller_pending"
        /// Released, to be paid out.
        case sellerAvailable = "seller_available"
        /// Kept for some days longer, for refunds of the same orders.
        case sellerReserve = "seller_reserve"
        /// Released, and kept from being paid out by an administrator.
        case sellerFrozen = "seller_frozen"
        /// In a payout that is under way.
        case sellerPaying = "seller_paying"
        /// Refunded after it had been paid out; below zero, since the seller owes us.
        case sellerDebt = "seller_debt"
        /// Commission, VAT on it and tax of sales that were paid to the seller directly; below
        /// zero, since the seller owes them.
        case sellerReceivable = "seller_receivable"
        case commission
        /// VAT that the platform owes on its commission.
        case commissionVAT = "commission_vat"
        /// What the platform itself hands to the state.
        case taxPayable = "tax_payable"
        /// What the platform gave customers of its own; below zero, since it is spent.
        case goodwill
        /// Money that came without an order to go with, on its way back.
        case suspense
        /// Taken back by customers' banks and not decided yet; below zero.
        case disputed
        /// Taken back for good; below zero, since the market bears it.
        case disputeLosses = "dispute_losses"
        /// What providers kept for themselves; below zero, since it is a cost.
        case providerFees = "provider_fees"
    }

    public let kind: Kind
    /// The wallet's, instance's or jurisdiction's id; nil for the platform's own.
    let owner: String?

    public static func providerClearing(_ instance: ID<ProviderInstance>) -> Self {
        Self(kind: .providerClearing, owner: instance.description)
    }
    public static func sellerPending(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerPending, owner: wallet.description)
    }
    public static func sellerAvailable(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerAvailable, owner: wallet.description)
    }
    public static func sellerReserve(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerReserve, owner: wallet.description)
    }
    public static func sellerFrozen(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerFrozen, owner: wallet.description)
    }
    public static func sellerPaying(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerPaying, owner: wallet.description)
    }
    public static func sellerDebt(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerDebt, owner: wallet.description)
    }
    public static func sellerReceivable(_ wallet: ID<Wallet>) -> Self {
        Self(kind: .sellerReceivable, owner: wallet.description)
    }
    public static let commission = Self(kind: .commission, owner: nil)
    public static let commissionVAT = Self(kind: .commissionVAT, owner: nil)
    /// - Parameter jurisdiction: nil for orders from before each had an account of its own.
    public static func taxPayable(_ jurisdiction: String?) -> Self {
        Self(kind: .taxPayable, owner: jurisdiction.map(TaxJurisdiction.owner))
    }
    public static let goodwill = Self(kind: .goodwill, owner: nil)
    public static let suspense = Self(kind: .suspense, owner: nil)
    public static let disputed = Self(kind: .disputed, owner: nil)
    public static let disputeLosses = Self(kind: .disputeLosses, owner: nil)
    public static let providerFees = Self(kind: .providerFees, owner: nil)
}

/// One side of a posting.
public struct LedgerEntry: Hashable, Sendable {
    public let account: LedgerAccount
    /// Minor units; credit is positive.
    public let amount: Int64
    public let order: ID<Order>?

    public init(_ account: LedgerAccount, _ amount: Int64, order: ID<Order>? = nil) {
        self.account = account
        self.amount = amount
        self.order = order
    }
}

/// One business event as the ledger keeps it: entries of one currency that add up to zero, under
/// a key made from what happened, so that it is kept once however often it is told.
public struct Posting: Hashable, Sendable {
    public enum Kind: String, SQLText, Sendable, CaseIterable {
        case sale, refund, release, recovery
        case payoutHold = "payout_hold"
        case payoutPost = "payout_post"
        case payoutVoid = "payout_void"
        case payoutReturn = "payout_return"
        case reserveRelease = "reserve_release"
        case freeze, thaw
        case settlement
        case dispute
        case providerFee = "provider_fee"
        case adjustment
    }

    public let key: String
    public let kind: Kind
    public let currency: Currency
    public let purchase: ID<Purchase>?
    /// The key of the posting that this one takes back; each is taken back once at most.
    public let reverses: String?
    public let entries: [LedgerEntry]

    /// Entries of zero are left out.
    /// - Throws: `unbalanced` when they do not add up to zero, `overflow` when they are too large.
    public init(
        key: String, kind: Kind, currency: Currency, purchase: ID<Purchase>? = nil,
        reverses: String? = nil, entries: [LedgerEntry]
    ) throws(LedgerError) {
        var sum: Int64 = 0
        for entry in entries {
            let (next, overflow) = sum.addingReportingOverflow(entry.amount)
            guard !overflow, entry.amount.magnitude <= UInt64(Money.amountMax) else {
                throw .overflow
            }
            sum = next
        }
        guard sum == 0 else { throw .unbalanced(key: key, by: sum) }
        self.key = key
        self.kind = kind
        self.currency = currency
        self.purchase = purchase
        self.reverses = reverses
        self.entries = entries.filter { $0.amount != 0 }
    }

    /// Nothing moves, so there is nothing to keep.
    public var isEmpty: Bool { entries.isEmpty }
}

/// Why something does not go into the books. Always a fault of ours, never of a customer's.
public enum LedgerError: Error, Hashable, Sendable {
    case unbalanced(key: String, by: Int64)
    case overflow
    case currencyMismatch
    /// An order's money is not where its state says that it is.
    case inconsistent(String)
}

/// What became of a posting.
public struct PostedLedger: Hashable, Sendable {
    public let transaction: Int64
    /// It was there already, with the same content.
    public let isReplay: Bool
}
