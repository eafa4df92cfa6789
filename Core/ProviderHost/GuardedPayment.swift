import Logging
public import ProviderKit
public import Vocabulary

/// A payment provider behind the host's guard: the same calls as `PaymentProvider`, none of which
/// hangs past its deadline or answers nonsense.
public struct GuardedPayment: Sendable {
    public let descriptor: ModuleDescriptor
    let provider: any PaymentProvider
    let call: ProviderCall

    /// Whether it holds funds and pays them out.
    public var paysOut: Bool { provider is any PayoutProvider }

    /// Whether its payouts go to a bank as files.
    public var writesFiles: Bool { provider is any PayoutFileProvider }

    public func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await call.perform("methods", .none, context, sanity: Sanity.problem) {
            [provider] () throws(ProviderError) in
            try await provider.methods(for: amount, context)
        }
    }

    public func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        try await call.perform(
            "start", .money, context,
            sanity: { Sanity.problem(with: $0, amount: request.amount) },
            { [provider] () throws(ProviderError) in try await provider.start(request, context) })
    }

    public func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await call.perform(
            "capture", .money, context,
            sanity: { snapshot in
                snapshot.captured.amount < request.amount.amount
                    ? "captured less than was asked for"
                    : Sanity.problem(
                        with: snapshot, reference: request.reference,
                        currency: request.amount.currency)
            },
            { [provider] () throws(ProviderError) in try await provider.capture(request, context) })
    }

    public func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await call.perform(
            "void", .money, context,
            sanity: { Sanity.problem(with: $0, reference: reference) },
            { [provider] () throws(ProviderError) in
                try await provider.void(reference: reference, context)
            })
    }

    public func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        try await call.perform(
            "refund", .money, context,
            sanity: { Sanity.problem(with: $0, amount: request.amount) },
            { [provider] () throws(ProviderError) in try await provider.refund(request, context) })
    }

    public func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await call.perform(
            "lookup", .none, context, sanity: { $0.flatMap { Sanity.problem(with: $0) } },
            { [provider] () throws(ProviderError) in try await provider.lookup(key, context) })
    }

    public func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await call.perform(
            "lookupRefund", .none, context,
            sanity: { $0.flatMap { Sanity.problem(with: $0, amount: $0.amount) } },
            { [provider] () throws(ProviderError) in try await provider.lookupRefund(key, context)
            })
    }

    /// Pure; needs no deadline.
    public func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        let webhook = try provider.verify(delivery)
        guard (1...200).contains(webhook.eventID.utf8.count) else { throw .signatureInvalid }
        return webhook
    }

    public func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await call.perform(
            "events", .none, context,
            sanity: { $0.lazy.compactMap(Sanity.problem(with:)).first },
            { [provider] () throws(ProviderError) in try await provider.events(in: webhook, context)
            })
    }

    /// - Throws: `unsupported` when the provider does not pay out.
    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        let provider = try payoutProvider()
        return try await call.perform(
            "pay", .money, context,
            sanity: { Sanity.problem(with: $0, amount: request.amount) },
            { () throws(ProviderError) in try await provider.pay(request, context) })
    }

    /// - Throws: `unsupported` when the provider does not pay out.
    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        let provider = try payoutProvider()
        return try await call.perform(
            "lookupPayout", .none, context,
            sanity: { $0.flatMap { Sanity.problem(with: $0, amount: $0.amount) } },
            { () throws(ProviderError) in try await provider.lookupPayout(key, context) })
    }

    /// Pure; needs no deadline.
    /// - Throws: `unsupported` when it writes no files, `invalidRequest` for a file of absurd size.
    public func file(_ request: PayoutFileRequest) throws(ProviderError) -> PayoutFile {
        guard let provider = provider as? any PayoutFileProvider else {
            throw .unsupported(operation: "payout files")
        }
        let file = try provider.file(request)
        guard (1...16_777_216).contains(file.bytes.count), (1...200).contains(file.name.utf8.count)
        else { throw .invalidRequest(code: "file.size", message: "The file is of absurd size.") }
        return file
    }

    private func payoutProvider() throws(ProviderError) -> any PayoutProvider {
        guard let provider = provider as? any PayoutProvider else {
            throw .unsupported(operation: "payouts")
        }
        return provider
    }
}
