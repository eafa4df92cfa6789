import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A catalogue that was looked at` {
    private static let file = Array(
        "Handle,Title,Variant Price\nmug,Mug,19.50\njug,Jug,24\n".utf8)

    private func keep(
        _ market: TestMarketplace, _ seller: GivenSeller, _ file: [UInt8] = Self.file
    ) async throws -> ID<KeptImport>? {
        var options = ImportOptions()
        options.currency = .usd
        options.pictures = ["mug.png": Applicant.png]
        return try await market.marketplace.previewImport(file, options, as: seller.member).kept
    }

    @Test func `is imported as it came, with its currency and its pictures`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let file = Array(
                "Handle,Title,Variant Price,Image Src\nmug,Mug,19.50,mug.png\n".utf8)
            let kept = try #require(try await keep(market, seller, file))

            let report = try await market.marketplace.importKept(kept, as: seller.member)

            #expect(report.created == 1 && !report.isDryRun, "\(report.notes)")
            let mug = try #require(
                try await market.marketplace.listings(in: nil, as: seller.member).items.first)
            let made = try await market.marketplace.listing(mug.id, as: seller.member)
            #expect(made.variants.map(\.price) == [Money(1950, .usd)])
            #expect(made.images.map(\.hash) == [ContentHash(of: Applicant.png)])
            #expect(try await count(market) == 0)
        }
    }

    @Test func `of many who say yes at once one imports it`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let kept = try #require(try await keep(market, seller))
            let (kernel, member) = (market.marketplace, seller.member)

            let outcomes = await withTaskGroup(of: Bool?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        do {
                            _ = try await kernel.importKept(kept, as: member)
                            return true
                        } catch { return error as? ImportRefusal == .over ? false : nil }
                    }
                }
                var outcomes: [Bool?] = []
                for await outcome in group { outcomes.append(outcome) }
                return outcomes
            }

            #expect(outcomes.filter { $0 == true }.count == 1)
            #expect(outcomes.filter { $0 == false }.count == 7)
        }
    }

    @Test func `takes the place of the one before, and of no other shop's`() async throws {
        try await TestMarketplace.run { market in
            let (kernel, given) = (market.marketplace, market.given)
            let (mine, other) = (
                try await given.verifiedSeller("Mine"), try await given.verifiedSeller("Other")
            )
            let theirs = try #require(try await keep(market, other))
            let first = try #require(try await keep(market, mine))
            let second = try #require(try await keep(market, mine))

            for (id, seller) in [(first, mine), (second, other), (theirs, mine)] {
                await #expect(throws: ImportRefusal.over) {
                    try await kernel.importKept(id, as: seller.member)
                }
            }
            #expect(try await kernel.importKept(second, as: mine.member).created == 2)
            #expect(try await kernel.importKept(theirs, as: other.member).created == 2)
        }
    }

    @Test func `is over after an hour, and then forgotten`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let kept = try #require(try await keep(market, seller))
            try await market.marketplace.sweep()
            #expect(try await count(market) == 1)
            try await market.database.execute(
                "update kept_import set expires_at = now() - interval '1 second'")

            await #expect(throws: ImportRefusal.over) {
                try await market.marketplace.importKept(kept, as: seller.member)
            }
            try await market.marketplace.sweep()

            #expect(try await count(market) == 0)
            let pictures = try await market.database.query("select from kept_import_picture")
            #expect(pictures.count == 0)
        }
    }

    @Test func `stays when importing it fails, and can be asked for again`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let kept = try #require(try await keep(market, seller))
            // A database that takes nothing just now.
            try await market.storage.tamper([
                "alter table listing add constraint closed check (false) not valid"
            ])
            await #expect(throws: (any Error).self) {
                try await market.marketplace.importKept(kept, as: seller.member)
            }
            try await market.storage.tamper(["alter table listing drop constraint closed"])

            let report = try await market.marketplace.importKept(kept, as: seller.member)

            #expect(report.created == 2)
            #expect(try await count(market) == 0)
        }
    }

    /// Whoever imported it died, or its hour was over, and the file was chosen once more.
    @Test(arguments: ["taken_at = now()", "expires_at = now() - interval '1 second'"] as [SQL])
    func `can be imported whatever became of the one before`(_ fate: SQL) async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            _ = try #require(try await keep(market, seller))
            try await market.database.execute("update kept_import set \(fate)")

            let kept = try #require(try await keep(market, seller))

            #expect(
                try await market.marketplace.importKept(kept, as: seller.member).created == 2)
        }
    }

    @Test func `is not kept where nothing would be imported, nor where there is no room`()
        async throws
    {
        try await TestMarketplace.run { market in
            let (mine, other) = (
                try await market.given.verifiedSeller("Mine"),
                try await market.given.verifiedSeller("Other")
            )
            let wrong = Array("Handle,Title,Variant Price\nmug,Mug,dear\n".utf8)
            #expect(try await keep(market, mine, wrong) == nil)
            _ = try #require(try await keep(market, other))
            let kept = KeptImport(file: Self.file, options: ImportOptions())
            let theirs = Self.file.count + Applicant.png.count
            func isKept(most: Int) async throws -> Bool {
                try await market.database.transaction { tx in
                    try await tx.keptImports.save(kept, as: ID(), of: mine.id, most: most)
                }
            }

            #expect(try await !isKept(most: theirs + Self.file.count - 1))
            #expect(try await isKept(most: theirs + Self.file.count))
            // Its own is not counted twice.
            #expect(try await isKept(most: theirs + Self.file.count))
            try await market.database.execute(
                """
                update kept_import set expires_at = now() - interval '1 second'
                where seller_id = \(other.id)
                """)
            #expect(try await isKept(most: Self.file.count), "what is over takes no room")
        }
    }

    @Test func `is kept for those only who may import it`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let kept = try #require(try await keep(market, seller))
            let packer = SellerMember(
                seller: seller.id, account: seller.owner.id, role: .orders)

            await #expect(throws: SellerRefusal.notAllowed) {
                try await market.marketplace.importKept(kept, as: packer)
            }

            #expect(
                try await market.marketplace.importKept(kept, as: seller.member).created == 2)
        }
    }

    private func count(_ market: TestMarketplace) async throws -> Int {
        try await market.database.query("select from kept_import").count
    }
}
