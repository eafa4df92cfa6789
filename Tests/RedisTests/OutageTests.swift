import Logging
import Reactor
import Redis
import Testing

@Suite struct `When Redis dies` {
    @Test func `commands work again once it is back`() async throws {
        try await withRedis { redis, server in
            _ = try await redis.send("SET", ["k", "v"])
            try await server.crash()
            try await server.start()
            try #expect(await redis.send("GET", ["k"]).isNull)
        }
    }

    @Test func `a command waits through a short restart instead of failing`() async throws {
        try await withRedis({ $0.commandDeadline = .seconds(30) }) { redis, server in
            _ = try await redis.send("PING")
            try await server.crash()
            async let reply = redis.send("PING")
            try await server.start()
            try #expect(await reply.text == "PONG")
        }
    }

    @Test func `a long outage refuses each command at once`() async throws {
        try await withRedis({ $0.commandDeadline = .seconds(1) }) { redis, server in
            _ = try await redis.send("PING")
            try await server.crash()
            #expect(await redis.failure("PING") == .unavailable)
            let began = ContinuousClock.now
            for _ in 0..<100 { #expect(await redis.failure("PING") == .unavailable) }
            // Had each waited its deadline, this would be a hundred seconds.
            #expect(ContinuousClock.now - began < .seconds(50))
            try await server.start()
            try #expect(await eventually { await redis.failure("PING") == nil })
        }
    }

    @Test func `a command under way when it dies may have run and says so`() async throws {
        try await withRedis({ $0.commandDeadline = .seconds(60) }) { redis, server in
            let other = RedisClient(
                RedisSettings(url: server.url), reactor: Reactor(), logger: .quiet)
            // It is answered once somebody pushes, which nobody does.
            async let failure = redis.failure("BLPOP", ["nothing", "0"])
            try #expect(
                await eventually {
                    let clients = try await other.send("INFO", ["clients"]).text
                    return clients?.contains("blocked_clients:1") == true
                })
            try await server.crash()
            #expect(await failure == .connectionLost)
            await other.close()
        }
    }

    @Test func `a Redis that hangs costs each command its deadline, no more`() async throws {
        try await withRedis({ $0.commandDeadline = .seconds(3) }) { redis, server in
            _ = try await redis.send("PING")
            server.freeze()
            let began = ContinuousClock.now
            #expect(await redis.failure("PING") == .deadline)
            #expect(ContinuousClock.now - began < .seconds(30))
            server.thaw()
            try #expect(await eventually { await redis.failure("PING") == nil })
        }
    }

    @Test func `a connection that stays silent is given up for a new one`() async throws {
        try await withRedis({
            $0.commandDeadline = .milliseconds(150); $0.connections = 1
        }) { redis, server in
            let id = try await redis.send("CLIENT", ["ID"]).int
            server.freeze()
            try #expect(await eventually { await redis.failure("PING") == .unavailable })
            server.thaw()
            try #expect(await eventually { await redis.failure("PING") == nil })
            let other = try await redis.send("CLIENT", ["ID"]).int
            #expect(other != id)
        }
    }

    @Test func `more waiting commands than the bound are refused at once`() async throws {
        try await withRedis({
            $0.waitersMax = 10; $0.commandDeadline = .milliseconds(200)
        }) { redis, server in
            _ = try await redis.send("PING")
            server.freeze()
            let codes = await withTaskGroup(of: RedisError.Code?.self) { group in
                for _ in 0..<15 { group.addTask { await redis.failure("PING") } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == .overloaded }.count == 5)
            #expect(codes.filter { $0 == .deadline }.count == 10)
            server.thaw()
        }
    }

    @Test func `a cancelled task stops waiting and disturbs nobody`() async throws {
        try await withRedis { redis, server in
            _ = try await redis.send("PING")
            server.freeze()
            let task = Task { await redis.failure("INCR", ["n"]) }
            try await Task.sleep(for: .milliseconds(20))
            task.cancel()
            #expect(await task.value == .cancelled)
            server.thaw()
            try #expect(await redis.send("ECHO", ["next"]).text == "next")
        }
    }

    @Test func `a closed client refuses`() async throws {
        try await withRedis { redis, _ in
            async let last = redis.send("PING")
            _ = try await last
            await redis.close()
            #expect(await redis.failure("PING") == .closed)
        }
    }

    @Test func `a port where nobody listens is named in the error`() async throws {
        var settings = RedisSettings(url: "redis://127.0.0.1:1")
        settings.commandDeadline = .milliseconds(80)
        let client = RedisClient(settings, reactor: Reactor(), logger: .quiet)
        await #expect {
            try await client.send("PING")
        } throws: { "\($0)".contains("127.0.0.1:1: Connection refused") }
        await client.close()
    }
}
