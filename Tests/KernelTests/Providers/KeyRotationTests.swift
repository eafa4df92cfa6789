import Kernel
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// The keys as they stand in a file that several processes read.
private final class KeyFile: Sendable {
    private let keys: Mutex<[[UInt8]]>

    init(_ keys: [UInt8]...) { self.keys = Mutex(keys) }

    func set(_ new: [UInt8]...) { keys.withLock { $0 = new } }

    /// What a process has that starts now.
    func key() throws -> ProviderKey {
        try ProviderKey(reading: { self.keys.withLock { $0 } })
    }
}

@Suite struct `Changing the key of providers' secrets` {
    private let old = [UInt8](repeating: 9, count: 32)
    private let new = [UInt8](repeating: 10, count: 32)

    @Test func `goes on where it was killed, and every process reads on`() async throws {
        try await KeyedMarket.run { market in
            let file = KeyFile(old)
            let running = try KeyedMarket.marketplace(market.marketplace, key: file.key())
            let posts = [try await market.draft("A"), try await market.draft("B")]
            _ = try await market.marketplace.changeProviderInstance(
                posts[0].id, version: 1, name: "A", capture: .atOrder,
                settings: ["label": "Post", "apiKey": "newer"], as: market.admin)
            file.set(new, old)
            let rotating = try KeyedMarket.marketplace(market.marketplace, key: file.key())

            #expect(try await rotating.isKeyRotationUnfinished())
            #expect(try await rotating.resealNextSecrets() == posts[0].id)
            // Killed here; the next process has nothing but the table and the file.
            let again = try KeyedMarket.marketplace(market.marketplace, key: file.key())
            #expect(try await again.isKeyRotationUnfinished())
            let early = await #expect(throws: ProviderRefusal.self) {
                try await again.forgetOldKeys { file.set(new) }
            }
            #expect(early?.code == "provider.key-in-use")
            #expect(try await again.resealNextSecrets() == posts[1].id)
            #expect(try await again.resealNextSecrets() == nil)
            #expect(try await !again.isKeyRotationUnfinished())
            try await again.forgetOldKeys { file.set(new) }

            for process in [running, again] {
                #expect(
                    try await market.quote(posts[0].id, in: process)?.label == "Post newer right")
                #expect(
                    try await market.quote(posts[1].id, in: process)?.label == "Post right none")
            }
            // What runs since before seals under the new key as well.
            let late = try await running.createProviderInstance(
                module: "keyed-shipping", name: "C", settings: ["label": "C", "apiKey": "c"],
                as: market.admin)
            #expect(try await market.quote(late.id, in: again)?.label == "C c none")
            #expect(try await !again.isKeyRotationUnfinished())
            // The old key alone opens nothing any more.
            let thief = try KeyedMarket.marketplace(
                market.marketplace, key: ProviderKey(old))
            await #expect(throws: ProviderKeyError.self) {
                try await market.quote(posts[1].id, in: thief)
            }
        }
    }

    /// The old key may be dropped by then: what it sealed, nobody would open.
    @Test func `refuses what was sealed before it and would be kept after it`() async throws {
        try await KeyedMarket.run { market in
            let file = KeyFile(old)
            let running = try KeyedMarket.marketplace(market.marketplace, key: file.key())
            let post = try await market.draft()

            let changing = try await market.market.storage.owner.transaction { tx in
                try await tx.execute("lock table provider_instance in share mode")
                let changing = Task {
                    try await running.changeProviderInstance(
                        post.id, version: 1, name: "Post", capture: .atOrder,
                        settings: ["label": "Post", "apiKey": "newer"], as: market.admin)
                }
                try await market.market.waitForWaiters(1)
                file.set(new, old)
                return changing
            }

            let late = await #expect(throws: ProviderRefusal.self) { try await changing.value }
            #expect(late?.code == "provider.state-changed")
            #expect(try await running.providerInstance(post.id).configurationVersion == 1)
        }
    }

    @Test func `the secret before the last change is accepted until somebody ends that`()
        async throws
    {
        try await KeyedMarket.run { market in
            let post = try await market.draft()
            let changed = try await market.marketplace.changeProviderInstance(
                post.id, version: 1, name: "Post", capture: .atOrder,
                settings: ["label": "Post", "apiKey": "newer"], as: market.admin)
            #expect(try await market.quote(post.id)?.label == "Post newer right")
            #expect(
                try await market.marketplace.previousSecrets(of: post.id) == ["apiKey"])

            let ended = try await market.marketplace.forgetPreviousSecrets(
                post.id, version: changed.configurationVersion, reason: "done", as: market.admin)

            #expect(ended.configurationVersion == 3)
            #expect(try await market.quote(post.id)?.label == "Post newer none")
            #expect(try await market.marketplace.previousSecrets(of: post.id) == [])
            let late = await #expect(throws: ProviderRefusal.self) {
                try await market.marketplace.forgetPreviousSecrets(
                    post.id, version: 2, as: market.admin)
            }
            #expect(late?.code == "provider.state-changed")
        }
    }
}
