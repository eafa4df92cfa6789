public import Vocabulary

public struct PayoutRequest: Hashable, Sendable, Codable {
    /// The platform's id of the payout; comes back in snapshots.
    public var payoutID: String
    public var amount: Money
    public var destination: PayoutDestination
    public var webhookURL: String
    /// What the seller reads on the statement.
    public var statement: String

    public init(
        payoutID: String, amount: Money, destination: PayoutDestination, webhookURL: String,
        statement: String = ""
    ) {
        self.payoutID = payoutID
        self.amount = amount
        self.destination = destination
        self.webhookURL = webhookURL
        self.statement = statement
    }
}

/// Where a seller's money goes.
public struct PayoutDestination: Hashable, Sendable, Codable {
    public var holder: String
    /// An IBAN, an account number, a connected account or a chain address.
    public var account: String
    /// ISO 3166-1 alpha-2 of the account.
    public var country: String
    /// ISO 9362, when it is known.
    public var bic: String?

    public init(holder: String, account: String, country: String, bic: String? = nil) {
        self.holder = holder
        self.account = account
        self.country = country
        self.bic = bic
    }
}

public struct PayoutSnapshot: Hashable, Sendable, Codable {
    public var reference: String
    public var payoutID: String?
    public var status: TransferStatus
    public var amount: Money
    public var version: Int64
    /// The provider's own code; `reversed` of one that failed because all of it was taken back, and
    /// `reversed_in_part` of one that succeeded and of which a part was taken back since: a person
    /// is told, because the platform itself takes back whole ones only.
    public var failureCode: String?

    public init(
        reference: String, payoutID: String? = nil, status: TransferStatus, amount: Money,
        version: Int64, failureCode: String? = nil
    ) {
        self.reference = reference
        self.payoutID = payoutID
        self.status = status
        self.amount = amount
        self.version = version
        self.failureCode = failureCode
    }
}

/// Payouts that go into one file for a bank. The same request makes the same bytes.
public struct PayoutFileRequest: Hashable, Sendable, Codable {
    /// The platform's id of the file; never used for another.
    public var fileID: String
    public var createdAt: Instant
    /// The day on which the bank is to pay, in UTC.
    public var executeOn: Instant
    /// All in one currency.
    public var transfers: [PayoutTransfer]

    public init(
        fileID: String, createdAt: Instant, executeOn: Instant, transfers: [PayoutTransfer]
    ) {
        self.fileID = fileID
        self.createdAt = createdAt
        self.executeOn = executeOn
        self.transfers = transfers
    }
}

/// One payout in a file.
public struct PayoutTransfer: Hashable, Sendable, Codable {
    /// The reference that the module gave the payout when it was asked to pay it.
    public var reference: String
    public var amount: Money
    public var destination: PayoutDestination
    /// What the seller reads on the statement.
    public var statement: String

    public init(
        reference: String, amount: Money, destination: PayoutDestination, statement: String
    ) {
        self.reference = reference
        self.amount = amount
        self.destination = destination
        self.statement = statement
    }
}

/// A file that a person hands to a bank.
public struct PayoutFile: Hashable, Sendable, Codable {
    public var name: String
    public var mediaType: String
    @Base64 public var bytes: [UInt8]

    public init(name: String, mediaType: String, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.bytes = bytes
    }
}
