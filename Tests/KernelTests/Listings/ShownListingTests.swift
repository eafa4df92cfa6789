import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

/// What a process keeps in memory of listings and categories.
@Suite struct `What is shown from memory` {
    /// A market with one listing, and another process that listens and has shown it once.
    private func listening(
        _ body: (TestMarketplace, Marketplace, ListingDetails) async throws -> Void
    ) async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let made = try await market.marketplace.publishedListing("Bowl", by: seller.member)
            let other = try market.anotherProcess()
            let hearing = Task { await other.listen() }
            try await until { try await isKept(made.listing.id, market, other) }
            try await body(market, other, made)
            hearing.cancel()
            await other.database.close()
        }
    }

    /// Whether `process` answers from memory: the row is changed behind its back and back again.
    private func isKept(
        _ id: ID<Listing>, _ market: TestMarketplace, _ process: Marketplace
    ) async throws -> Bool {
        _ = try await process.listingJSON(id)
        try await market.database.execute(
            "update listing_page set body = '{}' where listing_id = \(id)")
        let shown = try await process.listingJSON(id)
        try await market.database.execute("delete from listing_page where listing_id = \(id)")
        if shown == Array("{}".utf8) {
            // It was not kept, or what is kept now is the row that was changed.
            try await market.database.execute(
                "update listing set version = version + 1 where id = \(id)")
            return false
        }
        return true
    }

    private func until(
        _ limit: Duration = .seconds(20), _ condition: () async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("it did not come true in \(limit)")
    }

    private func title(_ id: ID<Listing>, in process: Marketplace) async throws -> String {
        try await process.publicListing(id).title
    }

    @Test func `a change in another process is seen within a second`() async throws {
        try await listening { market, other, made in
            try await market.database.execute(
                """
                update listing set title = 'Blue bowl', version = version + 1
                where id = \(made.listing.id)
                """)

            try await until(.seconds(1)) {
                try await title(made.listing.id, in: other) == "Blue bowl"
            }
            try await until { try await isKept(made.listing.id, market, other) }
        }
    }

    @Test func `a suspended seller's things are gone within a second`() async throws {
        try await listening { market, other, made in
            let admin = try await market.given.administrator()

            try await market.marketplace.suspendSeller(
                made.listing.seller, reason: "Complaints.", by: admin.id)

            try await until(.seconds(1)) { try await isGone(made.listing.id, in: other) }
        }
    }

    private func isGone(_ id: ID<Listing>, in process: Marketplace) async throws -> Bool {
        do {
            _ = try await process.listingJSON(id)
            return false
        } catch ListingRefusal.unknown { return true }
    }

    @Test func `a new connection forgets what was missed meanwhile`() async throws {
        try await listening { market, other, made in
            // Without triggers nobody is told, as when the line is cut while it happens.
            try await market.storage.tamper([
                """
                update listing set title = 'Blue bowl', version = version + 1
                where id = \(made.listing.id)
                """
            ])
            #expect(try await title(made.listing.id, in: other) == "Bowl")

            try await market.storage.tamper([
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                """
            ])

            try await until {
                do {
                    return try await title(made.listing.id, in: other) == "Blue bowl"
                } catch is PostgresError { return false }
            }
        }
    }

    @Test func `nothing is kept by a process that does not listen`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let made = try await market.marketplace.publishedListing("Bowl", by: seller.member)

            #expect(try await !isKept(made.listing.id, market, market.marketplace))
        }
    }

    @Test func `a new category is seen within a second`() async throws {
        try await listening { market, other, _ in
            #expect(try await other.categories().isEmpty)

            try await market.marketplace.createCategory(named: "Bowls", by: nil)

            try await until(.seconds(1)) { try await other.categories().map(\.slug) == ["bowls"] }
        }
    }
}
