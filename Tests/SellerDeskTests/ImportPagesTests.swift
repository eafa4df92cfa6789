import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Importing a catalogue at the desk` {
    private static let csv = Array(
        ("Handle,Title,Variant Price,Variant Inventory Qty,Image Src\n"
            + "mug,Mug,19.50,4,mug.png\njug,Jug,24,1,\nbad,Bad,x,1,\n").utf8)

    /// Looks at the file, as who has chosen it at last.
    private func preview(
        _ browser: Browser, _ csv: [UInt8] = Self.csv
    ) async throws -> (page: WebAnswer, action: String?) {
        let page = try await browser.upload(
            try await browser.get("/imports"), "/imports", ["currency": "EUR", "dryRun": "true"],
            file: ("file", "c.csv", csv))
        let start = page.text.firstRange(of: "action=\"/imports/")?.upperBound
        return (page, start.map { "/imports/" + page.text[$0...].prefix(36) })
    }

    private func titles(_ desk: Desk) async throws -> Set<String> {
        Set(try await desk.kernel.listings(in: nil, as: desk.shop.member).items.map(\.title))
    }

    @Test func `what was looked at is imported by one click, and the file sent once`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)

            let (looked, action) = try await preview(browser)
            #expect(looked.text.contains("What would happen"))
            #expect(looked.text.contains("is not a price"))
            #expect(looked.text.contains("<button>Import these 2 things</button>"))
            #expect(try await titles(desk).isEmpty)
            let done = try await browser.submit(looked, try #require(action))

            #expect(done.status == 200)
            #expect(done.text.contains("What happened"))
            #expect(try await titles(desk) == ["Mug", "Jug"])
            let exported = try await browser.raw("GET", "/export")
            #expect(exported.text.contains("19.50"))
            let (again, none) = try await preview(browser)
            #expect(again.text.contains("There is nothing in it to import."))
            #expect(none == nil)
        }
    }

    @Test func `a look says what the file takes off sale, and by which line`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let file = "Handle,Title,Variant Price,Variant Inventory Qty,Published\nmug,Mug,5,4,"
            let (first, all) = try await preview(browser, Array((file + "true\n").utf8))
            _ = try await browser.submit(first, try #require(all))

            let (looked, action) = try await preview(browser, Array((file + "false\n").utf8))

            #expect(looked.text.contains("<dt>Of these, taken off sale</dt><dd>1</dd>"))
            #expect(!looked.text.contains("Of these, put on sale"))
            #expect(looked.text.contains("Line 2 · mug · Published"))
            _ = try await browser.submit(looked, try #require(action))
            let drafts = try await desk.kernel.listings(in: .draft, as: desk.shop.member).items
            #expect(drafts.map(\.title) == ["Mug"])
        }
    }

    @Test func `pictures that came with the file are imported with it`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let page = try await browser.get("/imports")
            let looked = try await browser.upload(
                page, "/imports", ["currency": "EUR", "dryRun": "true"],
                files: [("file", "c.csv", Self.csv), ("pictures", "mug.png", png)])
            #expect(!looked.text.contains("did not come along"))
            let start = try #require(looked.text.firstRange(of: "action=\"/imports/"))
            let action = "/imports/" + looked.text[start.upperBound...].prefix(36)

            let done = try await browser.submit(looked, action)

            #expect(!done.text.contains("did not come along"))
            let mug = try #require(
                try await desk.kernel.listings(in: nil, as: desk.shop.member).items
                    .first { $0.title == "Mug" })
            let images = try await desk.kernel.listing(mug.id, as: desk.shop.member).images
            #expect(images.map(\.hash) == [ContentHash(of: png)])
        }
    }

    @Test func `two clicks import once, and both see what happened`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let (page, found) = try await preview(browser)
            let action = try #require(found)
            let twin = try #require(HTMLForm.fields(of: action, in: page.text))

            async let first = browser.post(action, twin)
            async let second = browser.post(action, twin)
            let answers = try await [first, second]

            for answer in answers {
                #expect(answer.status == 200)
                #expect(answer.text.contains("<dt>New</dt><dd>2</dd>"))
            }
            // Another page of the same preview, opened before.
            let late = try await browser.post(
                action, twin.map { ($0, $0 == "idempotencyKey" ? "another" : $1) })
            #expect(late.status == 404)
            #expect(late.text.contains("This file was imported already"))
            #expect(try await titles(desk) == ["Mug", "Jug"])
        }
    }

    @Test func `after an hour the page says so, and asks for the file again`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let (page, action) = try await preview(browser)
            try await desk.market.database.execute(
                "update kept_import set expires_at = now() - interval '1 second'")

            let late = try await browser.submit(page, try #require(action))

            #expect(late.status == 404)
            #expect(late.text.contains("was kept for longer than an hour. Choose it again."))
            #expect(late.text.contains("type=\"file\" name=\"file\""))
            #expect(try await titles(desk).isEmpty)
        }
    }

    @Test func `another shop's file is not there`() async throws {
        try await Desk.run { desk in
            let other = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await desk.kernel.previewImport(
                Self.csv, ImportOptions(), as: other.member)
            let kept = try #require(theirs.kept)
            let browser = try await desk.colleague(.owner)
            let (page, found) = try await preview(browser)
            let ours = try #require(found)
            let fields = try #require(HTMLForm.fields(of: ours, in: page.text))

            let answer = try await browser.post("/imports/\(kept)", fields)

            #expect(answer.status == 404)
            #expect(try await titles(desk).isEmpty)
            let report = try await desk.kernel.importKept(kept, as: other.member)
            #expect(report.created == 2)
        }
    }

    @Test func `a file that makes no sense is said to, whatever was wanted`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let page = try await browser.get("/imports")
            for dryRun in ["true", "false"] {
                let wrong = try await browser.upload(
                    page, "/imports", ["currency": "EUR", "dryRun": dryRun],
                    file: ("file", "c.csv", Array("nonsense".utf8)))
                #expect(wrong.status == 422)
                #expect(wrong.text.contains("The column Handle is missing"))
            }
            let done = try await browser.upload(
                page, "/imports", ["currency": "EUR", "dryRun": "false"],
                file: ("file", "c.csv", Self.csv))
            #expect(done.text.contains("What happened"))
            #expect(try await titles(desk) == ["Mug", "Jug"])
        }
    }
}
