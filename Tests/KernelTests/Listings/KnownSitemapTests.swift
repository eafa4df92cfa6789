import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite(.timeLimit(.minutes(20))) struct `The sitemap's list of files` {
    private final class Scene: Sendable {
        let time = Mutex(ContinuousClock.now)
        let counted = Mutex(0)

        func pass(_ duration: Duration) { time.withLock { $0 += duration } }

        /// One more file each time.
        func count() -> [SitemapFile] {
            let count = counted.withLock {
                $0 += 1
                return $0
            }
            let month = StatementMonth(of: .systemNow)
            return Array(repeating: SitemapFile.things(month, from: nil), count: count)
        }

        func sitemap() -> KnownSitemap { KnownSitemap { self.time.withLock { $0 } } }
    }

    @Test func `is counted once for a hundred who ask at once, though nothing is known`()
        async throws
    {
        let scene = Scene()
        let known = scene.sitemap()

        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await known.files {
                        try await Task.sleep(for: .milliseconds(30))
                        return scene.count()
                    }.count
                }
            }
            var counts: [Int] = []
            for try await count in group { counts.append(count) }
            return counts
        }

        #expect(counts == Array(repeating: 1, count: 100))
        #expect(scene.counted.withLock { $0 } == 1)
    }

    @Test func `stands for ten minutes, and is then counted by one while others read it`()
        async throws
    {
        let scene = Scene()
        let known = scene.sitemap()
        func ask() async throws -> Int { try await known.files { scene.count() }.count }
        #expect(try await ask() == 1)
        scene.pass(KnownSitemap.lifetime - .seconds(1))
        #expect(try await ask() == 1)
        scene.pass(.seconds(1))

        let renewed = try await known.files {
            // Meanwhile.
            let others = [try await ask(), try await ask()]
            #expect(others == [1, 1])
            return scene.count()
        }.count

        #expect(renewed == 2)
        #expect(try await ask() == 2)
        #expect(scene.counted.withLock { $0 } == 2)
    }

    @Test func `is tried again by the next one when it could not be counted`() async throws {
        let scene = Scene()
        let known = scene.sitemap()
        await #expect(throws: CancellationError.self) {
            _ = try await known.files { throw CancellationError() }
        }
        #expect(try await known.files { scene.count() }.count == 1)
        scene.pass(KnownSitemap.lifetime)
        await #expect(throws: CancellationError.self) {
            _ = try await known.files { throw CancellationError() }
        }
        #expect(try await known.files { scene.count() }.count == 2)
    }

    @Test func `keeps nobody waiting for long`() async throws {
        let scene = Scene()
        // Each look at the clock is a second.
        let known = KnownSitemap {
            scene.pass(.seconds(1))
            return scene.time.withLock { $0 }
        }

        _ = try await known.files {
            async let late = known.files { scene.count() }
            do {
                _ = try await late
                Issue.record("somebody else counted")
            } catch { #expect(error as? WorkRefusal == .busy(seconds: 5)) }
            return scene.count()
        }

        #expect(scene.counted.withLock { $0 } == 1)
    }

    @Test func `leads to the months of what is for sale, and is read from memory`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let cup = try await market.given.listing(
                "Cup", by: try await market.given.verifiedSeller())
            let month = StatementMonth(of: .systemNow)

            let files = try await kernel.sitemapFiles()
            try await market.database.execute(
                "update listing set state = 'draft' where id = \(cup.id)")

            #expect(files == [.makers(from: nil), .things(month, from: nil)])
            #expect(try await kernel.sitemapFiles() == files)
        }
    }
}
