import Foundation
import Glibc
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@testable import ProviderHost

extension RunningBank {
    /// One program for all tests that do it no harm.
    private static let shipped = ModuleCatalog(folder: ProgramFolder.cards)

    /// The bank's cards by the program as it is shipped, or by that of `folder`, for the bank's
    /// first merchant.
    func program(
        _ folder: String? = nil, previousSecret: String? = nil, webhookSecret: String? = nil
    ) throws -> GuardedPayment {
        let catalog = folder.map { ModuleCatalog(folder: $0) } ?? Self.shipped
        #expect(catalog.refused.isEmpty)
        let module = try #require(catalog.module("sandbox-cards"))
        let account = settings.accounts[0]
        let configuration = InstanceSettings(
            instanceID: "test", values: ["url": url],
            secrets: [
                "apiKey": Secret(account.key),
                "webhookSecret": Secret(webhookSecret ?? account.webhookSecret),
            ],
            previousSecrets: previousSecret.map { ["webhookSecret": Secret($0)] } ?? [:])
        let services = ProviderServices(
            http: client.transport(for: module.descriptor, configuration))
        let guarded = ProviderGuard(
            try module.make(configuration, services), module.descriptor, instanceID: "test",
            logger: quiet)
        return try #require(guarded.payment)
    }
}

@Suite struct `Payments by a module in another language` {
    /// As it was written when contracts had no disputes and no payments to several sellers.
    @Test func `are taken, given back and told by one of the third contract`() async throws {
        let folder = try ProgramFolder(ofCards: true)
        defer { folder.remove() }
        try folder.speak(3)
        try await withBank { bank in
            let cards = try bank.program(folder.path)
            #expect(!cards.listsDisputes)
            let key = randomKey()

            let started = try await cards.start(
                bank.start("tok_visa", capture: .later, id: "p-3"),
                context(key, within: .seconds(60)))
            let captured = try await cards.capture(
                CaptureRequest(
                    reference: started.snapshot.reference, amount: Money(1000, .eur),
                    isFinal: true), patient())
            let refund = try await cards.refund(
                RefundRequest(
                    refundID: "r-3", reference: captured.reference, amount: Money(500, .eur)),
                patient())

            #expect(captured.captured == Money(1000, .eur))
            #expect(refund.amount == Money(500, .eur))
            #expect(
                try await cards.lookup(.idempotencyKey(key), patient())?.refunded
                    == Money(500, .eur))
            await #expect(throws: ProviderError.unsupported(operation: "disputes")) {
                try await cards.disputes(since: .systemNow, after: nil, patient())
            }
        }
    }

    @Test func `are reserved, captured in parts, given back and found`() async throws {
        try await withBank { bank in
            let cards = try bank.program()
            let (key, refundKey) = (randomKey(), randomKey())
            let methods = try await cards.methods(for: Money(4250, .eur), patient())
            #expect(methods.map(\.code).contains("tok_visa"))

            let started = try await cards.start(
                bank.start("tok_visa", capture: .later, id: "p-1"),
                context(key, within: .seconds(60)))
            let reference = started.snapshot.reference
            let first = try await cards.capture(
                CaptureRequest(reference: reference, amount: Money(1000, .eur), isFinal: false),
                patient())
            let last = try await cards.capture(
                CaptureRequest(reference: reference, amount: Money(2000, .eur), isFinal: true),
                patient())
            let refund = try await cards.refund(
                RefundRequest(refundID: "r-1", reference: reference, amount: Money(500, .eur)),
                context(refundKey, within: .seconds(60)))

            #expect(started.snapshot.status == .authorized && started.snapshot.paymentID == "p-1")
            #expect(first.captured == Money(1000, .eur) && last.captured == Money(3000, .eur))
            #expect(refund.status == .succeeded && refund.refundID == "r-1")
            let found = try #require(try await cards.lookup(.idempotencyKey(key), patient()))
            #expect(found.captured == Money(3000, .eur) && found.refunded == Money(500, .eur))
            #expect(try await cards.lookup(.reference(reference), patient()) == found)
            #expect(
                try await cards.lookupRefund(.idempotencyKey(refundKey), patient()) == refund)
            #expect(try await cards.lookup(.idempotencyKey(randomKey()), patient()) == nil)
            // A module in Swift reads the same off the bank.
            let inSwift = try await bank.payments().lookup(.reference(reference), patient())
            #expect(inSwift == found)
        }
    }

    @Test func `are declined, sent away and released`() async throws {
        try await withBank { bank in
            let cards = try bank.program()

            await #expect(throws: ProviderError.self) {
                try await cards.start(bank.start("tok_declined"), patient())
            }
            let away = try await cards.start(bank.start("tok_3ds"), patient())
            let held = try await cards.start(bank.start("tok_visa", capture: .later), patient())
            let released = try await cards.void(
                reference: held.snapshot.reference, patient())

            guard case .redirect(let page) = away.next else {
                Issue.record("\(away)")
                return
            }
            #expect(page.hasPrefix(bank.url))
            #expect(away.snapshot.status == .requiresAction)
            #expect(released.status == .voided)
        }
    }

    @Test func `are told by webhooks, and nobody else tells them`() async throws {
        try await withBank { bank in
            let secret = bank.settings.accounts[0].webhookSecret
            let cards = try bank.program()
            let started = try await cards.start(bank.start("tok_visa"), patient())
            let genuine = try #require(await bank.webhooks.wait(for: 1).first)
            var changed = genuine
            changed.body[changed.body.count - 2] ^= 1
            var stale = genuine
            stale.receivedAt = genuine.receivedAt.advanced(by: .seconds(301))

            let webhook = try await cards.verify(genuine)
            let events = try await cards.events(in: webhook, patient())

            #expect(events == [.payment(started.snapshot)])
            for delivery in [changed, stale] {
                await #expect(throws: ProviderError.signatureInvalid) {
                    try await cards.verify(delivery)
                }
            }
            let rotated = try bank.program(previousSecret: secret, webhookSecret: "another")
            #expect(try await rotated.verify(genuine) == webhook)
            let later = try bank.program(webhookSecret: "another")
            await #expect(throws: ProviderError.signatureInvalid) {
                try await later.verify(genuine)
            }
        }
    }

    @Test func `are in doubt when it is killed in a start, and found by their key`() async throws {
        let folder = try ProgramFolder(ofCards: true)
        defer { folder.remove() }
        try await withBank { bank in
            let cards = try bank.program(folder.path)
            let (key, inSwift) = (randomKey(), try bank.payments())
            let paying = Task { () -> ProviderError? in
                do throws(ProviderError) {
                    // It works at the bank, which never answers.
                    _ = try await cards.start(
                        bank.start("tok_timeout_after_acting"),
                        context(key, within: .seconds(60)))
                    return nil
                } catch {
                    return error
                }
            }
            while try await inSwift.lookup(.idempotencyKey(key), patient()) == nil {
                try await Task.sleep(for: .milliseconds(10))
            }

            #expect(folder.running.map { kill($0, SIGKILL) } == [0])
            let error = try #require(await paying.value)
            let found = try await cards.lookup(.idempotencyKey(key), patient())

            #expect(!error.isDefinite, "\(error)")
            #expect(found?.status == .captured && found?.captured == Money(4250, .eur))
        }
    }

    @Test func `wait for no answer longer than the host does`() async throws {
        let folder = try ProgramFolder(ofCards: true)
        defer { folder.remove() }
        try folder.replace(
            #""deadline": context["deadline"]"#,
            with: #""deadline": "9999-12-31T23:59:59Z""#)
        try await withBank { bank in
            let cards = try bank.program(folder.path)

            let started = try await cards.start(bank.start("tok_visa"), patient())

            #expect(started.snapshot.status == .captured)
        }
    }

    @Test func `are not its affair when hello and manifest say different things`() async throws {
        let folder = try ProgramFolder(ofCards: true)
        defer { folder.remove() }
        try folder.replace(#""roles": ["payment"]"#, with: #""roles": ["payment", "payouts"]"#)
        try await withBank { bank in
            let cards = try bank.program(folder.path)

            let error = await #expect(throws: ProviderError.self) {
                try await cards.start(bank.start("tok_visa"), patient())
            }

            guard case .unavailable(let message, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("different roles"))
        }
    }
}
