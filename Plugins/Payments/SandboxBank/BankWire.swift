import Foundation
import ProviderKit
import Vocabulary

/// The bank's JSON, as its merchants see it.
struct PaymentBody: Codable {
    let id: String
    let merchantReference: String
    let status: String
    let amount: Money
    let authorized: Money
    let captured: Money
    let refunded: Money
    let version: Int64
    let failureCode: String?
    let failureMessage: String?
    let redirectURL: String?
    let createdAt: Instant

    init(_ payment: BankPayment, bankURL: String) {
        id = payment.id
        merchantReference = payment.merchantReference
        status = payment.status.rawValue
        amount = payment.amount
        authorized = payment.authorized
        captured = payment.captured
        refunded = payment.refunded
        version = payment.version
        failureCode = payment.failureCode
        failureMessage = payment.failureMessage
        redirectURL = payment.status == .requiresAction ? "\(bankURL)/pay/\(payment.id)" : nil
        createdAt = payment.createdAt
    }
}

struct RefundBody: Codable {
    let id: String
    let payment: String
    let merchantReference: String
    let status: String
    let amount: Money
    let version: Int64

    init(_ refund: BankRefund) {
        id = refund.id
        payment = refund.payment
        merchantReference = refund.merchantReference
        status = refund.status.rawValue
        amount = refund.amount
        version = refund.version
    }
}

struct PayoutBody: Codable {
    let id: String
    let merchantReference: String
    let status: String
    let amount: Money
    let version: Int64
    let failureCode: String?

    init(_ payout: BankPayout) {
        id = payout.id
        merchantReference = payout.merchantReference
        status = payout.status.rawValue
        amount = payout.amount
        version = payout.version
        failureCode = payout.failureCode
    }
}

struct EventBody: Codable {
    let id: String
    let type: String
    let createdAt: Instant
    var payment: PaymentBody?
    var refund: RefundBody?
    var payout: PayoutBody?
}

struct EntriesBody: Codable {
    struct Item: Codable {
        let number: Int
        let kind: String
        let source: String
        let amount: Money
        let at: Instant
    }

    let items: [Item]
    /// Give it as `after` for the next page; absent at the end.
    let next: Int?
}

struct ErrorBody: Codable {
    struct Problem: Codable {
        let code: String
        let message: String
    }

    let error: Problem
    var payment: PaymentBody?
}

struct PaymentQuestion: Codable {
    let merchantReference: String
    let amount: Money
    let source: String
    /// `now` or `later`.
    let capture: String
    let returnURL: String
    let webhookURL: String
}

struct CaptureQuestion: Codable {
    let amount: Money
    let isFinal: Bool
}

struct RefundQuestion: Codable {
    let merchantReference: String
    let amount: Money
    let reason: String
}

struct PayoutQuestion: Codable {
    let merchantReference: String
    let amount: Money
    let destination: PayoutDestination
    let statement: String
    let webhookURL: String
}

/// What a merchant may ask the bank to do.
enum BankOperation: Codable {
    case start(PaymentQuestion)
    case capture(String, CaptureQuestion)
    case void(String)
    case refund(String, RefundQuestion)
    case pay(PayoutQuestion)

    /// As drills call it.
    var name: String {
        switch self {
        case .start: "start"
        case .capture: "capture"
        case .void: "void"
        case .refund: "refund"
        case .pay: "payout"
        }
    }
}

enum Wire {
    static func encode(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Every value here is plain; JSON refuses only numbers that are not finite.
            preconditionFailure("a bank value is not JSON: \(error)")
        }
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type, _ text: String
    ) throws(BankRefusal) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw BankRefusal(400, "malformed", "The body is not what this address expects.")
        }
    }
}

/// The bank saying no, with its HTTP status.
struct BankRefusal: Error {
    let status: Int
    let code: String
    let message: String

    init(_ status: Int, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}
