import FoundationEssentials
import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Importing a catalogue` {
    static let header =
        "Handle,Title,Body (HTML),Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,"
        + "Variant Grams,Variant Inventory Qty,Variant Price,Image Src,Image Alt Text\r\n"

    static let file = Array(
        ("\u{FEFF}" + header
            + "mug,Mug,\"<p>Blue, and\nround</p><ul><li>one</li></ul>\",Mugs,\"gift, blue\",true,"
            + "Size,Small,M-S,300,4,19.50,https://example.org/mug.jpg,Front\r\n"
            + "mug,,,,,,,Large,M-L,500,0,25,https://example.org/back.jpg,Back\r\n"
            + "bowl,\"A \"\"good\"\" bowl\",Plain & simple,Bowls,,false,Title,"
            + "Default Title,B-1,,7,9,bowl.png,\r\n").utf8)

    private func run(
        _ bytes: [UInt8], _ market: TestMarketplace, _ seller: GivenSeller, dryRun: Bool = false,
        pictures: [String: [UInt8]] = [:]
    ) async throws -> ImportReport {
        var options = ImportOptions()
        options.isDryRun = dryRun
        options.pictures = pictures
        return try await market.marketplace.importCatalogue(bytes, options, as: seller.member)
    }

    @Test func `rows become listings with variants, pictures and stock`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mugs = try await kernel.createCategory(named: "Mugs", by: nil)

            let report = try await run(
                Self.file, market, seller, pictures: ["bowl.png": Applicant.png])

            #expect(report.created == 2)
            #expect(report.notes.isEmpty)
            let list = try await kernel.listings(in: nil, as: seller.member).items
            #expect(Set(list.map(\.handle)) == ["mug", "bowl"])
            let id = try #require(list.first { $0.handle == "mug" }?.id)
            let mug = try await kernel.listing(id, as: seller.member)
            #expect(mug.listing.state == .published)
            #expect(mug.listing.category == mugs.id)
            #expect(mug.listing.description == "Blue, and round\n\n• one")
            #expect(mug.listing.tags == ["gift", "blue"])
            #expect(mug.variants.map(\.sku) == ["M-S", "M-L"])
            #expect(mug.variants.map(\.price) == [Money(1950, .eur), Money(2500, .eur)])
            #expect(mug.variants.map(\.onHand) == [4, 0])
            #expect(
                mug.images.map(\.sourceURL) == [
                    "https://example.org/mug.jpg", "https://example.org/back.jpg",
                ])
            let bowl = try await kernel.listing(
                try #require(list.first { $0.handle == "bowl" }?.id), as: seller.member)
            #expect(bowl.listing.title == "A \"good\" bowl")
            #expect(bowl.listing.state == .draft)
            #expect(bowl.listing.optionNames.isEmpty)
            #expect(bowl.images.first?.hash == ContentHash(of: Applicant.png))
        }
    }

    @Test func `the same file again changes nothing, a changed row keeps its ids`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let pictures = ["bowl.png": Applicant.png]
            _ = try await run(Self.file, market, seller, pictures: pictures)
            let id = try #require(
                try await kernel.listings(in: nil, as: seller.member).items
                    .first { $0.handle == "mug" }?.id)
            let before = try await kernel.listing(id, as: seller.member)

            let again = try await run(Self.file, market, seller, pictures: pictures)
            #expect(again.unchanged == 2)
            #expect(again.updated == 0)
            let text = String(decoding: Self.file, as: UTF8.self)
            let changed = Array(
                text.replacing("19.50", with: "21.50").replacing(",Small,", with: ",Tiny,").utf8)
            let third = try await run(changed, market, seller, pictures: pictures)

            #expect(third.updated == 1)
            let after = try await kernel.listing(id, as: seller.member)
            #expect(after.variants.map(\.id) == before.variants.map(\.id))
            #expect(after.variants[0].price == Money(2150, .eur))
            #expect(after.variants[0].options == ["Tiny"])
            #expect(after.images.map(\.id) == before.images.map(\.id))
        }
    }

    @Test func `a dry run says the same and writes nothing`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()

            let report = try await run(Self.file, market, seller, dryRun: true)

            #expect(report.isDryRun)
            #expect(report.created == 2)
            #expect(report.warnings.map(\.line) == [5])
            #expect(
                try await market.marketplace.listings(in: nil, as: seller.member).items.isEmpty)
        }
    }

    @Test func `errors name their line, and the rest is imported`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let rows =
                Self.header
                + "good,Good,,,,true,,,G,0,1,5,,\n" + "nameless,,,,,true,,,,0,1,5,,\n"
                + "dear,Dear,,,,true,,,,0,1,\"9,99\",,\n" + ",Lost,,,,true,,,,0,1,5,,\n"
                + "twice,Twice,,,,true,,,G,0,1,5,,\n" + "minus,Minus,,,,true,,,,0,-2,5,,\n"

            let report = try await run(Array(rows.utf8), market, seller)

            #expect(report.created == 2)
            #expect(report.skipped == 3)
            #expect(report.errors.map(\.line) == [3, 4, 5, 6])
            #expect(report.warnings.map(\.line) == [7])
        }
    }

    @Test func `a SKU of another listing leaves one product out, not the batch`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            _ = try await run(Self.file, market, seller)
            let rows =
                Self.header + "new,New,,,,true,,,M-S,0,1,5,,\n" + "fine,Fine,,,,true,,,F,0,1,5,,\n"

            let report = try await run(Array(rows.utf8), market, seller)

            #expect(report.created == 1)
            #expect(report.errors.map(\.handle) == ["new"])
        }
    }

    @Test func `a picture's place that no picture has leaves the order of the rows`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let rows = """
                Handle,Title,Variant Price,Image Src,Image Position
                mug,Mug,5,https://example.org/1.jpg,9223372036854775807
                mug,,,https://example.org/2.jpg,
                mug,,,https://example.org/3.jpg,-9223372036854775808

                """

            let report = try await run(Array(rows.utf8), market, seller)

            #expect(report.created == 1)
            let id = try #require(
                try await kernel.listings(in: nil, as: seller.member).items.first?.id)
            let images = try await kernel.listing(id, as: seller.member).images
            #expect(
                images.map(\.sourceURL) == (1...3).map { "https://example.org/\($0).jpg" })
        }
    }

    @Test func `a field without measure costs one product, not the machine`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let megabyte = 1 << 20
            let lines =
                String(repeating: "<br>", count: 12_000) + String(repeating: "<p>", count: 12_000)
            let rows = [
                "Handle,Title,Body (HTML),Variant Price",
                "a,A,\(String(repeating: "<", count: megabyte))>,5",
                "b,B,\(String(repeating: "<b", count: 9000)),5",
                "c,C,<script>\(String(repeating: "</b", count: 30_000))>,5",
                "d,D,,0.\(String(repeating: "0", count: megabyte))",
                "e,E,\(String(repeating: "< ", count: 9000))>,5",
                "f,F,\(lines)Fine,5",
            ].joined(separator: "\n")

            let clock = ContinuousClock()
            var report: ImportReport?
            let time = try await clock.measure {
                report = try await run(Array(rows.utf8), market, seller)
            }

            #expect(report?.created == 4)
            #expect(report?.errors.map(\.line) == [2, 5])
            #expect(time < .seconds(60))
        }
    }

    @Test func `what is no product file is refused`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            func refusal(_ bytes: [UInt8]) async -> ImportRefusal? {
                do {
                    _ = try await run(bytes, market, seller)
                    return nil
                } catch {
                    return error as? ImportRefusal
                }
            }

            #expect(await refusal([]) == .empty)
            #expect(await refusal(Array("a,b\n1,2".utf8)) == .columnMissing("Handle"))
            #expect(await refusal(Array(Self.header.utf8)) == .empty)
            #expect(await refusal(Array(Self.header.utf8) + [0xFF, 0xFE]) == .notUTF8(line: 2))
            #expect(
                await refusal(Array((Self.header + "a,\"b\n\n").utf8)) == .quoteOpen(line: 2))
            #expect(await refusal(Array(repeating: 44, count: 20 << 20 + 1)) == .tooLarge)
            let many = String(repeating: "a\n", count: 50_001)
            #expect(await refusal(Array(many.utf8)) == .tooManyRows)
        }
    }

    @Test func `what is exported is imported without a change, here and elsewhere`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (one, two) = (
                try await market.given.verifiedSeller("One"),
                try await market.given.verifiedSeller("Two")
            )
            _ = try await run(Self.file, market, one, pictures: ["bowl.png": Applicant.png])
            let made = try await kernel.publishedListing("Typed <b> & “in”", by: one.member)
            _ = try await kernel.editListing(
                made.listing.id,
                ListingDraft(
                    title: "Typed <b>", description: "a  b\n\n\n  c\td & <p>\n• x",
                    variants: [VariantDraft(price: Money(5, .eur), sku: " a,\"b ")]),
                as: one.member)
            _ = try await kernel.addImage(
                Applicant.png, alt: "x, y", to: made.listing.id, as: one.member)

            let exported = try await kernel.exportCatalogue(as: one.member)
            let same = try await run(exported, market, one)
            #expect(same.unchanged == 3)
            #expect(same.notes.isEmpty)
            let elsewhere = try await run(exported, market, two)
            #expect(elsewhere.created == 3)
            let second = try await kernel.exportCatalogue(as: two.member)

            #expect(try await run(second, market, two).unchanged == 3)
        }
    }

    /// Product files of real shops, which are not part of this repository: they are there when
    /// `shared` stands beside the checkout.
    static let realFiles: [String] = {
        var root = URL(filePath: #filePath)
        // Tests/KernelTests/Imports/ImportTests.swift
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let folder = root.appending(path: "../shared/data/shopify-csv").standardized.path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".csv") }.sorted().map { folder + "/" + $0 }
    }()

    @Test(
        .enabled(if: !realFiles.isEmpty, "real product files stand beside the checkout"),
        arguments: realFiles)
    func `real files are imported as they are`(_ path: String) async throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()

            let report = try await run(bytes, market, seller)
            let again = try await run(bytes, market, seller)

            #expect(report.errors.isEmpty)
            #expect(report.skipped == 0)
            #expect(report.created > 10)
            #expect(again.unchanged == report.created)
            let exported = try await market.marketplace.exportCatalogue(as: seller.member)
            #expect(try await run(exported, market, seller).unchanged == report.created)
        }
    }
}
