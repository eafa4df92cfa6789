import FoundationEssentials
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What a shop stores on our disk` {
    /// Another picture of the same size in pixels.
    private static func picture(_ number: UInt8) -> [UInt8] { Applicant.png + [number] }

    @Test func `is not more than it has room for`() async throws {
        try await TestMarketplace.run(
            settings: { $0.sellerPictureBytesMax = 2 * Applicant.png.count + 1 }
        ) { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let id = try await kernel.publishedListing("Mug", by: seller.member).listing.id
            func add(_ bytes: [UInt8]) async throws {
                try await kernel.addImage(bytes, alt: "", to: id, as: seller.member)
            }

            try await add(Applicant.png)
            // The same bytes take no room a second time.
            try await add(Applicant.png)
            try await add(Self.picture(1))
            await #expect(throws: MediaRefusal.storageFull) { try await add(Self.picture(2)) }

            #expect(try await stored(market) == 2)
        }
    }

    @Test func `is no picture that its listing would not take`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let id = try await kernel.publishedListing("Mug", by: seller.member).listing.id
            try await market.database.execute(
                """
                insert into listing_image (id, listing_id, position, source_url)
                select gen_random_uuid(), \(id)::uuid, n, 'https://example.org/' || n
                from generate_series(1, \(Listing.imagesMax)::int) n
                """)

            await #expect(throws: ListingRefusal.tooManyImages) {
                try await kernel.addImage(Applicant.png, alt: "", to: id, as: seller.member)
            }

            #expect(try await stored(market) == 0)
        }
    }

    @Test func `is no picture of a product that is left out of an import`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let file = """
                Handle,Title,Variant Price,Image Src
                long,\(String(repeating: "a", count: 201)),5,one.png
                good,Good,5,two.png

                """
            var options = ImportOptions()
            options.pictures = ["one.png": Self.picture(1), "two.png": Self.picture(2)]

            let report = try await market.marketplace.importCatalogue(
                Array(file.utf8), options, as: seller.member)

            #expect(report.created == 1)
            #expect(report.skipped == 1)
            #expect(try await stored(market) == 1)
        }
    }

    @Test func `is no document beyond those that a shop may have`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            func add(_ number: Int) async throws {
                try await kernel.addDocument(
                    .identity, fileName: "\(number).pdf", bytes: Array("%PDF-\(number)".utf8),
                    as: seller.member)
            }
            var count = try await kernel.documents(of: seller.id).count
            while count < SellerDocument.countMax {
                try await add(count)
                count += 1
            }
            let folder = kernel.settings.mediaFolder + "/documents"
            let files = try files(folder)

            await #expect(throws: SellerRefusal.tooManyDocuments) { try await add(999) }

            #expect(try self.files(folder) == files)
        }
    }

    private func stored(_ market: TestMarketplace) async throws -> Int {
        try await market.database.query("select content_hash from media").count
    }

    private func files(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.subpathsOfDirectory(atPath: folder))
    }
}
