import ProviderKit
import Synchronization
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A provider at which nobody can start to pay` {
    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    private func payments(
        _ provider: ScriptedPayments, _ breaker: CircuitBreaker
    ) -> GuardedPayment {
        let call = ProviderCall(
            instanceID: "one", moduleKey: "scripted", line: LocalLine(provider), breaker: breaker,
            logger: quiet)
        return GuardedPayment(descriptor: ScriptedPayments.descriptor, call: call)
    }

    /// Somebody wants to pay, and somebody looks up what became of it.
    private func pay(_ payments: GuardedPayment) async throws -> ProviderError? {
        let error = await #expect(throws: ProviderError.self) {
            try await payments.start(request, context())
        }
        #expect(try await payments.lookup(.idempotencyKey("k"), context())?.reference == "p1")
        return error
    }

    @Test(arguments: [
        (ProviderError.ambiguous(message: "no answer in time"), CircuitBreaker.failuresMax),
        (.unavailable(message: "down", retryAfterSeconds: nil), CircuitBreaker.failuresMax),
        (.invalidRequest(code: "400", message: "what?"), CircuitBreaker.fruitlessMax),
    ])
    func `is left alone by customers, while it answers what it is asked about the others`(
        _ error: ProviderError, _ starts: Int
    ) async throws {
        let clock = MovedClock()
        let breaker = CircuitBreaker { clock.now }
        let asked = Askings()
        var provider = ScriptedPayments()
        provider.startError = error
        provider.beforeStart = { asked.add() }
        let payments = payments(provider, breaker)

        for _ in 0..<starts { #expect(try await pay(payments) == error) }
        guard case .unavailable(_, retryAfterSeconds: 10) = try await pay(payments) else {
            Issue.record("it was asked once more")
            return
        }
        #expect(asked.count == starts && breaker.isHoldingBack)

        clock.pass(CircuitBreaker.pause)
        #expect(try await pay(payments) == error, "nobody tries it")
        #expect(asked.count == starts + 1)
    }

    @Test func `because of what one customer says, goes on for everybody else`() async throws {
        let breaker = CircuitBreaker { Instant(secondsSince1970: 1_800_000_000) }
        var odd = ScriptedPayments()
        odd.startError = .invalidRequest(code: "400", message: "what?")
        let (oddly, usual) = (payments(odd, breaker), payments(ScriptedPayments(), breaker))

        for _ in 0..<10 {
            for _ in 0..<(CircuitBreaker.fruitlessMax - 1) { _ = try await pay(oddly) }
            _ = try await usual.start(request, context())
        }

        #expect(!breaker.isHoldingBack)
    }
}

@Suite struct `The error rate of a provider` {
    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    /// What a module answers by itself, and what a stranger sends to its webhooks, is no call that
    /// the provider answered, well or badly.
    @Test func `counts what the provider was asked, and nothing else`() async throws {
        let tally = CallTally()
        func guarded(_ error: ProviderError? = nil) throws -> GuardedPayment {
            var provider = ScriptedPayments()
            provider.error = error
            return try #require(
                ProviderGuard(
                    provider, ScriptedPayments.descriptor, instanceID: "one", logger: quiet,
                    tally: tally
                ).payment)
        }
        let well = try guarded()
        let down = ProviderError.unavailable(message: "down", retryAfterSeconds: nil)

        for _ in 0..<60 {
            await #expect(throws: ProviderError.signatureInvalid) {
                try await well.verify(
                    WebhookDelivery(
                        headers: HTTPHeaders([]), body: [1], receivedAt: .systemNow))
            }
            _ = try await well.methods(for: Money(1, .eur), context())
        }
        _ = try? await guarded(down).methods(for: Money(1, .eur), context())
        #expect(tally.take().isEmpty)

        _ = try await well.start(request, context())
        _ = try? await guarded(down).lookup(.idempotencyKey("k"), context())
        let count = tally.take()["one"]
        #expect(count?.calls == 2 && count?.failures == 1)
    }
}

/// How often something was asked for.
private final class Askings: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    func add() { state.withLock { $0 += 1 } }
}
