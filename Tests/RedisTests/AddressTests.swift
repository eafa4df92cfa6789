import Logging
import Reactor
import Redis
import TestServers
import Testing

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
