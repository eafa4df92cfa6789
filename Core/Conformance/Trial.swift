import ProviderHost
import ProviderKit
import Vocabulary

/// One object of the module, its counterpart and the wire between them.
struct Trial: Sendable {
    let subject: Subject
    let counterpart: (any ScriptedCounterpart)?
    let values: [String: String]
    let wire: Wire
    let provider: any Provider

    static let patience: Duration = .seconds(10)
    /// How long a call may take in which the wire loses something.
    static let shortDeadline: Duration = .milliseconds(150)

    func context(
        _ key: String = freshKey(), within limit: Duration = Trial.patience, attempt: Int = 1
    ) -> OperationContext {
        OperationContext(key: key, attempt: attempt, within: limit, requestID: "conformance")
    }

    /// Another object of the module with the same counterpart: what a restart leaves.
    func restarted() throws -> Trial { try subject.trial(counterpart, values) }

    /// The payment provider and its counterpart.
    /// - Throws: ``DoesNotApply`` unless it takes payments.
    func payments() throws -> (any PaymentProvider, any ScriptedCounterpart) {
        let provider = try applicable(provider.asPayment, "it takes no payments")
        guard let counterpart, counterpart.payingMethod != nil else {
            if subject.descriptor.capabilities.contains(.payoutFiles) {
                throw DoesNotApply("it takes no payments")
            }
            throw Breach(
                "a module that takes payments brings a scripted counterpart (\(counterpartSymbol))")
        }
        if let person = counterpart as? PersonAtTheAccount,
            let confirmed = self.provider.asConfirmedPayments
        {
            return (ConfirmedPayments(confirmed, person), person)
        }
        return (provider, counterpart)
    }

    /// Calls, and lets the ears hear what comes back.
    func calling<Value: Sendable>(
        _ body: () async throws(ProviderError) -> Value
    ) async -> Result<Value, ProviderError> {
        do throws(ProviderError) {
            let value = try await body()
            subject.ears.hear("an answer", "\(value)")
            return .success(value)
        } catch {
            subject.ears.hear("an error", error.description)
            return .failure(error)
        }
    }

    func start(
        _ amount: Money? = nil, method: String? = nil, capture: CaptureMode = .now,
        id: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<StartedPayment, ProviderError> {
        let (payments, counterpart) = try payments()
        let amount = amount ?? counterpart.amount
        let request = PaymentStart(
            paymentID: id, amount: amount, method: method ?? counterpart.payingMethod ?? "",
            capture: capture, returnURL: "https://market.example/back",
            webhookURL: "https://market.example/webhooks/conformance", statement: "Conformance",
            customerEmail: "ada@customer.example",
            shares: [
                PaymentShare(
                    orderID: "order-\(id)", sellerID: "seller-1", amount: amount,
                    destination: counterpart.sellerDestination)
            ])
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let started = try await payments.start(request, given)
            if let problem = Sanity.problem(with: started, amount: amount) {
                throw .invalidRequest(code: "conformance", message: "the answer has \(problem)")
            }
            return started
        }
    }

    /// A payment that the customer has paid: captured, or authorized when `capture` is later.
    func paid(
        _ amount: Money? = nil, capture: CaptureMode = .now, id: String = freshKey(),
        key: String = freshKey()
    ) async throws -> PaymentSnapshot {
        let (payments, counterpart) = try payments()
        let result = try await start(amount, capture: capture, id: id, context(key))
        guard case .success(let started) = result else {
            throw Breach("a payment did not start: \(words(result))")
        }
        var snapshot = started.snapshot
        let isPromise = subject.can(.paidOnDelivery) && snapshot.status == .authorized
        if isPromise || snapshot.status == .requiresAction || snapshot.status == .processing {
            await counterpart.customerPays(snapshot.reference)
            let found = await calling { () throws(ProviderError) in
                try await payments.lookup(.reference(started.snapshot.reference), context())
            }
            guard case .success(.some(let now)) = found else {
                throw Breach("a payment that was paid is not found: \(words(found))")
            }
            snapshot = now
        }
        let wanted: PaymentStatus = capture == .now ? .captured : .authorized
        try expect(
            snapshot.status == wanted,
            "a payment that works is \(snapshot.status.rawValue), not \(wanted.rawValue)")
        return snapshot
    }

    func refund(
        _ payment: PaymentSnapshot, _ amount: Money, id: String = freshKey(),
        _ context: OperationContext? = nil
    ) async throws -> Result<RefundSnapshot, ProviderError> {
        let (payments, _) = try payments()
        let request = RefundRequest(
            refundID: id, reference: payment.reference, amount: amount, reason: "conformance")
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let refund = try await payments.refund(request, given)
            if let problem = Sanity.problem(with: refund, amount: amount) {
                throw .invalidRequest(code: "conformance", message: "the answer has \(problem)")
            }
            return refund
        }
    }

    func pay(
        _ amount: Money? = nil, id: String = freshKey(), _ context: OperationContext? = nil
    ) async throws -> Result<PayoutSnapshot, ProviderError> {
        let payouts = try applicable(provider.asPayouts, "it pays nobody out")
        let destination = try applicable(
            counterpart?.payoutDestination, "its counterpart names nobody to pay")
        let amount = amount ?? counterpart?.amount ?? Money(4250, .eur)
        let request = PayoutRequest(
            payoutID: id, amount: amount, destination: destination,
            webhookURL: "https://market.example/webhooks/conformance", statement: "Conformance")
        let given = context ?? self.context()
        return await calling { () throws(ProviderError) in
            let payout = try await payouts.pay(request, given)
            if let problem = Sanity.problem(with: payout, amount: amount) {
                throw .invalidRequest(code: "conformance", message: "the answer has \(problem)")
            }
            return payout
        }
    }
}
