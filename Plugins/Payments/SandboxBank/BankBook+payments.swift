import ProviderKit
import Vocabulary

extension BankBook {
    func start(_ question: PaymentQuestion, _ account: String) throws(BankRefusal) -> Answer {
        guard let token = CardToken(rawValue: question.source) else {
            throw BankRefusal(400, "unknown_token", "There is no card \(question.source).")
        }
        guard question.amount.amount > 0, question.amount.amount <= Money.amountMax else {
            throw BankRefusal(400, "amount_invalid", "An amount is positive and not absurd.")
        }
        guard question.capture == "now" || question.capture == "later",
            (1...100).contains(question.merchantReference.utf8.count),
            WebAddress(question.returnURL) != nil, WebAddress(question.webhookURL) != nil
        else { throw BankRefusal(400, "malformed", "A field does not hold what it should.") }
        switch token {
        case .timeoutBeforeActing: return Answer(status: 500, body: "{}", isWithheld: true)
        case .serverError: throw BankRefusal(500, "server_error", "Something went wrong.")
        case .rateLimited: return Self.busy
        default: break
        }
        var payment = BankPayment(
            id: Self.newID("pay"), account: account, merchantReference: question.merchantReference,
            amount: question.amount, token: token, capturesNow: question.capture == "now",
            returnURL: question.returnURL, webhookURL: question.webhookURL, createdAt: .systemNow,
            status: .processing, authorized: .zero(question.amount.currency),
            captured: .zero(question.amount.currency), refunded: .zero(question.amount.currency))
        if let decline = token.decline {
            fail(&payment, decline.code, decline.message)
            let problem = ErrorBody.Problem(code: decline.code, message: decline.message)
            let body = ErrorBody(error: problem, payment: PaymentBody(payment, bankURL: bankURL))
            return Answer(status: 402, body: Wire.encode(body), object: payment.id)
        }
        switch token {
        case .secure:
            payment.status = .requiresAction
            change(&payment, tell: "payment.requires_action")
        case .delayed, .delayedDecline:
            payment.settlesAt = Instant.systemNow.advanced(by: settings.delay)
            change(&payment, tell: "payment.processing")
        default: authorize(&payment)
        }
        var answer = answer(payment, status: 201)
        answer.isWithheld = token == .timeoutAfterActing
        return answer
    }

    func capture(
        _ id: String, _ question: CaptureQuestion, _ account: String
    ) throws(BankRefusal) -> Answer {
        var payment = try payment(id, account)
        guard payment.status == .authorized || payment.status == .captured, !payment.isClosed else {
            throw BankRefusal(409, "not_capturable", "It is \(payment.status.rawValue).")
        }
        guard question.amount.currency == payment.amount.currency, question.amount.amount > 0,
            let captured = sum(payment.captured, question.amount),
            captured.amount <= payment.authorized.amount
        else { throw BankRefusal(400, "amount_invalid", "More than was authorized.") }
        payment.captured = captured
        payment.status = .captured
        payment.isClosed = question.isFinal || captured == payment.authorized
        book(.charge, question.amount, source: payment.id, account: account)
        change(&payment, tell: "payment.captured")
        return answer(payment, status: 200)
    }

    func void(_ id: String, _ account: String) throws(BankRefusal) -> Answer {
        var payment = try payment(id, account)
        switch payment.status {
        case .voided: return answer(payment, status: 200)
        case .failed: throw BankRefusal(409, "not_voidable", "It failed.")
        case .captured:
            guard !payment.isClosed else {
                throw BankRefusal(409, "not_voidable", "Everything is captured.")
            }
            payment.isClosed = true
        case .requiresAction, .processing, .authorized:
            payment.status = .voided
            payment.isClosed = true
            payment.settlesAt = nil
        }
        change(&payment, tell: "payment.voided")
        return answer(payment, status: 200)
    }

    func refund(
        _ id: String, _ question: RefundQuestion, _ account: String
    ) throws(BankRefusal) -> Answer {
        var payment = try payment(id, account)
        guard question.amount.currency == payment.amount.currency, question.amount.amount > 0,
            let refunded = sum(payment.refunded, question.amount),
            refunded.amount <= payment.captured.amount
        else { throw BankRefusal(400, "amount_invalid", "More than was captured.") }
        let fails = payment.token == .refundFails
        let refund = BankRefund(
            id: Self.newID("ref"), account: account, payment: id,
            merchantReference: question.merchantReference, amount: question.amount,
            reason: question.reason, createdAt: .systemNow, status: fails ? .failed : .succeeded)
        save(refund)
        if fails {
            tell(payment, "refund.failed", refund)
        } else {
            payment.refunded = refunded
            let negative = Money(-question.amount.amount, question.amount.currency)
            book(.refund, negative, source: refund.id, account: account)
            change(&payment, tell: "refund.succeeded", refund)
        }
        return Answer(status: 201, body: Wire.encode(RefundBody(refund)), object: refund.id)
    }

    /// The customer's bank sends a refund back that had succeeded; nil when there is none.
    func returnRefund(_ id: String) -> BankRefund? {
        guard var refund = refunds[id], refund.status == .succeeded,
            var payment = payments[refund.payment]
        else { return nil }
        refund.status = .failed
        refund.version += 1
        save(refund)
        let left = payment.refunded.amount - refund.amount.amount
        payment.refunded = Money(left, refund.amount.currency)
        book(.refund, refund.amount, source: refund.id, account: refund.account)
        change(&payment, tell: "refund.failed", refund)
        flush()
        return refund
    }

    /// What the customer did on the bank's page; nothing when it was decided before.
    func decide(_ id: String, approve: Bool) -> BankPayment? {
        guard var payment = payments[id] else { return nil }
        guard payment.status == .requiresAction else { return payment }
        if approve {
            authorize(&payment)
        } else {
            fail(&payment, "authentication_failed", "The bank could not confirm that it was you.")
        }
        flush()
        return payment
    }

    func payment(_ id: String, _ account: String) throws(BankRefusal) -> BankPayment {
        guard let payment = payments[id], payment.account == account else {
            throw BankRefusal(404, "not_found", "There is no such payment.")
        }
        return payment
    }

    func authorize(_ payment: inout BankPayment) {
        payment.settlesAt = nil
        payment.authorized = payment.amount
        payment.status = .authorized
        guard payment.capturesNow else {
            change(&payment, tell: "payment.authorized")
            return
        }
        payment.captured = payment.amount
        payment.status = .captured
        payment.isClosed = true
        book(.charge, payment.amount, source: payment.id, account: payment.account)
        change(&payment, tell: "payment.captured")
    }

    func fail(_ payment: inout BankPayment, _ code: String, _ message: String) {
        payment.settlesAt = nil
        payment.status = .failed
        payment.isClosed = true
        payment.failureCode = code
        payment.failureMessage = message
        change(&payment, tell: "payment.failed")
    }

    private func change(
        _ payment: inout BankPayment, tell type: String, _ refund: BankRefund? = nil
    ) {
        payment.version += 1
        save(payment)
        tell(payment, type, refund)
    }

    private func tell(_ payment: BankPayment, _ type: String, _ refund: BankRefund?) {
        emit(type, to: payment.webhookURL, account: payment.account) { body in
            body.payment = PaymentBody(payment, bankURL: bankURL)
            body.refund = refund.map(RefundBody.init)
        }
    }

    func answer(_ payment: BankPayment, status: Int) -> Answer {
        let body = Wire.encode(PaymentBody(payment, bankURL: bankURL))
        return Answer(status: status, body: body, object: payment.id)
    }

    private func sum(_ left: Money, _ right: Money) -> Money? {
        let (amount, overflow) = left.amount.addingReportingOverflow(right.amount)
        return overflow ? nil : Money(amount, left.currency)
    }
}
