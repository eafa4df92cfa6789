import ProviderKit
import Synchronization
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A connection to a provider host` {
    private let request = PaymentStart(
        paymentID: "x", amount: Money(100, .eur), method: "card", capture: .now,
        returnURL: "http://a.example/", webhookURL: "http://a.example/")

    @Test func `brings the answer that the module gave`() async throws {
        let provider = ScriptedPayments()
        let path = RawHost.freshPath()
        try await TestHost(provider).listening(at: path) {
            let far = remote(connection(to: path))

            let started = try await far.start(request, patient())
            let found = try await far.lookup(.reference("p1"), patient())

            #expect(started.snapshot == provider.snapshot)
            #expect(found == provider.snapshot)
        }
    }

    @Test(
        arguments: [
            .declined(code: "card_declined", message: "No.", mayRetry: true),
            .invalidRequest(code: "c", message: "m"), .misconfigured(message: "m"),
            .unavailable(message: "m", retryAfterSeconds: 7), .ambiguous(message: "m"),
            .unsupported(operation: "o"), .signatureInvalid,
        ] as [ProviderError])
    func `brings the error that the module threw`(_ error: ProviderError) async throws {
        var provider = ScriptedPayments()
        provider.error = error
        let path = RawHost.freshPath()
        try await TestHost(provider).listening(at: path) {
            let thrown = await #expect(throws: ProviderError.self) {
                try await remote(connection(to: path)).start(request, patient())
            }

            #expect(thrown == error)
        }
    }

    @Test(arguments: [RawHost.Manner.diesAtCall, .noiseAtCall])
    func `that breaks under a money call leaves it in doubt, and never makes it again`(
        _ manner: RawHost.Manner
    ) async throws {
        let host = try RawHost(manner)
        defer { host.stop() }

        let error = await #expect(throws: ProviderError.self) {
            try await remote(connection(to: host.path)).start(request, patient())
        }

        #expect(error == HostFault.fatal)
        #expect(error?.isDefinite == false)
        #expect(host.callCount == 1)
    }

    @Test func `that breaks under several calls blames none of them`() async throws {
        let host = try RawHost(.diesAtSecondCall)
        defer { host.stop() }
        let far = remote(connection(to: host.path))

        let errors = await withTaskGroup(of: ProviderError?.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do throws(ProviderError) {
                        _ = try await far.start(request, patient())
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }

        #expect(errors == [HostFault.broken, HostFault.broken])
    }

    @Test func `that one module breaks each time opens its circuit breaker, and it is left alone`()
        async throws
    {
        let host = try RawHost(.diesAtCall)
        defer { host.stop() }
        let far = remote(connection(to: host.path))

        for _ in 0..<CircuitBreaker.failuresMax {
            await #expect(throws: HostFault.fatal) { try await far.start(request, patient()) }
        }
        let error = await #expect(throws: ProviderError.self) {
            try await far.start(request, patient())
        }

        #expect(far.call.breaker.isHoldingBack)
        #expect(error?.isDefinite == true)
        #expect(host.callCount == CircuitBreaker.failuresMax)
    }

    @Test(arguments: [FramePeer.busy, FramePeer.tooLarge, HostFault.full, HostFault.tooLate])
    func `that is too busy blames no provider for it`(_ error: ProviderError) async throws {
        var provider = ScriptedPayments()
        provider.error = error
        let guarded = ProviderGuard(
            provider, ScriptedPayments.descriptor, instanceID: "busy", logger: quiet)
        let payment = try #require(guarded.payment)

        for _ in 0..<CircuitBreaker.failuresMax {
            await #expect(throws: error) { try await payment.start(request, patient()) }
            await #expect(throws: HostFault.tooLate) {
                try await payment.start(request, context(within: .milliseconds(-1)))
            }
        }
        #expect(!guarded.call.breaker.isHoldingBack)

        provider.error = .unavailable(message: "down", retryAfterSeconds: nil)
        let down = ProviderGuard(
            provider, ScriptedPayments.descriptor, instanceID: "down", logger: quiet)
        for _ in 0..<CircuitBreaker.failuresMax {
            _ = try? await down.payment?.start(request, patient())
        }
        #expect(down.call.breaker.isHoldingBack)
    }

    @Test func `asks the next host again what changes nothing`() async throws {
        let first = try RawHost(.diesAtCall)
        let line = remote(connection(to: first.path))
        let path = first.path
        let answer = Task { try await line.lookup(.reference("p1"), patient()) }
        while first.callCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        first.stop()

        try await TestHost(ScriptedPayments()).listening(at: path) {
            let found = try await answer.value
            #expect(found?.reference == "p1")
        }
    }

    @Test(arguments: [RawHost.Manner.silent, .noise])
    func `is none with a stranger: the call is over by its deadline, and nothing was sent`(
        _ manner: RawHost.Manner
    ) async throws {
        let host = try RawHost(manner)
        defer { host.stop() }
        let began = ContinuousClock.now

        let error = await #expect(throws: ProviderError.self) {
            try await remote(connection(to: host.path))
                .start(request, context(within: .milliseconds(800)))
        }

        #expect(ContinuousClock.now - began < .seconds(120))
        #expect(host.callCount == 0)
        guard case .unavailable = error else {
            // At the very deadline the cut comes first, and knows less.
            #expect(error?.isDefinite == false)
            return
        }
    }

    @Test func `is none with another version, and says so`() async throws {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path) {
            let hello = RawHost.bytes(
                Frame(
                    kind: .hello, id: 0,
                    body: Array(#"{"protocol":99,"contract":1,"name":"old"}"#.utf8)))

            let answer = RawHost.send(hello, to: path)

            #expect(answer[12] == Frame.Kind.error.rawValue)
            let text = String(decoding: answer.dropFirst(13), as: UTF8.self)
            #expect(text.contains("speaks frames of version 99, not 1"))
        }
    }

    /// As while a new version is rolled out: the host was put anew, and this process not yet.
    @Test func `to a newer host that names a role nobody here knows leaves it unasked, and serves`()
        async throws
    {
        let known = OpenedInstance(
            descriptor: ScriptedPayments.descriptor, roles: [.payment])
        let text = String(decoding: try FrameText.encode(known), as: UTF8.self)
        let newer = text.replacing(
            #""roles":["payment"]"#, with: #""roles":["clairvoyance","payment"]"#)
        #expect(newer != text)
        let host = try RawHost(.answers(newer))
        defer { host.stop() }

        let opened = try await connection(to: host.path).open("one", version: 1, patient())

        #expect(opened.line.roles == [.payment])
        #expect(opened.descriptor == ScriptedPayments.descriptor)
    }

    @Test func `of a stranger who sends noise harms nobody else's`() async throws {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path) {
            let far = remote(connection(to: path))
            _ = try await far.start(request, patient())
            let calm = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)

            #expect(RawHost.send(calm, to: path).isEmpty)
            // A call before the hello is answered with a no.
            let early = RawHost.send(
                RawHost.bytes(Frame(kind: .call, id: 9, body: Array("{}".utf8))), to: path)
            #expect(String(decoding: early, as: UTF8.self).contains("say hello first"))

            #expect(try await far.start(request, patient()).snapshot.reference == "p1")
        }
    }

    /// It may be the second try of a call whose first was done: nobody may read it as a no.
    @Test func `calls nothing a definite no that the host says before the module is asked`()
        async throws
    {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path) {
            let line = RemoteLine(
                connection: connection(to: path), instance: "gone", version: 1,
                roles: [.payment])

            let error = await #expect(throws: ProviderError.self) {
                _ = try await line.ask(.start(request: request), patient())
            }

            guard case .unavailable(let message, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(message.contains("There is no such instance."))
        }
    }

    @Test func `waits for a host that is being put anew`() async throws {
        let path = RawHost.freshPath()
        let far = remote(connection(to: path))
        let early = Task { try await far.start(request, patient()) }
        try await Task.sleep(for: .milliseconds(300))

        try await TestHost(ScriptedPayments()).listening(at: path) {
            let started = try await early.value
            #expect(started.snapshot.reference == "p1")
        }
    }

    @Test func `to nobody ends in unavailable, and opens no circuit breaker`() async throws {
        let path = RawHost.freshPath()
        let far = remote(connection(to: path, patience: .milliseconds(50)))
        for _ in 0..<(CircuitBreaker.failuresMax + 2) {
            let error = await #expect(throws: ProviderError.self) {
                try await far.start(request, patient())
            }
            #expect(error != nil)
        }

        #expect(!far.call.breaker.isHoldingBack)
    }

    @Test func `moves to a new host while the old one finishes what it began`() async throws {
        let path = RawHost.freshPath()
        let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
        let (permits, permit) = AsyncStream.makeStream(of: Void.self)
        var slow = ScriptedPayments()
        slow.beforeStart = {
            arrival.finish()
            for await _ in permits {}
        }
        var newer = ScriptedPayments()
        newer.snapshot.reference = "p2"
        let (old, new) = (TestHost(slow), TestHost(newer))
        let far = remote(connection(to: path))

        try await old.listening(at: path) {
            let underWay = Task { try await far.start(request, patient()) }
            for await _ in arrivals {}
            try await new.listening(at: path) {
                // The old one notices by itself that it has lost the address.
                while try await far.lookup(.reference("p1"), patient())?.reference != "p2" {
                    try await Task.sleep(for: .milliseconds(10))
                }
                permit.finish()
                #expect(try await underWay.value.snapshot.reference == "p1")
                #expect(try await far.start(request, patient()).snapshot.reference == "p2")
            }
        }
    }

    @Test func `carries a file of a megabyte, and refuses one that no frame holds`()
        async throws
    {
        let path = RawHost.freshPath()
        try await TestHost(ScriptedPayments()).listening(at: path) {
            let line = connection(to: path)
            let file = [UInt8](repeating: 7, count: 1 << 20)

            let back = try await line.ask(market: file, patient())
            #expect(back == file)

            await #expect(throws: FramePeer.tooLarge) {
                try await line.ask(
                    market: [UInt8](repeating: 7, count: 26 << 20), patient())
            }
        }
    }

    @Test func `admits no more calls than it can remember`() async throws {
        var provider = ScriptedPayments()
        provider.hangs = true
        let path = RawHost.freshPath()
        try await TestHost(provider).listening(at: path, grace: .milliseconds(10)) {
            let far = connection(to: path)
            _ = try await far.status(within: .seconds(60))
            let line = RemoteLine(connection: far, instance: "one", version: 1, roles: [])
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<(FramePeer.pendingMax + 20) {
                    group.addTask {
                        do throws(ProviderError) {
                            _ = try await line.ask(
                                .void(reference: "p1"), context(within: .seconds(60)))
                            return false
                        } catch {
                            return error == FramePeer.busy
                        }
                    }
                }
                var refused = 0
                while refused < 20, let isRefused = await group.next() {
                    refused += isRefused ? 1 : 0
                }
                // The others wait for an answer until nobody cares any more.
                group.cancelAll()
                return await group.reduce(refused) { $0 + ($1 ? 1 : 0) }
            }

            #expect(refused == 20)
        }
    }
}
