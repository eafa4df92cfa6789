import FoundationEssentials
import Glibc
import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `The gateway to providers` {
    @Test func `hears of changes in another process within a second`() async throws {
        try await KeyedMarket.run { market in
            let other = try market.anotherProcess()
            let hearing = Task { await other.providers.run() }
            let instance = try await market.active()
            try await until(.seconds(10)) {
                try await other.providers.candidates(.shipping, for: anyFacts).count == 1
            }
            #expect(try await market.quote(instance.id, in: other)?.code == "v1")

            _ = try await market.marketplace.changeProviderInstance(
                instance.id, version: 1, name: "Post", capture: .atOrder,
                settings: ["label": "Mail"], as: market.admin)
            _ = try await market.marketplace.pauseProviderInstance(instance.id, as: market.admin)

            try await until(.seconds(1)) {
                try await market.quote(instance.id, in: other)?.code == "v2"
            }
            try await until(.seconds(1)) {
                try await other.providers.candidates(.shipping, for: anyFacts).isEmpty
            }
            hearing.cancel()
            await other.database.close()
        }
    }

    @Test func `refuses what is not there or does something else`() async throws {
        try await KeyedMarket.run { market in
            let shipping = try await market.active().id
            let foreign = try await market.market.given.instance(.tax)
            let gateway = market.marketplace.providers

            let missing = await #expect(throws: ProviderRefusal.self) {
                try await gateway.payment(ID())
            }
            let wrong = await #expect(throws: ProviderRefusal.self) {
                try await gateway.payment(shipping)
            }
            let unloaded = await #expect(throws: ProviderRefusal.self) {
                try await gateway.tax(foreign)
            }

            #expect(missing?.code == "provider.missing")
            #expect(wrong?.code == "provider.wrong-kind")
            #expect(unloaded?.code == "provider.module-missing")
        }
    }

    private func until(
        _ limit: Duration, _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come true in \(limit)")
    }
}

@Suite struct `The key for secrets` {
    @Test func `is made once, for its owner only, and read by everybody else`() async throws {
        let file = "/tmp/guildhall-key-\(hexadecimal(randomBytes(8)))"
        defer { unlink(file) }

        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { try ProviderKey.resolve(environment: nil, file: file).id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }

        #expect(keys.count == 1)
        var status = stat()
        #expect(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        let given = try ProviderKey.resolve(
            environment: String(repeating: "ab", count: 32), file: file)
        #expect(!keys.contains(given.id))
    }

    @Test(arguments: ["abc", "zz", String(repeating: "ab", count: 31)])
    func `is 32 bytes or refused`(_ text: String) {
        #expect(throws: ProviderKeyError.self) { try ProviderKey(text: text) }
    }
}
