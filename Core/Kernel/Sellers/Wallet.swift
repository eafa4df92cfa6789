import Vocabulary

/// Where a seller's earnings settle. A seller may have several; a listing settles to one of them.
public struct Wallet: Hashable, Sendable, Codable {
    public let id: ID<Wallet>
    public let seller: ID<Seller>
    public let kind: Kind
    public let label: String
    public let details: WalletDetails
    public let isDefault: Bool
    /// Payouts below this many minor units wait.
    public let payoutMinimum: Int64
    public let createdAt: Instant
    /// When its account took the place of another; nil while it is the first.
    public let detailsChangedAt: Instant?
    /// When the bank sent a payout back: payouts wait until the details are saved again.
    public let returnedAt: Instant?

    /// How long payouts wait after the account was changed, so that its owner can object.
    public static let newAccountHold: Duration = .seconds(72 * 3600)

    /// Until when payouts wait because the account is new; nil when it never took another's place.
    public var paysFrom: Instant? { detailsChangedAt?.advanced(by: Self.newAccountHold) }

    public enum Kind: String, SQLText, Sendable, CaseIterable, Codable {
        /// Paid out to a bank.
        case platformBalance = "platform_balance"
        /// Paid on a chain.
        case chainAddress = "chain_address"
    }
}

/// Where the money of a wallet goes: a bank account, or an address on a chain.
public struct WalletDetails: Hashable, Sendable, Codable {
    public var holder: String?
    /// Without blanks, in capitals.
    public var iban: String?
    public var bic: String?
    public var chain: String?
    public var address: String?

    public init(
        holder: String? = nil, iban: String? = nil, bic: String? = nil, chain: String? = nil,
        address: String? = nil
    ) {
        self.holder = holder
        self.iban = iban
        self.bic = bic
        self.chain = chain
        self.address = address
    }

    /// The IBAN with all but its ends hidden, for lists: `DE89 •••• 3000`.
    public var maskedIBAN: String? { iban.map { "\($0.prefix(4)) •••• \($0.suffix(4))" } }

    /// Where the money goes, in a word that shows no more than its ends.
    public var maskedPlace: String? {
        maskedIBAN ?? address.map { "\($0.prefix(4)) •••• \($0.suffix(4))" }
    }

    /// Whether the money would go somewhere else than by `other`.
    func leadElsewhere(than other: WalletDetails) -> Bool {
        iban != other.iban || bic != other.bic || chain != other.chain || address != other.address
    }

    /// Whether a payout has somewhere to go.
    public var isComplete: Bool { iban != nil || address != nil }
}

/// Why a wish about a wallet was refused.
public enum WalletRefusal: Refusal, CaseIterable {
    case unknown, ibanInvalid, bicInvalid, holderMissing, chainUnknown, addressInvalid, tooMany

    public var code: String {
        switch self {
        case .unknown: "wallet.unknown"
        case .ibanInvalid: "wallet.iban-invalid"
        case .bicInvalid: "wallet.bic-invalid"
        case .holderMissing: "wallet.holder-missing"
        case .chainUnknown: "wallet.chain-unknown"
        case .addressInvalid: "wallet.address-invalid"
        case .tooMany: "wallet.too-many"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .tooMany: .conflict
        default: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such wallet."
        case .ibanInvalid: "This IBAN is not complete, or has a typing error."
        case .bicInvalid: "A BIC has 8 or 11 letters and digits."
        case .holderMissing: "Say whose bank account it is."
        case .chainUnknown: "The chain is one of: solana."
        case .addressInvalid: "This is not an address on that chain."
        case .tooMany: "A shop has at most 20 wallets."
        }
    }

    public var field: String? {
        switch self {
        case .ibanInvalid: "details.iban"
        case .bicInvalid: "details.bic"
        case .holderMissing: "details.holder"
        case .chainUnknown: "details.chain"
        case .addressInvalid: "details.address"
        case .unknown, .tooMany: nil
        }
    }
}
