import Redis
import Testing

@Suite struct `Subscriptions` {
    @Test func `every subscriber of a channel hears what is published to it`() async throws {
        try await withRedis { redis, _ in
            var first = redis.subscribe(to: "news").makeAsyncIterator()
            var second = redis.subscribe(to: "news").makeAsyncIterator()
            var other = redis.subscribe(to: "other").makeAsyncIterator()
            #expect(await first.next() == .resubscribed)
            #expect(await second.next() == .resubscribed)
            #expect(await other.next() == .resubscribed)
            _ = try await redis.send("PUBLISH", ["news", .bytes([0, 1])])
            _ = try await redis.send("PUBLISH", ["other", "x"])
            #expect(await first.next() == .published(payload: [0, 1]))
            #expect(await second.next() == .published(payload: [0, 1]))
            #expect(await other.next() == .published(payload: [120]))
        }
    }

    @Test func `a subscriber is told that Redis was away and hears on`() async throws {
        try await withRedis { redis, server in
            var news = redis.subscribe(to: "news").makeAsyncIterator()
            #expect(await news.next() == .resubscribed)
            try await server.crash()
            try await server.start()
            #expect(await news.next() == .resubscribed)
            _ = try await redis.send("PUBLISH", ["news", "x"])
            #expect(await news.next() == .published(payload: [120]))
        }
    }

    @Test func `a channel that nobody reads any more is left`() async throws {
        try await withRedis { redis, _ in
            var kept = redis.subscribe(to: "kept").makeAsyncIterator()
            #expect(await kept.next() == .resubscribed)
            let reader = Task {
                for await _ in redis.subscribe(to: "left") {}
            }
            func count(_ channel: RedisArgument) async throws -> Int64? {
                try await redis.send("PUBSUB", ["NUMSUB", channel]).array?.last?.int
            }
            let isHeard = try await eventually { try await count("left") == 1 }
            #expect(isHeard)
            reader.cancel()
            let isLeft = try await eventually { try await count("left") == 0 }
            #expect(isLeft)
            try #expect(await count("kept") == 1)
        }
    }

    @Test func `closing the client ends the subscriptions`() async throws {
        try await withRedis { redis, _ in
            var news = redis.subscribe(to: "news").makeAsyncIterator()
            #expect(await news.next() == .resubscribed)
            await redis.close()
            #expect(await news.next() == nil)
        }
    }
}
