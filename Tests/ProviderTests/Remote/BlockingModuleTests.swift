import Foundation
import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

/// It waits without suspending, or calculates without an end: Swift's own threads, of which there
/// are as many as cores, would be gone after a few calls.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A module that keeps its threads` {
    /// More than this machine has cores, and fewer than make the host leave it alone.
    private static let calls = OverdueCalls.most - 1

    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    private func blocking(_ gate: Gate) -> ScriptedPayments {
        var provider = ScriptedPayments()
        provider.beforeStart = { gate.hold() }
        return provider
    }

    /// So many calls at once, each with a circuit breaker of its own.
    private func start(
        _ count: Int, within time: Duration, _ provider: @escaping @Sendable () -> GuardedPayment
    ) async -> [ProviderError] {
        await withTaskGroup(of: ProviderError?.self) { group in
            for _ in 0..<count {
                group.addTask {
                    do throws(ProviderError) {
                        _ = try await provider().start(request, context(within: time))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { if let error = $1 { $0.append(error) } }
        }
    }

    @Test func `is cut off at each deadline, and the others are served meanwhile`() async throws {
        let gate = Gate()
        let path = RawHost.freshPath()
        try await TestHost(blocking(gate)).listening(at: path) {
            defer { gate.open() }
            let line = connection(to: path)
            _ = try await line.status(within: .seconds(60))
            let began = ContinuousClock.now

            let errors = await start(Self.calls, within: .seconds(2)) { remote(line) }
            let found = try await remote(line).lookup(.reference("p1"), patient())

            let late = ProviderError.ambiguous(message: "no answer in time")
            #expect(errors == Array(repeating: late, count: Self.calls))
            #expect(found?.reference == "p1")
            #expect(ContinuousClock.now - began < .seconds(60), "nobody waited for the gate")
        }
    }

    @Test func `is cut off just so in the market's own process`() async throws {
        let gate = Gate()
        defer { gate.open() }
        let provider = blocking(gate)
        let guarded = ProviderGuard(
            provider, ScriptedPayments.descriptor, instanceID: "test", logger: quiet)
        let payments = try #require(guarded.payment)
        let began = ContinuousClock.now

        let errors = await start(Self.calls, within: .seconds(2)) { payments }

        #expect(errors.count == Self.calls)
        #expect(errors.contains(.ambiguous(message: "no answer in time")))
        #expect(ContinuousClock.now - began < .seconds(60), "nobody waited for the gate")
    }

    @Test func `is left alone after some calls, until it comes back`() async throws {
        let gate = Gate()
        let path = RawHost.freshPath()
        try await TestHost(blocking(gate)).listening(at: path) {
            let line = connection(to: path)
            _ = try await line.status(within: .seconds(60))
            func isLeftAlone(_ error: ProviderError?) -> Bool {
                guard case .unavailable(let message, _) = error else { return false }
                return message.hasSuffix("is left alone")
            }
            // Some may be too late already when they come to the host.
            var calls = 0
            while calls < 60 {
                let error = await start(1, within: .milliseconds(500)) { remote(line) }.first
                if isLeftAlone(error) { break }
                calls += 1
            }

            let errors = await start(20, within: .seconds(60)) { remote(line) }

            #expect(calls >= OverdueCalls.most && calls < 60)
            #expect(errors.count == 20 && errors.allSatisfy(isLeftAlone), "\(errors)")
            gate.open()
            await eventually {
                await start(1, within: .seconds(60)) { remote(line) }.isEmpty
            }
            #expect(await start(1, within: .seconds(60)) { remote(line) }.isEmpty)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct `The threads of modules` {
    @Test func `are more for as long as some do not come back`() async throws {
        let gate = Gate()
        let threads = ModuleThreads(usual: 2)
        let held = (0..<7).map { _ in Task(executorPreference: threads) { gate.hold() } }
        let began = ContinuousClock.now

        let answers = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 {
                group.addTask(executorPreference: threads) {
                    await Task.yield()
                    return number
                }
            }
            return await group.reduce(0, +)
        }

        #expect(answers == 4950)
        #expect(threads.count >= 7)
        #expect(ContinuousClock.now - began < .seconds(60), "nobody waited for the gate")
        gate.open()
        for one in held { await one.value }
        await eventually { threads.count == 2 }
        #expect(threads.count == 2)
    }

    @Test func `are as many as usual when all come back`() async {
        let threads = ModuleThreads(usual: 3)

        for _ in 0..<50 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask(executorPreference: threads) { await Task.yield() } }
            }
        }

        // On a machine that was away for a moment there may have been one more.
        await eventually { threads.count <= 3 }
    }
}
