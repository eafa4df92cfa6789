public import ProviderKit
public import Vocabulary

/// A payment provider behind the host's guard: the same calls as `PaymentProvider`, none of which
/// hangs past its deadline or answers nonsense.
public struct GuardedPayment: Sendable {
    public let descriptor: ModuleDescriptor
    let call: ProviderCall

    /// Whether it holds funds and pays them out.
    public var paysOut: Bool { call.line.roles.contains(.payouts) }

    /// Whether its payouts go to a bank as files.
    public var writesFiles: Bool { call.line.roles.contains(.payoutFiles) }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await call.perform(
            .methods(amount: amount), "methods", .none, context,
            as: { if case .methods(let list) = $0 { list } else { nil } },
            sanity: Sanity.problem)
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        try await call.perform(
            .start(request: request), "start", .money, context,
            as: { if case .started(let payment) = $0 { payment } else { nil } },
            sanity: { Sanity.problem(with: $0, amount: request.amount) })
    }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await call.perform(
            .capture(request: request), "capture", .money, context, as: Self.payment,
            sanity: { snapshot in
                snapshot.captured.amount < request.amount.amount
                    ? "captured less than was asked for"
                    : Sanity.problem(
                        with: snapshot, reference: request.reference,
                        currency: request.amount.currency)
            })
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await call.perform(
            .void(reference: reference), "void", .money, context, as: Self.payment,
            sanity: { Sanity.problem(with: $0, reference: reference) })
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        try await call.perform(
            .refund(request: request), "refund", .money, context,
            as: { if case .refund(let snapshot) = $0 { snapshot } else { nil } },
            sanity: { Sanity.problem(with: $0, amount: request.amount) })
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await call.perform(
            .lookup(key: key), "lookup", .none, context,
            as: { if case .payment(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0) } })
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await call.perform(
            .lookupRefund(key: key), "lookupRefund", .none, context,
            as: { if case .refund(let snapshot) = $0 { .some(snapshot) } else { nil } },
            sanity: { $0.flatMap { Sanity.problem(with: $0, amount: $0.amount) } })
    }

    /// Whether the provider sent this. It does not wait for a provider that is down: webhooks are
    /// how it says that it is back.
    /// - Throws: `signatureInvalid`; `unavailable` when nobody could look, `misconfigured` when
    ///   what it is looked at with is missing or makes no sense: it should be sent again then.
    public func verify(
        _ delivery: WebhookDelivery
    ) async throws(ProviderError) -> VerifiedWebhook {
        let context = OperationContext(key: "verify", within: Self.verifyDeadline)
        do throws(ProviderError) {
            return try await call.unbroken.perform(
                .verify(delivery: delivery), "verify", .none, context,
                as: { if case .verified(let webhook) = $0 { webhook } else { nil } },
                sanity: { Sanity.problem(with: $0) })
        } catch .unavailable(let message, let seconds) {
            throw .unavailable(message: message, retryAfterSeconds: seconds)
        } catch .misconfigured(let message) {
            // Nobody can look without the secret: that says nothing of who sent it.
            throw .misconfigured(message: message)
        } catch {
            throw .signatureInvalid
        }
    }

    /// Nobody calculates for longer; the far side may be another process.
    static let verifyDeadline: Duration = .seconds(5)

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await call.perform(
            .events(webhook: webhook), "events", .none, context,
            as: { if case .events(let list) = $0 { list } else { nil } },
            sanity: { Sanity.problem(with: $0) })
    }

    static func payment(_ reply: ProviderReply) -> PaymentSnapshot? {
        if case .payment(let snapshot) = reply { snapshot } else { nil }
    }
}
