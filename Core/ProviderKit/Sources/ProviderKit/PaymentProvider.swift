public import Vocabulary

/// Takes a customer's money. Every call that may move money carries a key in its context and is
/// safe to repeat with it: the same key has one effect and the same answer.
public protocol PaymentProvider: Provider {
    /// What the customer may choose from for this amount. Empty when it cannot be paid here.
    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod]

    /// Begins a payment: charges, reserves, or says what the customer has to do next.
    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment

    /// Takes all or part of what was authorized. After a final capture the rest is released.
    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot

    /// Releases what was authorized and not captured.
    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot

    /// Gives back all or part of what was captured.
    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot

    /// The present state of a payment; nil when the provider has never heard of it, which is a
    /// promise that the call with that key had no effect. The key is that of `start`.
    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot?

    /// As `lookup`, for a refund; the key is that of `refund`.
    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot?

    /// Whether the provider really sent this, lately. Pure: no I/O, so that the delivery can be
    /// stored and answered within milliseconds.
    /// - Throws: `signatureInvalid` and nothing else.
    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook

    /// What a verified webhook says. May ask the provider for the present state. Must not rely
    /// on the order of deliveries. Empty when it is of no concern to us.
    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent]
}

/// A payment provider that also holds the money and pays it out to sellers.
public protocol PayoutProvider: PaymentProvider {
    func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot

    /// As `lookup`, for a payout; the key is that of `pay`.
    func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot?
}

/// A provider whose payouts a person hands to a bank as a file. Its `pay` answers `pending`; what
/// became of a payout, an administrator says.
public protocol PayoutFileProvider: PayoutProvider {
    /// Pure: no I/O. The same request makes the same bytes.
    func file(_ request: PayoutFileRequest) throws(ProviderError) -> PayoutFile
}
