import Foundation
import Glibc
import Hummingbird
import Logging
import ServiceLifecycle
import Storefront
import Web

/// The storefront of a bench's market, in this process, with every check that it always makes.
enum BenchServer {
    /// A route of the same server that answers a constant and asks nobody.
    static let helloPath = "/bench/hello"

    /// Runs `body` while the storefront is served on `port`.
    static func run<Value: Sendable>(
        _ market: BenchMarket, port: Int, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        var web = WebSettings(secret: [UInt8](repeating: 9, count: 32))
        // One address sends all of it; the limits are counted and never reached.
        let plenty = RateLimits.Limit(1_000_000_000, per: 60)
        web.limits.read = plenty
        web.limits.write = plenty
        web.limits.accountWrite = plenty
        web.limits.signIn = plenty
        web.limits.register = plenty
        let app = try Storefront.app(
            marketplace: market.marketplace, redis: market.redis, settings: web,
            logger: Logger(label: "bench"),
            also: { routes in
                routes.raw(.get, helloPath) { _ in
                    Response(
                        status: .ok, headers: [.contentType: "text/plain"],
                        body: .init(byteBuffer: .init(string: "hello")))
                }
            })
        let listening = Background(name: "listening") { await market.marketplace.listen() }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [app.server(port: port), listening], logger: Logger(label: "bench")))
        return try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                while !LocalPort.answers(port) { try await Task.sleep(for: .milliseconds(20)) }
                return try await body()
            }
            while let finished = try await tasks.next() {
                guard let value = finished else { continue }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return value
            }
            throw OperatorProblem("The server stopped before it was measured.")
        }
    }

    static func freePort() throws -> Int {
        for _ in 0..<50 {
            let port = Int.random(in: 20_000...50_000)
            if PortCheck.problem(host: "127.0.0.1", port: port) == nil { return port }
        }
        throw OperatorProblem("No port is free.")
    }
}
