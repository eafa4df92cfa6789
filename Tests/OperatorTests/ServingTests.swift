import Foundation
import Glibc
import TestSupport
import TestServers
import Testing

/// An app as a process of its own, with a Redis that the test may end.
private struct Serving {
    let shop: Int
    let health: Int
    let redis: ThrowawayRedis
    let process: Process
    private let log: String

    static func run(_ body: (Serving) async throws -> Void) async throws {
        try await Guildhall.withDatabase { storage, given, home in
            try await ThrowawayRedis.with { redis in
                let port = try freePorts(10)
                let log = "/tmp/guildhall-serving-\(storage.name).log"
                defer { try? FileManager.default.removeItem(atPath: log) }
                var environment = given.merging(marketPorts(from: port)) { $1 }
                environment["REDIS_URL"] = redis.url
                environment["GUILDHALL_MODULES"] = Guildhall.productsFolder
                environment["GUILDHALL_PROVIDER_SOCKET"] = "none"
                environment["GUILDHALL_SECRET_KEY"] = String(repeating: "07", count: 32)
                let process = try Guildhall.start(
                    ["serve", "storefront"], environment: environment, log: log)
                defer {
                    kill(process.processIdentifier, SIGKILL)
                    process.waitUntilExit()
                }
                let serving = Serving(
                    shop: port, health: port + 4, redis: redis, process: process, log: log)
                let isUp = try await eventually { try await serving.is("/readyz", 200) }
                try #require(isUp)
                try await body(serving)
            }
        }
    }

    /// Whether the health port answers so; not when nobody listens there.
    func `is`(_ path: String, _ status: Int) async throws -> Bool {
        try await HTTPAnswer.get(health, path)?.status == status
    }

    func lines() throws -> [[String: Any]] {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any], "\(line)")
        }
    }

    func text() throws -> String { try String(contentsOfFile: log, encoding: .utf8) }
}

@Suite struct `An app that is watched` {
    @Test func `is alive and ready, or says what it lacks`() async throws {
        try await Serving.run { app in
            let ready = try #require(try await HTTPAnswer.get(app.health, "/readyz"))
            #expect(ready.body == "ready\n")

            try await app.redis.crash()
            #expect(try await eventually { try await app.is("/readyz", 503) })
            let lacking = try #require(try await HTTPAnswer.get(app.health, "/readyz"))
            #expect(lacking.body.hasPrefix("Redis: ") && !lacking.body.contains("PostgreSQL"))
            #expect(try await app.is("/healthz", 200), "it is alive all the same")
            // People look at things meanwhile.
            #expect(try await HTTPAnswer.get(app.shop, "/")?.status == 200)

            try await app.redis.start()
            #expect(try await eventually { try await app.is("/readyz", 200) })
        }
    }

    @Test func `counts its requests as Prometheus reads them`() async throws {
        try await Serving.run { app in
            for _ in 0..<3 { _ = try await HTTPAnswer.get(app.shop, "/") }
            _ = try await HTTPAnswer.get(app.shop, "/nothing/\"here\"\\")

            let answer = try #require(try await HTTPAnswer.get(app.health, "/metrics"))
            let metrics = try Exposition(answer.body)

            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            let name = "guildhall_http_request_seconds"
            #expect(metrics.types[name] == "histogram")
            let pages = metrics.samples.filter {
                $0.name.hasPrefix(name) && $0.labels["route"] == "GET /"
                    && $0.labels["status"] == "200" && $0.labels["app"] == "customer"
            }
            #expect(pages.first { $0.name == name + "_count" }?.value == 3)
            let buckets = pages.filter { $0.name == name + "_bucket" }
            #expect(buckets.last?.labels["le"] == "+Inf" && buckets.last?.value == 3)
            #expect(buckets.map(\.value) == buckets.map(\.value).sorted())
            #expect(pages.first { $0.name == name + "_sum" }?.value ?? 0 > 0)
            // What nobody mounted is one route, whatever was asked for.
            #expect(!answer.body.contains("nothing"))
        }
    }

    @Test func `writes a line of JSON for each request, with its id and no secret`()
        async throws
    {
        try await Serving.run { app in
            let id = "0123456789abcdef-of-a-proxy"
            let page = try #require(
                try await HTTPAnswer.get(
                    app.shop, "/search?text=cup", headers: ["x-request-id": id]))
            let guess = try #require(
                try await HTTPAnswer.post(
                    app.shop, "/api/v1/sessions",
                    #"{"email": "ada@example.test", "password": "sesame sesame"}"#))
            kill(app.process.processIdentifier, SIGTERM)
            app.process.waitUntilExit()

            #expect(app.process.terminationReason == .exit)
            #expect(app.process.terminationStatus == 0)
            #expect(page.status == 200 && page.headers["x-request-id"] == id)
            #expect(guess.status == 401)
            let lines = try app.lines()
            for line in lines {
                #expect(line["at"] is String && line["level"] is String, "\(line)")
                #expect(line["process"] as? String == "storefront")
            }
            let requests = lines.filter { $0["message"] as? String == "request" }
            let looked = requests.first { $0["request"] as? String == id }
            #expect(
                looked?["path"] as? String == "/search" && looked?["method"] as? String == "GET")
            let guessed = requests.first { $0["path"] as? String == "/api/v1/sessions" }
            #expect(guessed?["request"] as? String == guess.headers["x-request-id"])
            #expect(lines.last?["message"] as? String == "process.stopped")
            let text = try app.text()
            #expect(!text.contains("sesame") && !text.contains("0707070707"))
        }
    }
}
