import Foundation
import ProviderKit
import Vocabulary

// The bank's JSON as this module sees it, and what it means to the kernel. A status that is not
// known here is loud: it may mean that money moved.

struct AccountBody: Codable {
    let name: String
}

struct PaymentBody: Codable {
    let id: String
    let merchantReference: String
    var status: String
    let amount: Money
    var authorized: Money
    var captured: Money
    var refunded: Money
    var version: Int64
    let failureCode: String?
    let failureMessage: String?
    var redirectURL: String?
    /// Whether a final capture came; the bank alone knows.
    var isClosed = false

    enum CodingKeys: String, CodingKey {
        case id, merchantReference, status, amount, authorized, captured, refunded, version
        case failureCode, failureMessage, redirectURL
    }

    func snapshot() throws(ProviderError) -> PaymentSnapshot {
        let known: PaymentStatus? =
            switch status {
            case "requires_action": .requiresAction
            case "processing": .processing
            case "authorized": .authorized
            case "captured": .captured
            case "voided": .voided
            case "failed": .failed
            default: nil
            }
        guard let known else { throw .ambiguous(message: "The payment is \(status.prefix(40)).") }
        return PaymentSnapshot(
            reference: id, paymentID: merchantReference, status: known, authorized: authorized,
            captured: captured, refunded: refunded, version: version, failureCode: failureCode,
            failureMessage: failureMessage)
    }
}

struct RefundBody: Codable {
    let id: String
    let payment: String
    let merchantReference: String
    let status: String
    let amount: Money
    let version: Int64

    func snapshot() throws(ProviderError) -> RefundSnapshot {
        RefundSnapshot(
            reference: id, paymentReference: payment, refundID: merchantReference,
            status: try transferStatus(status), amount: amount, version: version)
    }
}

struct PayoutBody: Codable {
    let id: String
    let merchantReference: String
    let status: String
    let amount: Money
    let version: Int64
    let failureCode: String?

    func snapshot() throws(ProviderError) -> PayoutSnapshot {
        PayoutSnapshot(
            reference: id, payoutID: merchantReference, status: try transferStatus(status),
            amount: amount, version: version, failureCode: failureCode)
    }
}

private func transferStatus(_ status: String) throws(ProviderError) -> TransferStatus {
    switch status {
    case "pending": .pending
    case "paid", "succeeded": .succeeded
    case "failed": .failed
    default: throw .ambiguous(message: "The transfer is \(status.prefix(40)).")
    }
}

struct EventBody: Codable {
    let id: String
    let type: String
    let createdAt: Instant
    let payment: PaymentBody?
    let refund: RefundBody?
    let payout: PayoutBody?

}

extension EventBody {
    /// Nil when the bytes are not an event.
    init?(_ body: [UInt8]) {
        guard let event = try? JSONDecoder().decode(EventBody.self, from: Data(body)) else {
            return nil
        }
        self = event
    }
}

struct ErrorBody: Codable {
    struct Problem: Codable {
        let code: String
        let message: String
    }

    let error: Problem
}

struct NoQuestion: Codable {}

struct PaymentQuestion: Codable {
    let merchantReference: String
    let amount: Money
    let source: String
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
