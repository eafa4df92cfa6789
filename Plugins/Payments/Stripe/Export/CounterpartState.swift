import ProviderKit
import Vocabulary

/// The counterpart's books.
struct CounterpartState: Sendable {
    struct Payment: Sendable {
        let id: String
        /// Where it was paid on Stripe's page.
        var session: String?
        let amount: Int64
        let currency: String
        let isManual: Bool
        let marks: CounterpartJSON
        let paymentID: String?
        let created: Int64
        var status = "requires_payment_method"
        var received: Int64 = 0
        var refunded: Int64 = 0
        var isCharged: Bool { ["succeeded", "requires_capture", "canceled"].contains(status) }
    }

    struct Session: Sendable {
        let id: String
        let amount: Int64
        let currency: String
        let isManual: Bool
        let marks: CounterpartJSON
        let intentMarks: CounterpartJSON
        let paymentID: String?
        let created: Int64
        var status = "open"
        var payment: String?
    }

    struct Movement: Sendable {
        let id: String
        let type: String
        let amount: Int64
        let currency: String
        let source: CounterpartJSON
        let created: Int64
    }

    struct Refund: Sendable {
        let id: String
        let payment: String
        let amount: Int64
        let currency: String
        let marks: CounterpartJSON
        let refundID: String?
        let reference: String
        let created: Int64
    }

    struct Transfer: Sendable {
        let id: String
        let amount: Int64
        let currency: String
        let marks: CounterpartJSON
        let payoutID: String?
        /// The seller's account.
        let destination: String
        let created: Int64
    }

    /// In the order in which they were made.
    var payments: [Payment] = []
    var sessions: [Session] = []
    var refunds: [Refund] = []
    var transfers: [Transfer] = []
    var accounts: [Account] = []
    var reversals: [Reversal] = []
    var disputes: [Dispute] = []
    var bankPayouts: [BankPayout] = []
    var movements: [Movement] = []
    var events: [CounterpartJSON] = []
    private var answers: [String: (question: [UInt8], answer: HTTPResponse)] = [:]
    private var count = 0

    mutating func next(_ prefix: String) -> String {
        count += 1
        return "\(prefix)_\(count)"
    }

    /// Does what is asked once per key and keeps the answer, but for what was never begun.
    mutating func once(_ route: [String], _ request: HTTPRequest, _ now: Int64) -> HTTPResponse {
        guard let key = request.headers["Idempotency-Key"], key.utf8.count <= 255 else {
            return StripeNo(400, "idempotency_key").response
        }
        let question = Array(route.joined(separator: "/").utf8) + request.body
        if let known = answers[key] {
            guard known.question == question else { return StripeNo(400, "key_reused").response }
            var answer = known.answer
            answer.headers["Idempotent-Replayed"] = "true"
            return answer
        }
        let form = CounterpartForm(String(decoding: request.body, as: UTF8.self))
        do throws(StripeNo) {
            let body = try act(
                route, form, of: request.headers["Stripe-Account"], now)
            let answer = HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"], body: body.bytes)
            answers[key] = (question, answer)
            return answer
        } catch {
            if error.status == 402 { answers[key] = (question, error.response) }
            return error.response
        }
    }

    /// - Parameter account: where it happened; nil for the platform's own.
    mutating func tell(_ type: String, _ object: CounterpartJSON, of account: String? = nil) {
        events.append(Self.event(type, number: events.count + 1, object, of: account))
    }

    static func event(
        _ type: String, number: Int, _ object: CounterpartJSON, of account: String? = nil
    ) -> CounterpartJSON {
        [
            "id": .text("evt_\(number)"), "object": "event", "type": .text(type),
            "account": account.map { .text($0) } ?? .null,
            "created": 1_700_000_000, "livemode": false, "data": ["object": object],
        ]
    }

    var books: CounterpartBooks {
        CounterpartBooks(
            payments: payments.compactMap { payment in
                let status: PaymentStatus =
                    switch payment.status {
                    case "succeeded": .captured
                    case "requires_capture": .authorized
                    case "canceled": .voided
                    default: .failed
                    }
                guard let zero = Self.money(0, payment.currency) else { return nil }
                let held = payment.isCharged ? payment.amount : 0
                return PaymentSnapshot(
                    reference: payment.session ?? payment.id, paymentID: payment.paymentID,
                    status: status, authorized: Self.money(held, payment.currency) ?? zero,
                    captured: Self.money(payment.received, payment.currency) ?? zero,
                    refunded: Self.money(payment.refunded, payment.currency) ?? zero, version: 1)
            },
            refunds: refunds.compactMap { refund in
                Self.money(refund.amount, refund.currency).map {
                    RefundSnapshot(
                        reference: refund.id, paymentReference: refund.reference,
                        refundID: refund.refundID, status: .succeeded, amount: $0, version: 1)
                }
            },
            payouts: transferred)
    }

    /// None of the amounts that the run takes is counted in hundredths.
    static func money(_ amount: Int64, _ code: String) -> Money? {
        Currency(code.uppercased()).map { Money(amount, $0) }
    }
}
