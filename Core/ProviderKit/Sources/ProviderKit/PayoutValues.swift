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

    public init(holder: String, account: String, country: String) {
        self.holder = holder
        self.account = account
        self.country = country
    }
}

public struct PayoutSnapshot: Hashable, Sendable, Codable {
    public var reference: String
    public var payoutID: String?
    public var status: TransferStatus
    public var amount: Money
    public var version: Int64
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
