import Logging
import Reactor
import TestServers
import Testing

@testable import Redis

@Suite struct `Where a Redis is` {
    @Test func `the URL's password and database are used`() async throws {
        try await withRedis(password: "s3cr/t:@", { $0.url += "/5" }) { redis, _ in
            try #expect(await redis.send("PING").text == "PONG")
            let me = try await redis.send("CLIENT", ["INFO"]).text ?? ""
            #expect(me.contains("db=5"))
        }
    }

    @Test func `a wrong password says so`() async throws {
        try await withRedis(
            password: "right", { $0.url = $0.url.replacing("right", with: "wrong") }
        ) { redis, _ in
            await #expect {
                try await redis.send("PING")
            } throws: { error in
                let error = error as? RedisError
                return error?.code == .unavailable && error?.message.contains("WRONGPASS") == true
            }
        }
    }

    @Test(arguments: [
        "localhost", "http://127.0.0.1", "redis://127.0.0.1:port", "redis://127.0.0.1:70000",
        "redis://127.0.0.1/shop", "unix://relative",
    ]) func `a URL that makes no sense is named by the first command`(url: String) async throws {
        let client = RedisClient(RedisSettings(url: url), reactor: Reactor(), logger: .quiet)
        #expect(await client.failure("PING") == .invalidURL)
        await client.close()
    }

    @Test func `a name is resolved, and one that has no address is unavailable`() async throws {
        try await withRedis({ $0.url = $0.url.replacing("127.0.0.1", with: "localhost") }) {
            redis, _ in
            try #expect(await redis.send("PING").text == "PONG")
        }
        var settings = RedisSettings(url: "redis://nowhere.invalid")
        settings.commandDeadline = .milliseconds(100)
        let client = RedisClient(settings, reactor: Reactor(), logger: .quiet)
        #expect(await client.failure("PING") == .unavailable)
        await client.close()
    }

    /// Nobody listens on the others, or they cannot be reached at all.
    @Test(arguments: [["127.0.0.2", "::1"], ["255.255.255.255"], ["::1"]])
    func `of a name's addresses the first that takes connections is taken`(
        _ others: [String]
    ) async throws {
        try await ThrowawayRedis.with { server in
            let reactor = Reactor()
            let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
            let owner = Listening(answer)
            let connection = RedisConnection(
                RedisSettings(url: server.url), address: try RedisAddress(url: server.url),
                reactor: reactor, owner: owner)
            let port = Int32(server.port)

            // It listens on the last one only, as a Redis of `localhost` often does.
            reactor.submit { connection.start(at: others + ["127.0.0.1"], port) }

            #expect(await answers.first { _ in true } == true)
            reactor.submit { connection.finish() }
            withExtendedLifetime(owner) {}
            reactor.shutdown()
        }
    }

    @Test func `a name of whose addresses none takes connections is unavailable once`()
        async throws
    {
        let reactor = Reactor()
        let (answers, answer) = AsyncStream.makeStream(of: Bool.self)
        let owner = Listening(answer)
        let url = "redis://127.0.0.1:1"
        let connection = RedisConnection(
            RedisSettings(url: url), address: try RedisAddress(url: url), reactor: reactor,
            owner: owner)

        reactor.submit { connection.start(at: ["127.0.0.2", "127.0.0.1"], 1) }

        #expect(await answers.first { _ in true } == false)
        withExtendedLifetime(owner) {}
        reactor.shutdown()
    }
}

/// Tells whether a connection was made.
private final class Listening: RedisConnectionOwner, Sendable {
    private let answer: AsyncStream<Bool>.Continuation

    init(_ answer: AsyncStream<Bool>.Continuation) { self.answer = answer }

    func connectionReady(_ connection: RedisConnection) { answer.yield(true) }
    func connectionLost(_ connection: RedisConnection, _ error: RedisError) { answer.yield(false) }
    func connectionHeard(_ connection: RedisConnection, channel: String, payload: [UInt8]) {}
    func connectionSubscribed(_ connection: RedisConnection, channel: String) {}
}

enum ThrowawayRedisSocket {
    static func check() async throws {
        try await ThrowawayRedis.with { server in
            let settings = RedisSettings(url: server.socketURL + "?db=2")
            let redis = RedisClient(settings, reactor: Reactor(), logger: .quiet)
            try #expect(await redis.send("CLIENT", ["INFO"]).text?.contains("db=2") == true)
            await redis.close()
        }
    }
}
