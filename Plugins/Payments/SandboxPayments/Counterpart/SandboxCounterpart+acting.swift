import Foundation
import ProviderKit
import Vocabulary

extension SandboxCounterpart {
    /// Does what is asked once per key and keeps the answer.
    func act(_ route: [String], _ request: HTTPRequest, _ now: Instant) -> HTTPResponse {
        guard let key = request.headers["Idempotency-Key"], !key.isEmpty else {
            return Self.refused(400, "key_missing")
        }
        return state.withLock { state in
            let question = Array(route.joined(separator: "/").utf8) + request.body
            if let known = state.answers[key] {
                return known.question == question ? known.answer : Self.refused(422, "key_reused")
            }
            do throws(BankNo) {
                let (answer, object) = try state.act(route, Data(request.body), now)
                state.answers[key] = (question, answer, object)
                return answer
            } catch {
                return Self.refused(error.status, error.code)
            }
        }
    }
}

/// What the bank does not do.
private struct BankNo: Error {
    let status: Int
    let code: String

    init(_ status: Int, _ code: String) {
        self.status = status
        self.code = code
    }
}

extension SandboxCounterpart.State {
    fileprivate mutating func act(
        _ route: [String], _ body: Data, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        switch (route.first, route.count, route.last) {
        case ("payments", 1, _): try start(try read(body), now)
        case ("payments", 3, "capture"): try capture(route[1], try read(body), now)
        case ("payments", 3, "void"): try void(route[1], now)
        case ("payments", 3, "refunds"): try refund(route[1], try read(body), now)
        case ("payouts", 1, _): try pay(try read(body), now)
        default: throw BankNo(404, "not_found")
        }
    }

    private func read<Question: Decodable>(_ body: Data) throws(BankNo) -> Question {
        guard let question = try? JSONDecoder().decode(Question.self, from: body) else {
            throw BankNo(400, "malformed")
        }
        return question
    }

    private mutating func start(
        _ question: PaymentQuestion, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        guard (1...Money.amountMax).contains(question.amount.amount) else {
            throw BankNo(400, "amount")
        }
        if question.source == "tok_declined" { throw BankNo(402, "card_declined") }
        let zero = Money.zero(question.amount.currency)
        let isAway = question.source == "tok_3ds"
        let isTaken = !isAway && question.capture == "now"
        let id = next("pay")
        let payment = PaymentBody(
            id: id, merchantReference: question.merchantReference,
            status: isAway ? "requires_action" : isTaken ? "captured" : "authorized",
            amount: question.amount, authorized: isAway ? zero : question.amount,
            captured: isTaken ? question.amount : zero, refunded: zero, version: 1,
            failureCode: nil, failureMessage: nil,
            redirectURL: isAway ? "http://bank.example:8090/pay/\(id)" : nil)
        keep(payment, "payment.\(payment.status)", now)
        return (SandboxCounterpart.answered(payment), id)
    }

    private mutating func capture(
        _ id: String, _ question: CaptureQuestion, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        guard var payment = payments[id] else { throw BankNo(404, "not_found") }
        let sum = payment.captured.amount + question.amount.amount
        guard question.amount.isPositive, sum <= payment.authorized.amount, !payment.isClosed
        else { throw BankNo(422, "amount") }
        payment.change("captured", captured: Money(sum, payment.captured.currency))
        payment.isClosed = question.isFinal
        keep(payment, "payment.captured", now)
        return (SandboxCounterpart.answered(payment), id)
    }

    private mutating func void(
        _ id: String, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        guard var payment = payments[id] else { throw BankNo(404, "not_found") }
        guard payment.status == "authorized" else { throw BankNo(422, "state") }
        payment.change("voided", captured: payment.captured)
        keep(payment, "payment.voided", now)
        return (SandboxCounterpart.answered(payment), id)
    }

    private mutating func refund(
        _ id: String, _ question: RefundQuestion, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        guard var payment = payments[id] else { throw BankNo(404, "not_found") }
        let sum = payment.refunded.amount + question.amount.amount
        guard question.amount.isPositive, sum <= payment.captured.amount else {
            throw BankNo(422, "amount")
        }
        payment.refunded = Money(sum, payment.refunded.currency)
        payment.change("captured", captured: payment.captured)
        let refund = RefundBody(
            id: next("ref"), payment: id, merchantReference: question.merchantReference,
            status: "succeeded", amount: question.amount, version: 1)
        refunds[refund.id] = refund
        keep(payment, "payment.refunded", now, refund)
        return (SandboxCounterpart.answered(refund), refund.id)
    }

    private mutating func pay(
        _ question: PayoutQuestion, _ now: Instant
    ) throws(BankNo) -> (HTTPResponse, String) {
        guard (1...Money.amountMax).contains(question.amount.amount) else {
            throw BankNo(400, "amount")
        }
        let payout = PayoutBody(
            id: next("po"), merchantReference: question.merchantReference, status: "paid",
            amount: question.amount, version: 1, failureCode: nil)
        payouts[payout.id] = payout
        events.append(
            EventBody(
                id: next("evt"), type: "payout.paid", createdAt: now, payment: nil, refund: nil,
                payout: payout))
        return (SandboxCounterpart.answered(payout), payout.id)
    }

    /// Stores a payment, writes the line of the balance that it makes, and tells the merchant.
    mutating func keep(
        _ payment: PaymentBody, _ type: String, _ now: Instant, _ refund: RefundBody? = nil
    ) {
        let before = payments[payment.id]?.captured.amount ?? 0
        let gained = payment.captured.amount - before
        if gained > 0 {
            let amount = Money(gained, payment.captured.currency)
            entries.append(
                .init(
                    number: entries.count + 1, kind: "charge", source: payment.id, amount: amount,
                    at: now))
        }
        if let refund {
            entries.append(
                .init(
                    number: entries.count + 1, kind: "refund", source: refund.id,
                    amount: Money(-refund.amount.amount, refund.amount.currency), at: now))
        }
        payments[payment.id] = payment
        events.append(
            EventBody(
                id: next("evt"), type: type, createdAt: now, payment: payment, refund: refund,
                payout: nil))
    }
}

extension PaymentBody {
    mutating func change(_ status: String, captured: Money) {
        self.status = status
        self.captured = captured
        if captured.amount > authorized.amount { authorized = captured }
        redirectURL = nil
        version += 1
    }
}
