import ProviderHost
import ProviderKit
import Synchronization
import Testing
import Vocabulary

/// A module that does what a test says.
struct ScriptedPayments: PaymentProvider {
    static let descriptor = ModuleDescriptor(
        kind: .payment, key: "scripted", name: "Scripted", version: "1")

    var snapshot = PaymentSnapshot(
        reference: "p1", status: .captured, authorized: Money(100, .eur),
        captured: Money(100, .eur), refunded: Money(0, .eur), version: 1)
    var hangs = false
    var beforeStart: @Sendable () async -> Void = {}
    var error: ProviderError?
    /// Of starts alone.
    var startError: ProviderError?

    init() {}
    init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {}

    func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    private func answer() async throws(ProviderError) -> PaymentSnapshot {
        // Deaf to cancellation, as a bad module is.
        if hangs { await withCheckedContinuation { Hanging.forever($0) } }
        if let error { throw error }
        return snapshot
    }

    func methods(
        for amount: Money, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentMethod] {
        _ = try await answer()
        return [PaymentMethod(code: "card", label: "Card")]
    }

    func start(
        _ request: PaymentStart, _ context: OperationContext
    ) async throws(ProviderError) -> StartedPayment {
        await beforeStart()
        if let startError { throw startError }
        return StartedPayment(snapshot: try await answer())
    }

    func capture(
        _ request: CaptureRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { try await answer() }

    func void(
        reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot { try await answer() }

    func refund(
        _ request: RefundRequest, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot { throw .unsupported(operation: "refund") }

    func lookup(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PaymentSnapshot? { try await answer() }

    func lookupRefund(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> RefundSnapshot? { nil }

    func verify(_ delivery: WebhookDelivery) throws(ProviderError) -> VerifiedWebhook {
        throw .signatureInvalid
    }

    func events(
        in webhook: VerifiedWebhook, _ context: OperationContext
    ) async throws(ProviderError) -> [PaymentEvent] { [] }
}

/// Continuations that nobody resumes before the program ends.
enum Hanging {
    private static let kept = Mutex<[CheckedContinuation<Void, Never>]>([])

    static func forever(_ continuation: CheckedContinuation<Void, Never>) {
        kept.withLock { $0.append(continuation) }
    }
}

@Suite struct `A call to a module` {
    private func guarded(_ provider: ScriptedPayments) throws -> GuardedPayment {
        let guarded = ProviderGuard(
            provider, ScriptedPayments.descriptor, instanceID: "test", logger: quiet)
        return try #require(guarded.payment)
    }

    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    /// A zero byte stands in no text of the database, and nobody reads a megabyte.
    @Test func `that fails does so in words that can be kept`() async throws {
        let long = "No\0" + String(repeating: "ö", count: 1 << 20)
        let errors: [ProviderError] = [
            .declined(code: "c\0", message: long, mayRetry: true),
            .invalidRequest(code: long, message: "\0"), .misconfigured(message: long),
            .unavailable(message: long, retryAfterSeconds: 7), .ambiguous(message: long),
            .unsupported(operation: long),
        ]
        for error in errors {
            var provider = ScriptedPayments()
            provider.error = error
            let payments = try guarded(provider)

            let thrown = await #expect(throws: ProviderError.self) {
                try await payments.start(request, context(within: .seconds(60)))
            }

            let words = thrown?.description ?? ""
            #expect(!words.utf8.contains(0) && words.utf8.count < 5000)
            #expect(words.prefix(4) == error.description.prefix(4), "it is the same case")
        }
    }

    @Test func `is cut off at its deadline, ambiguous for money and unavailable otherwise`()
        async throws
    {
        var provider = ScriptedPayments()
        provider.hangs = true
        let payments = try guarded(provider)
        let began = ContinuousClock.now

        let money = await #expect(throws: ProviderError.self) {
            try await payments.start(request, context(within: .milliseconds(200)))
        }
        let question = await #expect(throws: ProviderError.self) {
            try await payments.methods(
                for: Money(1, .eur), context(within: .milliseconds(200)))
        }

        #expect(ContinuousClock.now - began < .seconds(60))
        #expect(money == .ambiguous(message: "no answer in time"))
        #expect(question == .unavailable(message: "no answer in time", retryAfterSeconds: nil))
    }

    @Test(
        arguments: [
            (100, 200, 0, "more captured than authorized"),
            (100, 100, 200, "more refunded than captured"),
            (100, 100, -1, "a negative amount"), (500, 100, 0, "more than was asked for"),
        ] as [(Int64, Int64, Int64, String)])
    func `does not believe nonsense`(
        _ authorized: Int64, _ captured: Int64, _ refunded: Int64, _ why: String
    ) async throws {
        var provider = ScriptedPayments()
        provider.snapshot.authorized = Money(authorized, .eur)
        provider.snapshot.captured = Money(captured, .eur)
        provider.snapshot.refunded = Money(refunded, .eur)

        let error = await #expect(throws: ProviderError.self) {
            try await guarded(provider).start(request, context())
        }

        #expect(error == .ambiguous(message: "the answer made no sense: \(why)"))
    }

    @Test func `does not believe another currency`() async throws {
        var provider = ScriptedPayments()
        provider.snapshot.authorized = Money(100, .usd)
        provider.snapshot.captured = Money(100, .usd)
        provider.snapshot.refunded = Money(0, .usd)

        let error = await #expect(throws: ProviderError.self) {
            try await guarded(provider).start(request, context())
        }

        #expect(error == .ambiguous(message: "the answer made no sense: another currency"))
    }

    @Test func `is not made while the provider keeps failing`() async throws {
        var provider = ScriptedPayments()
        provider.error = .unavailable(message: "down", retryAfterSeconds: nil)
        let payments = try guarded(provider)
        for _ in 0..<5 {
            await #expect(throws: ProviderError.self) {
                try await payments.start(request, context())
            }
        }

        let error = await #expect(throws: ProviderError.self) {
            try await payments.start(request, context())
        }

        guard case .unavailable(_, retryAfterSeconds: 10) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `says plainly what the provider cannot do`() async throws {
        let payments = try guarded(ScriptedPayments())

        let error = await #expect(throws: ProviderError.self) {
            try await payments.pay(
                PayoutRequest(
                    payoutID: "x", amount: Money(1, .eur),
                    destination: PayoutDestination(holder: "A", account: "B", country: "DE"),
                    webhookURL: ""), context())
        }

        #expect(error == .unsupported(operation: "payouts"))
        #expect(!payments.paysOut)
    }
}
