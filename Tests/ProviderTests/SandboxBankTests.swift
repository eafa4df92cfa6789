import Foundation
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@Suite struct `The sandbox bank` {
    @Test func `forgets nothing when it is started again`() async throws {
        let journal = FileManager.default.temporaryDirectory
            .appending(path: "bank-\(hexadecimal(randomBytes(8))).journal").path()
        defer { unlink(journal) }
        let (key, refundKey) = (randomKey(), randomKey())
        let request = Locked<PaymentStart?>(nil)
        let before = Locked<StartedPayment?>(nil)

        try await withBank({ $0.journal = journal }) { bank in
            let payments = try bank.payments()
            let start = bank.start("tok_visa")
            request.value = start
            let started = try await payments.start(start, context(key))
            before.value = started
            _ = try await payments.refund(
                RefundRequest(
                    refundID: "r1", reference: started.snapshot.reference, amount: Money(50, .eur)),
                context(refundKey))
            _ = try await payments.start(bank.start("tok_delayed"), context("slow"))
        }
        // A line that was cut by a crash is left out.
        let file = try #require(FileHandle(forUpdatingAtPath: journal))
        try file.seekToEnd()
        try file.write(contentsOf: Data("{\"payment\":{\"_0\":".utf8))
        try file.close()

        try await withBank({ $0.journal = journal }) { bank in
            let payments = try bank.payments()
            let start = try #require(request.value)
            #expect(try await payments.start(start, context(key)) == before.value)
            let refund = try await payments.lookupRefund(.idempotencyKey(refundKey), context())
            #expect(refund?.amount == Money(50, .eur))
            let payment = try await payments.lookup(.idempotencyKey(key), context())
            #expect(payment?.refunded == Money(50, .eur))
            try await bank.post("/control/release")
            let slow = try await payments.lookup(.idempotencyKey("slow"), context())
            #expect(slow?.status == .captured)
        }
    }

    @Test func `knows no stranger`() async throws {
        try await withBank({
            $0.accounts.append(.init(name: "West", key: "sk_west", webhookSecret: "x"))
        }) { bank in
            let module = try #require(catalog.module("sandbox-payments"))
            let settings = InstanceSettings(
                instanceID: "test", values: ["url": bank.url],
                secrets: ["apiKey": Secret("sk_nobody"), "webhookSecret": Secret("x")])
            let provider = try module.make(
                settings,
                ProviderServices(http: client.transport(for: module.descriptor, settings)))

            let error = await #expect(throws: ProviderError.self) {
                try await provider.check(context())
            }

            #expect(error == .misconfigured(message: "The bank does not know this API key."))
        }
    }
}

/// A value that several tasks set and read in turn.
final class Locked<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var stored: Value

    init(_ value: Value) { stored = value }

    var value: Value {
        get { lock.withLock { stored } }
        set { lock.withLock { stored = newValue } }
    }
}
