import ProviderKit
import Vocabulary

extension ChildProvider: PaymentProvider, BalanceProvider, DisputeProvider {
    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        try await ask(.methods(amount: amount), context) {
            if case .methods(let it) = $0 { it } else { nil }
        }
    }

    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        try await ask(.start(request: request), context) {
            if case .started(let it) = $0 { it } else { nil }
        }
    }

    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await ask(.capture(request: request), context) {
            if case .payment(let it) = $0 { it } else { nil }
        }
    }

    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot {
        try await ask(.void(reference: reference), context) {
            if case .payment(let it) = $0 { it } else { nil }
        }
    }

    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot {
        try await ask(.refund(request: request), context) {
            if case .refund(let it) = $0 { it } else { nil }
        }
    }

    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? {
        try await ask(.lookup(key: key), context) {
            if case .payment(let it) = $0 { .some(it) } else { nil }
        }
    }

    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? {
        try await ask(.lookupRefund(key: key), context) {
            if case .refund(let it) = $0 { .some(it) } else { nil }
        }
    }

    /// Another process cannot answer at once: `LocalLine` waits for it instead.
    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw Self.atOnce
    }

    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] {
        try await ask(.events(webhook: webhook), context) {
            if case .events(let it) = $0 { it } else { nil }
        }
    }

    func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage {
        try await ask(.balance(from: from, until: until, cursor: cursor), context) {
            if case .balance(let it) = $0 { it } else { nil }
        }
    }

    func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage {
        try await ask(.disputes(since: since, cursor: cursor), context) {
            if case .disputes(let it) = $0 { it } else { nil }
        }
    }

    func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot? {
        try await ask(.lookupDispute(reference: reference), context) {
            if case .dispute(let it) = $0 { .some(it) } else { nil }
        }
    }

    fileprivate static let atOnce = ProviderError.unsupported(
        operation: "an answer of a program to somebody who does not wait")
}

extension ChildProvider: ConfirmedPaymentProvider, PayoutFileProvider {
    /// As with `verify`.
    func confirmed(
        _ payment: PaymentConfirmation
    ) throws(ProviderError) -> PaymentSnapshot { throw Self.atOnce }

    /// As with `verify`.
    func file(_ request: PayoutFileRequest) throws(ProviderError) -> PayoutFile {
        throw Self.atOnce
    }

    func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try await ask(.pay(request: request), context) {
            if case .payout(let it) = $0 { it } else { nil }
        }
    }

    func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? {
        try await ask(.lookupPayout(key: key), context) {
            if case .payout(let it) = $0 { .some(it) } else { nil }
        }
    }
}

extension ChildProvider: ConnectedAccountProvider {
    func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount {
        try await ask(.openAccount(request: request), context) {
            if case .account(let it) = $0 { it } else { nil }
        }
    }

    func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink {
        try await ask(.onboardingLink(request: request), context) {
            if case .onboarding(let it) = $0 { it } else { nil }
        }
    }

    func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? {
        try await ask(.account(key: key), context) {
            if case .account(let it) = $0 { .some(it) } else { nil }
        }
    }

    func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        try await ask(.transfer(request: request), context) {
            if case .payout(let it) = $0 { it } else { nil }
        }
    }

    func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot {
        try await ask(.reverse(request: request), context) {
            if case .reversal(let it) = $0 { it } else { nil }
        }
    }

    func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? {
        try await ask(.lookupReversal(key: key, transfer: transfer), context) {
            if case .reversal(let it) = $0 { .some(it) } else { nil }
        }
    }
}
