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

    /// Both are loaded as they would be in production.
    @Test func `is known of a module that conforms, and of no other`() throws {
        let stripe = try made(
            "StripePayments", ["apiKey": "sk_test_1", "webhookSecret": "whsec_1"])
        #expect(stripe.asBankPayouts != nil && stripe.roles.contains(.bankPayouts))
        let bank = try made("BankTransfer", ["holder": "Ada", "iban": "DE89370400440532013000"])
        #expect(bank.asBankPayouts == nil && !bank.roles.contains(.bankPayouts))
    }
}
