import ProviderKit
import Vocabulary

struct BankPayment: Codable, Sendable {
    enum Status: String, Codable, Sendable {
        case requiresAction = "requires_action"
        case processing, authorized, captured, voided, failed
    }

    let id: String
    let account: String
    let merchantReference: String
    let amount: Money
    let token: CardToken
    let capturesNow: Bool
    let returnURL: String
    let webhookURL: String
    let createdAt: Instant
    var status: Status
    var authorized: Money
    var captured: Money
    var refunded: Money
    /// Nothing more can be captured.
    var isClosed = false
    var version: Int64 = 0
    var failureCode: String?
    var failureMessage: String?
    /// When a delayed result comes.
    var settlesAt: Instant?
}

struct BankRefund: Codable, Sendable {
    enum Status: String, Codable, Sendable { case succeeded, failed }

    let id: String
    let account: String
    let payment: String
    let merchantReference: String
    let amount: Money
    let reason: String
    let createdAt: Instant
    var status: Status
    var version: Int64 = 1
}

struct BankPayout: Codable, Sendable {
    enum Status: String, Codable, Sendable { case pending, paid, failed }

    let id: String
    let account: String
    let merchantReference: String
    let amount: Money
    let destination: PayoutDestination
    let statement: String
    let webhookURL: String
    let createdAt: Instant
    var status: Status
    var version: Int64 = 1
    var failureCode: String?
    var settlesAt: Instant?
}

/// One line of a merchant's account at the bank.
struct BalanceEntry: Codable, Sendable {
    enum Kind: String, Codable, Sendable { case charge, refund, payout }

    /// Counts up per bank; pages go by it.
    let number: Int
    let account: String
    let kind: Kind
    /// The payment, refund or payout.
    let source: String
    /// Positive into the account.
    var amount: Money
    let at: Instant
    /// The bank mislaid it: it is in no list any more.
    var isLost: Bool?
}

/// What may be wrong with the bank's own books.
enum BookMistake: Sendable {
    case lost, twice
    case off(Int64)
}

/// A webhook to be sent, or sent.
struct BankEvent: Codable, Sendable {
    let id: String
    let number: Int
    let account: String
    let type: String
    let url: String
    let body: String
    var nextAt: Instant
    var tries = 0
    var deliveredAt: Instant?
}

/// What was answered to an idempotency key.
struct StoredAnswer: Codable, Sendable {
    let account: String
    let key: String
    /// SHA-256 of what was asked, so that another question under the same key is refused.
    let fingerprint: String
    let status: Int
    let body: String
    /// What the call made: a payment, refund or payout.
    let object: String?
}

/// One line of the journal: the whole thing as it is after a change.
enum JournalRecord: Codable, Sendable {
    case payment(BankPayment)
    case refund(BankRefund)
    case payout(BankPayout)
    case entry(BalanceEntry)
    case event(BankEvent)
    case answer(StoredAnswer)
}
