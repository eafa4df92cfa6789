import ProviderHost
import ProviderKit
import Testing
import Vocabulary

@Suite struct `What modules can be asked since their contract` {
    private func made(_ library: String, _ settings: [String: String]) throws -> any Provider {
        let module = try ModuleFile.load("\(productsFolder)/lib\(library).so").module
        let secret = Set(module.descriptor.fields.filter(\.isSecret).map(\.key))
        return try module.make(
            InstanceSettings(
                instanceID: "i", values: settings.filter { !secret.contains($0.key) },
                secrets: settings.filter { secret.contains($0.key) }.mapValues { Secret($0) }),
            ProviderServices(http: NobodyThere()))
    }

    private struct NobodyThere: HTTPTransport {
        func send(
            _ request: HTTPRequest, deadline: Instant
        ) async throws(ProviderError) -> HTTPResponse {
            throw .unavailable(message: "nobody", retryAfterSeconds: nil)
        }
    }

    /// As modules were built before payouts to banks could be asked for.
    @Test func `is what a module conforms to, and no more than that`() throws {
        let export = ModuleExport(TellsOnly.self)
        let provider = try export.make(
            InstanceSettings(instanceID: "i", values: [:], secrets: [:]),
            ProviderServices(http: NobodyThere()))
        #expect(provider.roles.contains(.bankPayouts))
        #expect(
            provider.asOrderedBankPayouts == nil && !provider.roles.contains(.orderedBankPayouts))
    }

    /// Both are loaded as they would be in production.
    @Test func `is known of a module that conforms, and of no other`() throws {
        let stripe = try made(
            "StripePayments", ["apiKey": "sk_test_1", "webhookSecret": "whsec_1"])
        #expect(stripe.asBankPayouts != nil && stripe.roles.contains(.bankPayouts))
        let bank = try made("BankTransfer", ["holder": "Ada", "iban": "DE89370400440532013000"])
        #expect(bank.asBankPayouts == nil && !bank.roles.contains(.bankPayouts))
        #expect(
            stripe.asOrderedBankPayouts != nil && stripe.roles.contains(.orderedBankPayouts))
        #expect(bank.asOrderedBankPayouts == nil && !bank.roles.contains(.orderedBankPayouts))
    }
}

/// Tells of payouts to banks, and is asked for nothing else.
private struct TellsOnly: BankPayoutProvider {
    static let descriptor = ModuleDescriptor(
        kind: .payment, key: "tells-only", name: "Tells only", version: "1")
    private static let no = ProviderError.unsupported(operation: "this")

    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {}

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }
    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] { [] }
    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment { throw Self.no }
    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw Self.no }
    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { throw Self.no }
    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { throw Self.no }
    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? { nil }
    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }
    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw .signatureInvalid
    }
    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { [] }
    func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot { throw Self.no }
    func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? { nil }
    func openAccount(
        _ request: ConnectedAccountRequest, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount { throw Self.no }
    func onboardingLink(
        _ request: OnboardingRequest, _ context: OperationContext
    ) async throws(ProviderError) -> OnboardingLink { throw Self.no }
    func account(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> ConnectedAccount? { nil }
    func transfer(
        _ request: AccountTransfer, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot { throw Self.no }
    func reverse(
        _ request: TransferReversal, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot { throw Self.no }
    func lookupReversal(
        _ key: ProviderLookup, of transfer: String, _ context: OperationContext
    ) async throws(ProviderError) -> ReversalSnapshot? { nil }
    func bankPayouts(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [BankPayoutSnapshot] { [] }
    func bankPayouts(
        of account: String, since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BankPayoutPage { BankPayoutPage(payouts: []) }
}
