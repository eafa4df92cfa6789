import ProviderHost
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@Suite struct `A webhook of the sandbox bank` {
    /// One genuine delivery.
    private func delivery(_ bank: RunningBank) async throws -> WebhookDelivery {
        _ = try await bank.payments().start(bank.start("tok_visa"), context())
        return try #require(await bank.webhooks.wait(for: 1).first)
    }

    @Test func `says what the payment is now`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()

            let webhook = try await payments.verify(try await delivery(bank))
            let events = try await payments.events(in: webhook, context())

            #expect(webhook.kind == "payment.captured")
            guard case .payment(let snapshot) = events.first else {
                Issue.record("\(events)")
                return
            }
            #expect(snapshot.status == .captured)
            #expect(
                try await payments.lookup(.reference(snapshot.reference), context()) == snapshot)
        }
    }

    @Test func `is refused when it is forged, changed, unsigned or stale`() async throws {
        try await withBank { bank in
            let genuine = try await delivery(bank)
            let payments = try bank.payments()
            let stranger = try bank.payments(merchant: 1)

            var changed = genuine
            changed.body[changed.body.count - 2] ^= 1
            var unsigned = genuine
            unsigned.headers["Sandbox-Signature"] = nil
            var garbled = genuine
            garbled.headers["Sandbox-Signature"] = "t=1,v1=zz"
            var stale = genuine
            stale.receivedAt = genuine.receivedAt.advanced(by: .seconds(301))
            var early = genuine
            early.receivedAt = genuine.receivedAt.advanced(by: .seconds(-400))

            for delivery in [changed, unsigned, garbled, stale, early] {
                await #expect(throws: ProviderError.signatureInvalid) {
                    try await payments.verify(delivery)
                }
            }
            await #expect(throws: ProviderError.signatureInvalid) {
                try await stranger.verify(genuine)
            }
        }
    }

    @Test func `is accepted with the secret before the last change`() async throws {
        try await withBank { bank in
            let genuine = try await delivery(bank)

            let rotated = try bank.payments(
                merchant: 1, previousSecret: bank.settings.accounts[0].webhookSecret)

            #expect(try await rotated.verify(genuine).kind == "payment.captured")
        }
    }

    @Test func `is brought again until it is taken`() async throws {
        try await withBank { bank in
            bank.webhooks.refuse(next: 1)

            _ = try await bank.payments().start(bank.start("tok_visa"), context())

            let deliveries = await bank.webhooks.wait(for: 2)
            let payments = try bank.payments()
            var ids: Set<String> = []
            for delivery in deliveries { ids.insert(try await payments.verify(delivery).eventID) }
            #expect(ids.count == 1)
        }
    }

    @Test func `comes late, and not before it is let go`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let started = try await payments.start(bank.start("tok_delayed"), context())
            #expect(started.snapshot.status == .processing)

            try await bank.post("/control/release?account=South")
            let before = try await payments.lookup(
                .reference(started.snapshot.reference), context())
            try await bank.post("/control/release?account=North")
            let after = try await payments.lookup(.reference(started.snapshot.reference), context())

            #expect(before?.status == .processing)
            #expect(after?.status == .captured)
        }
    }

    @Test func `may come twice and backwards, and the highest version stays right`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let reference = try await payments.start(
                bank.start("tok_visa", capture: .later), context()
            ).snapshot.reference
            _ = try await payments.capture(
                CaptureRequest(reference: reference, amount: Money(4250, .eur), isFinal: true),
                context())
            _ = await bank.webhooks.wait(for: 2)

            try await bank.post("/control/redeliver?order=reverse")

            let deliveries = await bank.webhooks.wait(for: 4)
            var newest: PaymentSnapshot?
            for delivery in deliveries {
                let webhook = try await payments.verify(delivery)
                for case .payment(let snapshot) in try await payments.events(in: webhook, context())
                where snapshot.version > newest?.version ?? -1 {
                    newest = snapshot
                }
            }
            #expect(newest?.status == .captured)
            #expect(newest == (try await payments.lookup(.reference(reference), context())))
        }
    }
}
