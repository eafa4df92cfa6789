import Redis
import Testing

@Suite struct `Commands` {
    @Test func `bytes come back as they went, zero bytes and all`() async throws {
        try await withRedis { redis, _ in
            let bytes: [UInt8] = [0, 255, 13, 10, 128, 0]
            try #expect(await redis.send("SET", ["key", .bytes(bytes)]).text == "OK")
            try #expect(await redis.send("GET", ["key"]).bytes == bytes)
            try #expect(await redis.send("SET", ["empty", ""]).text == "OK")
            try #expect(await redis.send("GET", ["empty"]) == .string([]))
            try #expect(await redis.send("GET", ["absent"]).isNull)
        }
    }

    @Test func `numbers, arrays and nested arrays are told apart`() async throws {
        try await withRedis { redis, _ in
            try #expect(await redis.send("INCRBY", ["n", .int(.max)]).int == .max)
            try #expect(await redis.send("RPUSH", ["list", "a", 2]).int == 2)
            let list = try await redis.send("LRANGE", ["list", 0, -1])
            #expect(list.array?.map(\.text) == ["a", "2"])
            let nested = try await redis.send("EVAL", ["return {1, {'x', {}}, false}", 0])
            #expect(nested == .array([.integer(1), .array([.string([120]), .array([])]), .null]))
        }
    }

    @Test func `an error that Redis answers is thrown with its words`() async throws {
        try await withRedis { redis, _ in
            _ = try await redis.send("SET", ["text", "x"])
            await #expect {
                try await redis.send("LPUSH", ["text", "y"])
            } throws: { error in
                let error = error as? RedisError
                return error?.code == .server && error?.message.hasPrefix("WRONGTYPE") == true
            }
        }
    }

    @Test func `a pipeline answers in order and one refusal does not stop it`() async throws {
        try await withRedis { redis, _ in
            let replies = try await redis.pipeline([
                ["SET", "k", "1"], ["INCR", "k"], ["NOSUCHCOMMAND"], ["GET", "k"],
            ])
            #expect(replies.count == 4)
            #expect(replies[1].int == 2)
            guard case .error = replies[2] else { Issue.record("expected an error"); return }
            #expect(replies[3].text == "2")
            try #expect(await redis.pipeline([]).isEmpty)
        }
    }

    @Test func `a thousand tasks at once each get their own answer`() async throws {
        try await withRedis { redis, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await redis.send("ECHO", ["\(number)"]).text == "\(number)"
                    }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
            let clients = try await redis.send("CLIENT", ["LIST"]).text ?? ""
            #expect(clients.split(separator: "\n").count <= 2)
        }
    }

    @Test func `a script runs by its digest, and by its source when Redis forgot it`() async throws
    {
        try await withRedis { redis, _ in
            let script = RedisScript("return {KEYS[1], ARGV[1] + 1}")
            for _ in 0..<2 {
                let reply = try await redis.run(script, keys: ["k"], arguments: [41])
                #expect(reply == .array([.string([107]), .integer(42)]))
            }
            try #expect(
                await redis.send("SCRIPT", ["EXISTS", .string(script.digest)]).array == [
                    .integer(1)
                ])
            _ = try await redis.send("SCRIPT", ["FLUSH"])
            try #expect(await redis.run(script, keys: ["k"], arguments: [1]).array?.last?.int == 2)
        }
    }

    @Test func `a unix socket is as good as a port`() async throws {
        try await ThrowawayRedisSocket.check()
    }
}
