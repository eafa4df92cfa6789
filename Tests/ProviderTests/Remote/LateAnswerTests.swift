import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite(.timeLimit(.minutes(5))) struct `A call whose answer does not come in time` {
    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    @Test func `is over at its deadline: money is in doubt, a question is just not answered`()
        async throws
    {
        let host = try RawHost(.takesCalls)
        defer { host.stop() }
        let line = connection(to: host.path)
        let far = remote(line)

        let errors = await withTaskGroup(of: ProviderError?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let soon = context(within: .milliseconds(5000))
                    do throws(ProviderError) {
                        if number < 10 {
                            _ = try await far.start(request, soon)
                        } else {
                            _ = try await far.lookup(.reference("p1"), soon)
                        }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(errors.count { $0 == .ambiguous(message: "no answer in time") } == 10)
        #expect(
            errors.count {
                $0 == .unavailable(message: "no answer in time", retryAfterSeconds: nil)
            } == 10)
        #expect(far.call.breaker.isHoldingBack)
    }

    @Test func `is not sent at all when it comes too late itself`() async throws {
        let host = try RawHost(.takesCalls)
        defer { host.stop() }
        let far = remote(connection(to: host.path))
        _ = try? await far.start(request, context(within: .milliseconds(1000)))
        let before = host.callCount

        await #expect(throws: HostFault.tooLate) {
            try await far.start(request, context(within: .milliseconds(-1)))
        }

        #expect(host.callCount <= before + 1, "the one more is that the first was given up")
        #expect(!far.call.breaker.isHoldingBack)
    }

    /// Its alarm may ring before anybody waits for it, and rings once.
    @Test func `is not sent either when its time is over while it is brought`() async throws {
        let host = try RawHost(.takesCalls)
        defer { host.stop() }
        let peer = FramePeer(.ours("test"), answersHello: false) { _, _, _ in .success([]) }
        peer.start(on: try UnixSocket.connect(to: host.path))
        try await peer.greet()

        for _ in 0..<100 {
            guard case .failure(.tooLate) = await peer.call([1], until: .now) else {
                Issue.record("it was sent")
                break
            }
        }

        #expect(peer.pendingCount == 0)
        peer.close()
    }

    @Test func `leaves its place at the host, though the module never ends`() async throws {
        var provider = ScriptedPayments()
        provider.hangs = true
        let path = RawHost.freshPath()
        try await TestHost(provider).listening(at: path, grace: .milliseconds(10)) {
            let line = connection(to: path)
            _ = try await line.status(within: .seconds(60))
            for _ in 0..<3 {
                _ = try? await remote(line).start(request, context(within: .milliseconds(500)))
            }

            while try await line.status(within: .seconds(60)).underWay > 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
    }

    /// What nobody waits for any more need not go on until its deadline.
    @Test func `is given up at the module too, when whoever asked gives up`() async throws {
        let (begins, begun) = AsyncStream.makeStream(of: Void.self)
        let (ends, ended) = AsyncStream.makeStream(of: Void.self)
        var slow = ScriptedPayments()
        slow.beforeStart = {
            begun.finish()
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
            ended.finish()
        }
        let path = RawHost.freshPath()
        try await TestHost(slow).listening(at: path) {
            let far = remote(connection(to: path))
            let call = Task { [request] in
                _ = try? await far.start(request, context(within: .seconds(3600)))
            }
            for await _ in begins {}

            call.cancel()

            for await _ in ends {}
        }
    }

    @Test func `is dropped when it comes after all, and those that follow get their own`()
        async throws
    {
        let (permits, permit) = AsyncStream.makeStream(of: Void.self)
        var slow = ScriptedPayments()
        slow.beforeStart = { for await _ in permits {} }
        let path = RawHost.freshPath()
        try await TestHost(slow).listening(at: path) {
            let far = remote(connection(to: path))
            _ = try await far.lookup(.reference("p1"), patient())
            let late = await #expect(throws: ProviderError.self) {
                try await far.start(request, context(within: .milliseconds(3000)))
            }
            permit.finish()

            for _ in 0..<20 {
                let seen = try await far.lookup(.reference("p1"), patient())
                #expect(seen?.reference == "p1")
            }
            let again = try await far.start(request, patient())
            #expect(again.snapshot.reference == "p1")
            #expect(late == .ambiguous(message: "no answer in time"))
        }
    }
}
