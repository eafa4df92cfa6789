import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Listing things at the desk` {
    private func owner(_ desk: Desk) async throws -> Browser { try await desk.colleague(.owner) }

    @Test func `a thing is typed in, pictured and published`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let form = try await browser.get("/listings/new")

            let saved = try await browser.submit(
                form, "/listings",
                [
                    "title": "Blue <mug>", "description": "Made by hand.", "tags": "gift, blue",
                    "optionNames": "Size", "currency": "EUR", "variants.0.options": "Small",
                    "variants.0.price": "19,50", "variants.0.sku": "M-S", "variants.0.onHand": "4",
                    "variants.1.options": "Large", "variants.1.price": "25",
                ])
            #expect(saved.status == 200, "\(saved.text)")
            #expect(saved.text.contains("Blue &lt;mug&gt;"))
            let summary = try #require(
                try await desk.kernel.listings(in: .draft, as: desk.shop.member).items.first)
            let path = "/listings/\(summary.id)"
            let pictured = try await browser.upload(
                saved, "\(path)/images", ["alt": "Front"], file: ("file", "mug.png", png))
            #expect(pictured.status == 303)
            let published = try await browser.submit(
                try await browser.get(path), "\(path)/publication")

            #expect(published.text.contains("It is for sale."))
            let shown = try await desk.kernel.publicListing(summary.id)
            #expect(shown.variants.map(\.price.amount) == [1950, 2500])
            #expect(shown.variants.map(\.available) == [4, 0])
            #expect(shown.images.count == 1)
            let picture = try await browser.raw(
                "GET", "/media/\(try #require(shown.images.first?.hash))")
            #expect(picture.header("content-type") == "image/png")
        }
    }

    @Test func `a wrong price is told and everything else is kept`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let form = try await browser.get("/listings/new")

            let again = try await browser.submit(
                form, "/listings",
                [
                    "title": "Blue mug", "currency": "EUR", "variants.0.price": "much",
                    "variants.0.sku": "KEEP-ME",
                ])

            #expect(again.status == 422)
            #expect(again.text.contains("Write it in EUR with at most 2 digits"))
            #expect(again.text.contains("KEEP-ME"))
            #expect(again.text.contains("Blue mug"))
        }
    }

    @Test func `an edit keeps what the form does not show`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            var draft = ListingDraft(
                title: "Mug",
                variants: [VariantDraft(price: Money(1900, .eur), sku: "M", onHand: 3)])
            draft.variants[0].barcode = "4006381333931"
            let made = try await desk.kernel.createListing(draft, as: desk.shop.member)
            let path = "/listings/\(made.listing.id)"

            let saved = try await browser.submit(
                try await browser.get(path), path,
                ["title": "Great mug", "description": "New.", "variants.0.price": "21"])

            #expect(saved.status == 200, "\(saved.text)")
            let after = try await desk.kernel.listing(made.listing.id, as: desk.shop.member)
            #expect(after.listing.title == "Great mug")
            #expect(after.variants.map(\.id) == made.variants.map(\.id))
            #expect(after.variants[0].barcode == "4006381333931")
            #expect(after.variants[0].price == Money(2100, .eur))
        }
    }

    @Test func `a catalogue is looked at, then imported, then exported`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let csv = Array(
                ("Handle,Title,Variant Price,Variant Inventory Qty,Image Src\n"
                    + "mug,Mug,19.50,4,mug.png\nbad,Bad,x,1,\n").utf8)
            let page = try await browser.get("/imports")

            let looked = try await browser.upload(
                page, "/imports", ["currency": "EUR", "dryRun": "true"],
                file: ("file", "c.csv", csv))
            #expect(looked.text.contains("What would happen"))
            #expect(looked.text.contains("is not a price"))
            #expect(try await desk.kernel.listings(in: nil, as: desk.shop.member).items.isEmpty)
            let done = try await browser.upload(
                page, "/imports", ["currency": "EUR", "dryRun": "false"],
                file: ("file", "c.csv", csv))

            #expect(done.text.contains("What happened"))
            let exported = try await browser.raw("GET", "/export")
            #expect(exported.text.contains("19.50"))
            let wrong = try await browser.upload(
                page, "/imports", ["currency": "EUR", "dryRun": "false"],
                file: ("file", "c.csv", Array("nonsense".utf8)))
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("The column Handle is missing"))
        }
    }
}
