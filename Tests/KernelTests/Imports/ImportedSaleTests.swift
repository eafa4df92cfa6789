import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What a file says of being for sale` {
    private func run(
        _ rows: String, _ market: TestMarketplace, _ seller: GivenSeller, dryRun: Bool = false
    ) async throws -> ImportReport {
        var options = ImportOptions()
        options.isDryRun = dryRun
        return try await market.marketplace.importCatalogue(
            Array(rows.utf8), options, as: seller.member)
    }

    /// `mug: published`
    private func states(
        _ market: TestMarketplace, _ seller: GivenSeller
    ) async throws -> [String: Listing.State] {
        let items = try await market.marketplace.listings(in: nil, as: seller.member).items
        return Dictionary(uniqueKeysWithValues: items.map { ($0.handle, $0.state) })
    }

    private func id(
        _ handle: String, _ market: TestMarketplace, _ seller: GivenSeller
    ) async throws -> ID<Listing> {
        try #require(
            try await market.marketplace.listings(in: nil, as: seller.member).items
                .first { $0.handle == handle }?.id)
    }

    private static let header = "Handle,Title,Variant Price,Variant Inventory Qty,Published\n"

    @Test func `takes off sale what is published, says so first, and puts drafts on sale`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let before = Self.header + "mug,Mug,5,1,true\njug,Jug,5,1,false\npot,Pot,5,1,true\n"
            _ = try await run(before, market, seller)
            let turned = Self.header + "mug,Mug,5,1,FALSE\njug,Jug,5,1,True\npot,Pot,5,1,true\n"

            let looked = try await run(turned, market, seller, dryRun: true)

            #expect(
                try await states(market, seller)
                    == ["mug": .published, "jug": .draft, "pot": .published])
            #expect(looked.updated == 2 && looked.unchanged == 1)
            #expect(looked.putOnSale == 1 && looked.takenOffSale == 1)
            #expect(looked.notes.map(\.line) == [2, 3])
            #expect(looked.notes.allSatisfy { $0.severity == .notice && $0.column == "Published" })
            let done = try await run(turned, market, seller)
            #expect(done.notes == looked.notes)
            #expect(
                try await states(market, seller)
                    == ["mug": .draft, "jug": .published, "pot": .published])
            let forSale = try await market.marketplace.cards(CardQuery()).items
            #expect(Set(forSale.map(\.title)) == ["Jug", "Pot"])
            let again = try await run(turned, market, seller)
            #expect(again.unchanged == 3 && again.notes.isEmpty)
        }
    }

    @Test func `is obeyed in the column Status too, and without a word nothing is changed`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let header = "Handle,Title,Variant Price,Variant Inventory Qty,Published,Status\n"
            _ = try await run(
                header + "a,A,5,1,true,active\nb,B,5,1,true,\nc,C,5,1,,\nd,D,5,1,,draft\n", market,
                seller)
            #expect(
                try await states(market, seller)
                    == ["a": .published, "b": .published, "c": .published, "d": .draft])

            let report = try await run(
                header
                    + "a,A,5,1,true,archived\nb,B,5,1,,\nc,C,5,1,false,active\nd,D,5,1,,active\n",
                market, seller)

            #expect(
                try await states(market, seller)
                    == ["a": .draft, "b": .published, "c": .draft, "d": .published])
            #expect(report.notes.map(\.column) == ["Status", "Published", "Status"])
            #expect(report.takenOffSale == 2 && report.putOnSale == 1)
            // A file without either column, or with a word that means nothing.
            for rows in [
                "Handle,Title,Variant Price\na,A,5\nb,B,5\n", Self.header + "a,A,5,1,maybe\n",
            ] {
                let silent = try await run(rows, market, seller)
                #expect(silent.putOnSale == 0 && silent.takenOffSale == 0)
            }
            #expect(try await states(market, seller)["a"] == .draft)
            #expect(try await states(market, seller)["b"] == .published)
        }
    }

    @Test func `never brings back what the shop archived or the market took down`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let file = Self.header + "mug,Mug,5,1,true\njug,Jug,5,1,true\n"
            _ = try await run(file, market, seller)
            try await market.marketplace.archiveListing(
                try await id("mug", market, seller), as: seller.member)
            try await market.marketplace.blockListing(
                try await id("jug", market, seller), reason: "Not handmade.",
                by: try await market.given.administrator().id)

            for isDryRun in [true, false] {
                let report = try await run(file, market, seller, dryRun: isDryRun)

                #expect(report.unchanged == 1 && report.skipped == 1)
                #expect(report.putOnSale == 0)
                #expect(report.warnings.map(\.line) == [2])
                #expect(report.errors.map(\.line) == [3])
            }
            #expect(try await states(market, seller) == ["mug": .archived, "jug": .blocked])
            // That it is not for sale is nothing new to either.
            let off = try await run(
                Self.header + "mug,Mug,5,1,false\n", market, seller)
            #expect(off.unchanged == 1 && off.notes.isEmpty)
            #expect(try await states(market, seller)["mug"] == .archived)
        }
    }

    @Test func `publishes nothing of a shop that may not publish, and says why`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            _ = try await run(
                Self.header + "mug,Mug,5,1,false\npot,Pot,5,1,true\n", market, seller)
            try await market.database.execute(
                "update seller set restricted_at = now() where id = \(seller.id)")
            let file = Self.header + "mug,Mug,5,1,true\npot,Pot,5,1,true\njug,Jug,5,1,true\n"

            let report = try await run(file, market, seller)

            #expect(
                try await states(market, seller)
                    == ["mug": .draft, "pot": .published, "jug": .draft])
            #expect(report.warnings.map(\.line) == [2, 4])
            #expect(
                report.warnings.allSatisfy {
                    $0.message.contains(ListingRefusal.restricted.explanation)
                })
            try await market.database.execute(
                "update seller set restricted_at = null where id = \(seller.id)")
            #expect(try await run(file, market, seller).putOnSale == 2)
        }
    }
}
