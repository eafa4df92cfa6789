import ProviderHost
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@Suite struct `A payment at the sandbox bank` {
    @Test(arguments: [Money(4250, .eur), Money(1200, .jpy), Money(12_345, .kwd)])
    func `is captured at once and comes back to the minor unit`(_ amount: Money) async throws {
        try await withBank { bank in
            let payments = try bank.payments()

            let request = bank.start("tok_visa", amount)
            let started = try await payments.start(request, context())

            #expect(started.next == .none)
            #expect(started.snapshot.status == .captured)
            #expect(started.snapshot.captured == amount)
            #expect(started.snapshot.paymentID == request.paymentID)
            let found = try await payments.lookup(.reference(started.snapshot.reference), context())
            #expect(found == started.snapshot)
        }
    }

    @Test func `is captured in parts, and the rest is released by the final one`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let started = try await payments.start(
                bank.start("tok_visa", capture: .later), context())
            let reference = started.snapshot.reference
            #expect(started.snapshot.status == .authorized)

            let first = try await payments.capture(
                CaptureRequest(reference: reference, amount: Money(1000, .eur), isFinal: false),
                context())
            let last = try await payments.capture(
                CaptureRequest(reference: reference, amount: Money(2000, .eur), isFinal: true),
                context())

            #expect(first.captured == Money(1000, .eur))
            #expect(last.captured == Money(3000, .eur))
            #expect(last.version > first.version)
            await #expect(throws: ProviderError.self) {
                try await payments.capture(
                    CaptureRequest(reference: reference, amount: Money(1, .eur), isFinal: true),
                    context())
            }
        }
    }

    @Test func `is voided before anything is captured`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let started = try await payments.start(
                bank.start("tok_visa", capture: .later), context())

            let voided = try await payments.void(
                reference: started.snapshot.reference, context())

            #expect(voided.status == .voided)
            #expect(voided.captured.isZero)
        }
    }

    @Test func `is refunded in parts, and never for more than was captured`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let reference = try await payments.start(bank.start("tok_visa"), context())
                .snapshot.reference
            func refund(_ amount: Int64) async throws -> RefundSnapshot {
                try await payments.refund(
                    RefundRequest(
                        refundID: randomKey(), reference: reference, amount: Money(amount, .eur)),
                    context())
            }

            let refund1 = try await refund(1250)
            _ = try await refund(3000)

            #expect(refund1.status == .succeeded)
            let found = try await payments.lookupRefund(.reference(refund1.reference), context())
            #expect(found == refund1)
            let payment = try await payments.lookup(.reference(reference), context())
            #expect(payment?.refunded == Money(4250, .eur))
            await #expect(throws: ProviderError.self) { try await refund(1) }
        }
    }

    @Test(arguments: [
        ("tok_declined", "card_declined"), ("tok_insufficient", "insufficient_funds"),
        ("tok_expired", "expired_card"),
    ])
    func `is declined for a reason`(_ token: String, _ code: String) async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let key = randomKey()

            let error = await #expect(throws: ProviderError.self) {
                try await payments.start(bank.start(token), context(key))
            }

            guard case .declined(code, _, true) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let found = try await payments.lookup(.idempotencyKey(key), context())
            #expect(found?.status == .failed)
            #expect(found?.failureCode == code)
        }
    }

    @Test func `sends the customer to the bank and back`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()

            let started = try await payments.start(bank.start("tok_3ds"), context())
            guard case .redirect(let url) = started.next else {
                Issue.record("no redirect")
                return
            }
            #expect(started.snapshot.status == .requiresAction)
            #expect(url.hasPrefix(bank.url))
            let pressed = try await bank.post(String(url.dropFirst(bank.url.count)) + "/approve")

            #expect(pressed.status == 303)
            #expect(pressed.location == "http://127.0.0.1:9/back")
            let found = try await payments.lookup(.reference(started.snapshot.reference), context())
            #expect(found?.status == .captured)
        }
    }

    @Test func `fails when the customer declines at the bank`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let reference = try await payments.start(bank.start("tok_3ds"), context())
                .snapshot.reference

            try await bank.post("/pay/\(reference)/decline")
            try await bank.post("/pay/\(reference)/approve")

            let found = try await payments.lookup(.reference(reference), context())
            #expect(found?.status == .failed)
            #expect(found?.failureCode == "authentication_failed")
        }
    }

    @Test func `has one effect however often it is asked under one key`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let key = randomKey()
            let request = bank.start("tok_visa")

            let answers = try await withThrowingTaskGroup(of: StartedPayment.self) { group in
                for _ in 0..<10 {
                    group.addTask { try await payments.start(request, context(key)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(Set(answers).count == 1)
            await eventually { bank.webhooks.deliveries.count >= 1 }
            // One that is answered late is sent again, word for word.
            #expect(Set(bank.webhooks.deliveries.map(\.body)).count == 1)
        }
    }

    @Test func `refuses another question under the same key`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let key = randomKey()
            _ = try await payments.start(bank.start("tok_visa"), context(key))

            let error = await #expect(throws: ProviderError.self) {
                try await payments.start(bank.start("tok_visa", Money(1, .eur)), context(key))
            }

            guard case .invalidRequest("key_reused", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `is ambiguous when no answer comes, and then found`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let (acted, idle) = (randomKey(), randomKey())

            for (token, key) in [
                ("tok_timeout_after_acting", acted), ("tok_timeout_before_acting", idle),
            ] {
                let error = await #expect(throws: ProviderError.self) {
                    try await payments.start(
                        bank.start(token), context(key, within: .seconds(15)))
                }
                #expect(error?.isDefinite == false)
            }

            let found = try await payments.lookup(.idempotencyKey(acted), context())
            #expect(found?.status == .captured)
            #expect(try await payments.lookup(.idempotencyKey(idle), context()) == nil)
        }
    }

    @Test func `was surely not made when the connection is refused`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let key = randomKey()

            let error = await #expect(throws: ProviderError.self) {
                try await payments.start(bank.start("tok_refused_connection"), context(key))
            }

            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await payments.lookup(.idempotencyKey(key), context()) == nil)
        }
    }

    @Test func `maps what the bank says to what happened to the money`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()

            let stumble = await #expect(throws: ProviderError.self) {
                try await payments.start(bank.start("tok_server_error"), context())
            }
            let busy = await #expect(throws: ProviderError.self) {
                try await payments.start(bank.start("tok_rate_limited"), context())
            }

            #expect(stumble?.isDefinite == false)
            guard case .unavailable(_, retryAfterSeconds: 1) = busy else {
                Issue.record("\(String(describing: busy))")
                return
            }
        }
    }

    @Test func `is nobody else's`() async throws {
        try await withBank { bank in
            let (north, south) = (try bank.payments(), try bank.payments(merchant: 1))
            let reference = try await north.start(bank.start("tok_visa"), context())
                .snapshot.reference

            #expect(try await south.lookup(.reference(reference), context()) == nil)
        }
    }

    @Test func `offers the cards that are configured`() async throws {
        try await withBank { bank in
            let some = try bank.payments(cards: "tok_visa, tok_3ds")
            let all = try bank.payments()

            let offered = try await some.methods(for: Money(1, .eur), context()).map(\.code)

            #expect(offered == ["tok_visa", "tok_3ds"])
            #expect(try await all.methods(for: Money(1, .eur), context()).count == 13)
            #expect(throws: ProviderError.self) { try bank.payments(cards: "tok_gold") }
        }
    }
}
