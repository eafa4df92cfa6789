import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `The pictures of an exported catalogue` {
    /// One that came along, one that did not, and one that is elsewhere.
    private static let file = """
        Handle,Title,Option1 Name,Option1 Value,Variant Inventory Qty,Variant Price,Image Src,\
        Image Alt Text,Variant Image
        vase,Vase,Size,Small,1,5,pictures/vase.jpg,Front,pictures/vase.jpg
        vase,,,Large,1,9,pictures/lost.jpg,Lost,
        vase,,,,,,https://example.org/vase.jpg,Back,

        """

    private func run(
        _ text: String, _ market: TestMarketplace, _ seller: GivenSeller,
        pictures: [String: [UInt8]] = [:]
    ) async throws -> ImportReport {
        var options = ImportOptions()
        options.pictures = pictures
        return try await market.marketplace.importCatalogue(
            Array(text.utf8), options, as: seller.member)
    }

    private func images(
        _ market: TestMarketplace, _ seller: GivenSeller
    ) async throws -> [ListingImage] {
        let items = try await market.marketplace.listings(in: nil, as: seller.member).items
        let id = try #require(items.first?.id)
        return try await market.marketplace.listing(id, as: seller.member).images
    }

    private func cells(_ column: String, _ csv: [UInt8]) throws -> [String] {
        let records = try CSV.records(csv)
        let place = try #require(records.first?.fields.firstIndex(of: column))
        return records.dropFirst().map { $0.fields[place] }.filter { !$0.isEmpty }
    }

    @Test func `are named by addresses that any shop can read`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            _ = try await run(
                Self.file, market, seller, pictures: ["vase.jpg": Applicant.png])
            let own = "\(kernel.settings.storefrontURL)/media/\(ContentHash(of: Applicant.png))"

            let csv = try await kernel.exportCatalogue(as: seller.member)

            #expect(try cells("Image Src", csv) == [own, "https://example.org/vase.jpg"])
            #expect(try cells("Image Alt Text", csv) == ["Front", "Back"])
            #expect(try cells("Image Position", csv) == ["1", "2"])
            #expect(try cells("Variant Image", csv) == [own])
        }
    }

    @Test func `are found again by them, and keep the names that the shop gave them`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            _ = try await run(
                Self.file, market, seller, pictures: ["vase.jpg": Applicant.png])
            let before = try await images(market, seller)
            let csv = try await market.marketplace.exportCatalogue(as: seller.member)
            let exported = String(decoding: csv, as: UTF8.self)

            let same = try await run(exported, market, seller)
            #expect(same.unchanged == 1 && same.notes.isEmpty)
            let dearer = exported.replacing("5.00", with: "6.00")
            #expect(dearer != exported)
            #expect(try await run(dearer, market, seller).updated == 1)

            let after = try await images(market, seller)
            #expect(Set(after.map(\.id)) == Set(before.map(\.id)))
            #expect(Set(after.map(\.sourceURL)) == Set(before.map(\.sourceURL)))
            // The shop's own file, which still knows the picture by its own name.
            _ = try await run(Self.file, market, seller)
            #expect(try await Set(images(market, seller).map(\.id)) == Set(before.map(\.id)))
        }
    }
}
