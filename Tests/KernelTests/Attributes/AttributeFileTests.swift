import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What is said of things, in files` {
    private static let header =
        "Handle,Title,Product Category,Variant Inventory Qty,Variant Price,"
        + "Material (product.metafields.guildhall.material),"
        + "Height (product.metafields.guildhall.height),"
        + "Made (product.metafields.guildhall.made-to-order),"
        + "Material (product.metafields.shopify.material),"
        + "Age (product.metafields.custom.age)\r\n"

    private func run(
        _ text: String, _ pottery: Pottery, by seller: GivenSeller? = nil
    ) async throws -> ImportReport {
        try await pottery.kernel.importCatalogue(
            Array(text.utf8), ImportOptions(), as: (seller ?? pottery.seller).member)
    }

    @Test func `an exported catalogue comes back without a change, and into another shop`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            try await pottery.thing(
                "Vase", in: pottery.vases,
                [
                    ListingAttribute("material", values: ["stoneware", "raku"]),
                    ListingAttribute("height", number: 24),
                    ListingAttribute("made-to-order", values: ["no"]),
                ])
            try await pottery.thing("Board", in: pottery.wood, [])
            let bytes = try await pottery.kernel.exportCatalogue(as: pottery.seller.member)
            let file = String(decoding: bytes, as: UTF8.self)
            #expect(file.contains("Material (product.metafields.guildhall.material)"))
            #expect(file.contains(",stoneware; raku,24,no\r\n"))

            let same = try await run(file, pottery)
            #expect(same.unchanged == 2 && same.updated == 0 && same.notes.isEmpty)
            let other = try await market.given.verifiedSeller("Other")
            let copied = try await run(
                file.replacing(",stoneware; raku,24,no", with: ",Raku;STONEWARE,24 cm,Nein"),
                pottery, by: other)

            #expect(copied.created == 2, "\(copied.notes)")
            let again = try await pottery.kernel.exportCatalogue(as: other.member)
            #expect(
                String(decoding: again, as: UTF8.self).contains(",stoneware; raku,24,no\r\n"))
        }
    }

    @Test func `a wrong value names its line and column, other columns are harmless`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let report = try await run(
                Self.header + "good,Good,Vases,1,5,raku,20,true,Glass; Sand,7\r\n"
                    + "glass,Glass,Vases,1,5,glass,20,,,\r\n"
                    + "tall,Tall,Vases,1,5,,301,,,\r\n" + "words,Words,Vases,1,5,,high,,,\r\n"
                    + "board,Board,Wood,1,5,raku,,yes,,\r\n", pottery)

            #expect(report.created == 2 && report.skipped == 3)
            #expect(report.errors.map(\.line) == [3, 4, 5])
            #expect(
                report.errors.map(\.column) == [
                    "Material (product.metafields.guildhall.material)",
                    "Height (product.metafields.guildhall.height)",
                    "Height (product.metafields.guildhall.height)",
                ])
            #expect(report.errors[0].message == "“Material” has no value “glass”.")
            #expect(report.warnings.map(\.line) == [2, 6])
            let things = try await pottery.kernel.listings(
                in: nil, as: pottery.seller.member
            ).items
            let good = try #require(things.first { $0.handle == "good" }).id
            let said = try await pottery.kernel.listing(good, as: pottery.seller.member).attributes
            #expect(
                said == [
                    ListingAttribute("material", values: ["raku"]),
                    ListingAttribute("height", number: 20),
                    ListingAttribute("made-to-order", values: ["yes"]),
                ])
        }
    }

    @Test func `a file without the columns leaves what is said, a blank cell takes it away`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let row = "vase,Vase,Vases,1,5,raku,20,,,\r\n"
            _ = try await run(Self.header + row, pottery)

            let plain = try await run(
                "Handle,Title,Product Category,Variant Inventory Qty,Variant Price\r\n"
                    + "vase,Vase,Vases,1,6\r\n", pottery)
            #expect(plain.updated == 1)
            let id = try #require(
                try await pottery.kernel.listings(in: nil, as: pottery.seller.member).items.first
            ).id
            func said() async throws -> [ListingAttribute] {
                try await pottery.kernel.listing(id, as: pottery.seller.member).attributes
            }
            #expect(try await said().count == 2)
            _ = try await run(Self.header + "vase,Vase,Vases,1,6,raku,,,,\r\n", pottery)

            #expect(try await said() == [ListingAttribute("material", values: ["raku"])])
        }
    }
}
