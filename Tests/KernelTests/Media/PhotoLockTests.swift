import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Adding pictures while photos are made` {
    @Test func `waits for the listing before it holds the photo`() async throws {
        try await Studio.run { studio in
            _ = try await studio.add(try await PhotoFiles.noise("jpg", 64, 64))
            let adding = try studio.market.anotherProcess()
            let working = try await adding.database.transaction { tx in
                _ = try await tx.listings.lock(studio.listing, of: studio.seller.id)
                let working = Task { try await studio.work() }
                try await studio.waitForWaiters(1)
                try await tx.images.holdPhotos(of: [studio.listing])
                try await tx.listings.refresh([studio.listing])
                return working
            }
            try await working.value
            await adding.database.close()

            #expect(try await studio.progress()?.state == .ready)
            #expect(try await deadlocks(studio) == 0)
        }
    }

    @Test func `never waits in a circle`() async throws {
        try await Studio.run { studio in
            let adding = try studio.market.anotherProcess(transactions: 4)
            let photos = try await (0..<6).asyncMap {
                try await PhotoFiles.noise($0 == 3 ? "png" : "jpg", 40 + $0, 30)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, photo) in photos.enumerated() {
                    // One of them cannot be made.
                    let bytes = number == 2 ? Array(photo.prefix(photo.count / 2)) : photo
                    group.addTask {
                        try await adding.addImage(
                            bytes, alt: "", to: studio.listing, as: studio.seller.member)
                    }
                }
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<20 {
                            try await studio.work()
                            try await Task.sleep(for: .milliseconds(20))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await studio.work()
            await adding.database.close()

            let states = try await studio.kernel.listing(
                studio.listing, as: studio.seller.member
            ).images.map(\.photo?.state)
            #expect(states.filter { $0 == .ready }.count == 5)
            #expect(states.filter { $0 == .refused }.count == 1)
            #expect(try await studio.kernel.publicListing(studio.listing).images.count == 5)
            #expect(try await deadlocks(studio) == 0)
        }
    }

    /// The server tells of them a second late.
    private func deadlocks(_ studio: Studio) async throws -> Int {
        try await Task.sleep(for: .milliseconds(1500))
        _ = try await studio.market.database.query("select pg_stat_force_next_flush()")
        return try await studio.count(
            "select deadlocks from pg_stat_database where datname = current_database()")
    }
}
