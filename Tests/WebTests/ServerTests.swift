import Foundation
import Hummingbird
import Kernel
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// Holds a request until it is opened, and tells that one has come.
private final class Gate: Sendable {
    private let (arrivals, arrived) = AsyncStream<Void>.makeStream()
    private let (openings, opened) = AsyncStream<Void>.makeStream()

    func pass() async {
        arrived.yield()
        for await _ in openings { break }
    }

    func arrival() async { for await _ in arrivals { break } }

    func open() { opened.finish() }
}

/// An app behind a real socket.
@Suite struct `An app on its port` {
    private static let longAnswer = ByteBuffer(repeating: UInt8(ascii: "x"), count: 50_000_000)

    private func app(
        _ market: TestMarketplace, name: String = "Test", gate: Gate = Gate(),
        _ change: (inout WebSettings) -> Void = { _ in }
    ) throws -> WebApp {
        var settings = TestWeb.settings
        settings.proxies = 0
        change(&settings)
        let site = try Site(
            .customer, title: name, marketplace: market.marketplace, redis: TestWeb.redis,
            settings: settings, templates: Bundle.main, logger: TestServers.logger
        ) { _, account in Chrome(signedInAs: account?.name) }
        return site.app { routes in
            routes.raw(.get, "/name") { _ in
                Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: name + ".")))
            }
            routes.raw(.get, "/held") { _ in
                await gate.pass()
                return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "Done.")))
            }
            routes.raw(.get, "/long") { _ in
                Response(status: .ok, body: .init(byteBuffer: Self.longAnswer))
            }
            routes.raw(.post, "/body", limit: .write) { request in
                let body = try await request.body(upTo: 10_000_000)
                return Response(
                    status: .ok, body: .init(byteBuffer: ByteBuffer(string: "\(body.count).")))
            }
        }
    }

    /// Runs `body` while the servers run; they are told to stop after it.
    private func serving(
        _ servers: [WebServer], _ body: @Sendable @escaping ([ServiceGroup]) async throws -> Void
    ) async throws {
        let groups = servers.map { server in
            ServiceGroup(
                configuration: .init(
                    services: [.init(service: server)], logger: TestServers.logger))
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for group in groups { tasks.addTask { try await group.run() } }
            do {
                for server in servers { try await untilOpen(server.port) }
                try await body(groups)
            } catch {
                for group in groups { await group.triggerGracefulShutdown() }
                throw error
            }
            for group in groups { await group.triggerGracefulShutdown() }
            try await tasks.waitForAll()
        }
    }

    private func untilOpen(_ port: Int) async throws {
        for _ in 0..<2000 {
            do {
                _ = try RawConnection(port: port)
                return
            } catch is RawConnection.ConnectFailure { try await Task.sleep(for: .milliseconds(5)) }
        }
        throw TestSupportError.notFound("a server on port \(port)")
    }

    /// What a newcomer is told once the port is closed.
    private func untilRefused(_ port: Int) async throws -> Int32 {
        for _ in 0..<2000 {
            do {
                _ = try RawConnection(port: port)
                try await Task.sleep(for: .milliseconds(5))
            } catch let failure as RawConnection.ConnectFailure { return failure.code }
        }
        throw TestSupportError.notFound("a closed port \(port)")
    }

    @Test func `cuts a body that trickles in, and answers others meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let app = try app(market) { $0.requestDeadline = .seconds(2) }
            try await serving([app.server(port: port)]) { _ in
                let slow = try RawConnection(port: port)
                slow.send("POST /body HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000\r\n\r\n")
                let began = ContinuousClock.now
                let trickle = Task {
                    while !Task.isCancelled {
                        slow.send("x")
                        try await Task.sleep(for: .milliseconds(100))
                    }
                }

                let other = try await RawConnection(port: port).answer("/name")
                let cut = try await slow.read(for: .seconds(20))
                trickle.cancel()

                #expect(other.contains("200 OK"))
                #expect(cut.isOver)
                #expect(!cut.text.contains("200 OK"))
                #expect(ContinuousClock.now - began > .milliseconds(1500))
            }
        }
    }

    @Test func `lets go of a reader that does not read`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let app = try app(market) { $0.requestDeadline = .seconds(2) }
            try await serving([app.server(port: port)]) { _ in
                let slow = try RawConnection(port: port)
                slow.get("/long")

                // The kernel's buffers take some of it, and then nothing moves.
                try await Task.sleep(for: .seconds(5))
                let rest = try await slow.read(for: .seconds(20))

                #expect(rest.isOver)
                #expect(rest.text.utf8.count < Self.longAnswer.readableBytes)
                #expect(try await RawConnection(port: port).answer("/name").contains("200 OK"))
            }
        }
    }

    @Test func `holds no more connections than it may, and takes one when one goes`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let app = try app(market) { $0.connectionsMax = 2 }
            try await serving([app.server(port: port)]) { _ in
                let first = try RawConnection(port: port)
                let second = try RawConnection(port: port)
                #expect(try await first.answer("/name").contains("200 OK"))
                #expect(try await second.answer("/name").contains("200 OK"))

                let third = try RawConnection(port: port)
                third.get("/name")
                let early = try await third.read(for: .milliseconds(500))
                first.close()
                let late = try await third.read(for: .seconds(20)) { $0.hasSuffix(".") }

                #expect(early.text.isEmpty && !early.isOver)
                #expect(late.text.contains("200 OK"))
            }
        }
    }

    @Test func `finishes the request under way when it is told to stop`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let gate = Gate()
            let app = try app(market, gate: gate)
            try await serving([app.server(port: port)]) { groups in
                defer { gate.open() }
                let connection = try RawConnection(port: port)
                connection.get("/held")
                await gate.arrival()

                await groups[0].triggerGracefulShutdown()
                let refusal = try await untilRefused(port)
                let early = try await connection.read(for: .milliseconds(100))
                gate.open()
                let answer = try await connection.read(for: .seconds(20))

                #expect(refusal == ECONNREFUSED)
                #expect(early.text.isEmpty && !early.isOver)
                #expect(answer.text.contains("200 OK"))
                #expect(answer.text.hasSuffix("Done."))
                #expect(answer.isOver)
            }
        }
    }

    @Test func `shares the port, and one that goes leaves the other answering`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let servers = try ["One", "Two"].map {
                try app(market, name: $0).server(port: port, sharesPort: true)
            }
            try await serving(servers) { groups in
                func names() async throws -> Set<String> {
                    var names: Set<String> = []
                    for _ in 0..<60 {
                        let answer = try await RawConnection(port: port).answer("/name")
                        names.insert(String(answer.suffix(4)))
                    }
                    return names
                }
                #expect(try await names() == ["One.", "Two."])

                await groups[0].triggerGracefulShutdown()
                for _ in 0..<200 {
                    if try await names() == ["Two."] { break }
                    try await Task.sleep(for: .milliseconds(50))
                }

                #expect(try await names() == ["Two."])
            }
        }
    }

    @Test func `takes large bodies a few at a time`() async throws {
        try await TestMarketplace.run { market in
            let port = RawConnection.freePort()
            let app = try app(market) { $0.largeBodiesMax = 1 }
            try await serving([app.server(port: port)]) { _ in
                func begin(_ length: Int) throws -> RawConnection {
                    let connection = try RawConnection(port: port)
                    connection.send(
                        "POST /body HTTP/1.1\r\nHost: shop.test\r\nContent-Length: \(length)\r\n\r\n"
                    )
                    return connection
                }
                let first = try begin(2_000_000)
                try await Task.sleep(for: .milliseconds(300))
                let second = try await begin(2_000_000).read(for: .seconds(20)) {
                    $0.contains("\r\n\r\n")
                }
                let small = try begin(3)
                small.send("abc")
                let smallAnswer = try await small.read(for: .seconds(20)) { $0.hasSuffix(".") }
                first.close()
                try await Task.sleep(for: .milliseconds(300))
                let third = try begin(2_000_000)
                let refused = try await third.read(for: .milliseconds(500))

                #expect(second.text.contains("503"))
                #expect(second.text.lowercased().contains("retry-after"))
                #expect(smallAnswer.text.hasSuffix("3."))
                #expect(refused.text.isEmpty)
            }
        }
    }
}
