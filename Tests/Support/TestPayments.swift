import ProviderKit
import Vocabulary

/// A payment module that keeps its money in a ``TestBank`` of this process. The method chosen says
/// what happens: `card` works, `declined` is declined, `redirect` sends the customer away first,
/// `processing` takes its time, `reserve` takes nothing before it is asked to. The setting `cards`
/// says how many more methods there are, which work too.
public struct TestPayments: PayoutProvider, BalanceProvider, DisputeProvider {
    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "test-payment", name: "Test payments", version: "1",
        fields: [ConfigurationField("cards", label: "Card", kind: .integer)],
        capabilities: [
            .separateCapture, .multipleCaptures, .partialRefund, .redirect, .delayedResult,
            .payouts,
        ])

    let bank: TestBank
    private let cards: Int

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        bank = TestBank.of(settings.instanceID)
        cards = settings.values["cards"].flatMap { Int($0) } ?? 0
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        let cards = (0..<cards).map { "card-\($0)" }
        return (["card", "declined", "redirect", "processing", "reserve"] + cards).map {
            PaymentMethod(code: $0, label: $0.capitalized)
        }
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        let snapshot = try bank.perform("start") { state throws(ProviderError) in
            if let known = state.payments[context.idempotencyKey] { return known }
            if request.method == "declined" {
                throw .declined(
                    code: "card_declined", message: "Your bank declined the card.", mayRetry: true)
            }
            let zero = Money.zero(request.amount.currency)
            let isOpen = request.method == "redirect" || request.method == "processing"
            let isTaken = request.capture == .now && request.method != "reserve"
            let snapshot = PaymentSnapshot(
                reference: "pay_" + context.idempotencyKey, paymentID: request.paymentID,
                status: isOpen
                    ? (request.method == "redirect" ? .requiresAction : .processing)
                    : isTaken ? .captured : .authorized,
                authorized: isOpen ? zero : request.amount,
                captured: isOpen || !isTaken ? zero : request.amount,
                refunded: zero, version: 1)
            state.payments[context.idempotencyKey] = snapshot
            state.wanted[snapshot.reference] = request
            if snapshot.captured.isPositive {
                state.book(.charge, snapshot.captured, snapshot.reference)
            }
            return snapshot
        }
        await bank.passTime()
        let isAway = snapshot.status == .requiresAction
        return StartedPayment(
            snapshot: snapshot,
            next: isAway ? .redirect(url: "http://127.0.0.1/bank/\(snapshot.reference)") : .none)
    }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try bank.perform("capture") { state throws(ProviderError) in
            let first = state.captures[context.idempotencyKey] ?? request
            guard first == request else {
                state.keysReused += 1
                throw .invalidRequest(code: "key-reused", message: "the key came before")
            }
            state.captures[context.idempotencyKey] = request
            return try state.change(request.reference, once: context.idempotencyKey) {
                snapshot throws(ProviderError) in
                let sum = snapshot.captured.amount + request.amount.amount
                guard sum <= snapshot.authorized.amount else {
                    throw .invalidRequest(code: "amount", message: "more than was authorized")
                }
                snapshot.captured = Money(sum, request.amount.currency)
                snapshot.status = .captured
            } booked: {
                $0.book(.charge, request.amount, request.reference)
            }
        }
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try bank.perform("void") { state throws(ProviderError) in
            try state.change(reference, once: context.idempotencyKey) { snapshot in
                if snapshot.captured.isZero { snapshot.status = .voided }
            }
        }
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        await bank.passTime()
        return try bank.perform("refund") { state throws(ProviderError) in
            if let known = state.refunds[context.idempotencyKey] { return known }
            _ = try state.change(request.reference, once: context.idempotencyKey) {
                snapshot throws(ProviderError) in
                let sum = snapshot.refunded.amount + request.amount.amount
                guard sum <= snapshot.captured.amount else {
                    throw .invalidRequest(code: "amount", message: "more than was captured")
                }
                snapshot.refunded = Money(sum, request.amount.currency)
            }
            let refund = RefundSnapshot(
                reference: "ref_" + context.idempotencyKey, paymentReference: request.reference,
                refundID: request.refundID, status: .succeeded, amount: request.amount, version: 1)
            state.refunds[context.idempotencyKey] = refund
            state.book(
                .refund, Money(-request.amount.amount, request.amount.currency), refund.reference)
            return refund
        }
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        let pause = bank.state.withLock { $0.pause }
        if pause > .zero { try? await Task.sleep(for: pause) }
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        return bank.state.withLock { state in
            switch key {
            case .idempotencyKey(let key): state.payments[key]
            case .reference(let reference):
                state.payments.values.first { $0.reference == reference }
            }
        }
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        return bank.state.withLock { state in
            switch key {
            case .idempotencyKey(let key): state.refunds[key]
            case .reference(let reference):
                state.refunds.values.first { $0.reference == reference }
            }
        }
    }

    public func verify(
        _ delivery: WebhookDelivery
    ) throws(ProviderError) -> VerifiedWebhook {
        if let deafness = bank.state.withLock({ $0.deafness }) { throw deafness }
        guard delivery.headers["x-test-signature"] == "signed",
            let event = delivery.headers["x-test-event"]
        else { throw .signatureInvalid }
        return VerifiedWebhook(
            eventID: event, kind: "payment.changed", occurredAt: delivery.receivedAt,
            body: delivery.body)
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        let reference = String(decoding: webhook.body, as: UTF8.self)
        if let dispute = bank.state.withLock({ $0.disputes[reference] }) {
            return [.dispute(dispute)]
        }
        if let refund = try await lookupRefund(.reference(reference), context) {
            return [.refund(refund)]
        }
        return try await lookup(.reference(reference), context).map { [.payment($0)] } ?? []
    }

    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try bank.perform("pay") { state in
            if let known = state.payouts[context.idempotencyKey] { return known }
            let payout = PayoutSnapshot(
                reference: "out_" + context.idempotencyKey, payoutID: request.payoutID,
                status: .succeeded, amount: request.amount, version: 1)
            state.payouts[context.idempotencyKey] = payout
            state.destinations.append(request.destination.account)
            state.book(
                .payout, Money(-request.amount.amount, request.amount.currency), payout.reference)
            return payout
        }
    }

    public func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        let all = bank.state.withLock { $0.balance }.filter { $0.at >= from && $0.at < until }
        // Pages of three, so that whoever reads them has to go on.
        let first = cursor.flatMap { Int($0) } ?? 0
        let page = Array(all.dropFirst(first).prefix(3))
        let end = first + page.count
        return BalancePage(entries: page, next: end < all.count ? String(end) : nil)
    }

    public func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        let all = bank.state.withLock { $0.knownDisputes }.filter { $0.openedAt >= since }
        // One on each page, so that whoever reads them has to go on.
        let place = cursor.flatMap { Int($0) } ?? 0
        await bank.passTime()
        let garbled = bank.state.withLock { $0.garbled }
        let page = all.dropFirst(place).prefix(1).map(\.snapshot)
        return DisputePage(
            disputes: page.filter { !garbled.contains($0.reference) },
            unreadable: page.filter { garbled.contains($0.reference) }.map {
                UnreadableDispute(reference: $0.reference, problem: "The dispute is novel.")
            },
            next: place + 1 < all.count ? String(place + 1) : nil)
    }

    public func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        if bank.state.withLock({ $0.garbled }).contains(reference) {
            throw .invalidRequest(
                code: UnreadableDispute.code, message: "The dispute is still novel.")
        }
        return bank.state.withLock { $0.knownDisputes }.map(\.snapshot)
            .first { $0.reference == reference }
    }

    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        if let blindness = bank.state.withLock({ $0.blindness }) { throw blindness }
        let found = bank.state.withLock { state in
            switch key {
            case .idempotencyKey(let key): state.payouts[key]
            case .reference(let reference):
                state.payouts.values.first { $0.reference == reference }
            }
        }
        await bank.passTime()
        return found
    }
}

extension TestBank.State {
    /// Changes a payment, once for each key.
    mutating func change(
        _ reference: String, once key: String,
        _ body: (inout PaymentSnapshot) throws(ProviderError) -> Void,
        booked: (inout TestBank.State) -> Void = { _ in }
    ) throws(ProviderError) -> PaymentSnapshot {
        guard let found = payments.first(where: { $0.value.reference == reference }) else {
            throw .invalidRequest(code: "unknown", message: "no such payment")
        }
        guard done.insert(key).inserted else { return found.value }
        var snapshot = found.value
        try body(&snapshot)
        snapshot.version += 1
        payments[found.key] = snapshot
        booked(&self)
        return snapshot
    }
}
