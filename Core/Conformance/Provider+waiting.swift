import ProviderHost
import ProviderKit
import Vocabulary

/// What the contract has a module answer at once, asked as its host asks it: a module that is a
/// program of its own answers nobody who does not wait.
extension Provider {
    /// `PaymentProvider.verify`.
    func verifying(_ delivery: WebhookDelivery) async throws(ProviderError) -> VerifiedWebhook {
        let reply = try await answer(to: .verify(delivery: delivery))
        guard case .verified(let webhook) = reply else { throw Self.anotherAnswer }
        return webhook
    }

    /// `ConfirmedPaymentProvider.confirmed`.
    func confirming(
        _ payment: PaymentConfirmation
    ) async throws(ProviderError) -> PaymentSnapshot {
        let reply = try await answer(to: .confirmed(payment: payment))
        guard case .payment(.some(let snapshot)) = reply else { throw Self.anotherAnswer }
        return snapshot
    }

    /// `PayoutFileProvider.file`.
    func writing(_ request: PayoutFileRequest) async throws(ProviderError) -> PayoutFile {
        let reply = try await answer(to: .file(request: request))
        guard case .file(let file) = reply else { throw Self.anotherAnswer }
        return file
    }

    private func answer(
        to question: ProviderQuestion
    ) async throws(ProviderError) -> ProviderReply {
        let context = OperationContext(
            key: freshKey(), within: Trial.patience, requestID: "conformance")
        return try await LocalLine(self).ask(question, context)
    }

    private static var anotherAnswer: ProviderError {
        .invalidRequest(code: "conformance", message: "it answered another question")
    }
}
