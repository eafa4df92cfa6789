import TestSupport
import Testing
import Vocabulary
import Web

@testable import Kernel

@Suite struct `The files of the sitemap` {
    private func changed(_ thing: ID<Listing>, _ file: WebAnswer) -> String? {
        changed("/listings/\(thing)", file)
    }

    private func changed(_ path: String, _ file: WebAnswer) -> String? {
        file.text.components(separatedBy: "\(path)</loc><lastmod>").dropFirst().first
            .map { String($0.prefix { $0 != "<" }) }
    }

    private var today: String { String(Instant.systemNow.description.prefix(10)) }

    @Test func `say when each thing was changed last`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let (cup, bowl) = (
                try await shop.thing("Cup", by: maker), try await shop.thing("Bowl", by: maker)
            )
            // As if both were from a year ago, and of one nobody knows since when it is as it is.
            try await shop.market.database.execute(
                """
                update listing set changed_at = '2025-03-04T05:06:07Z',
                    published_at = '2025-01-02T03:04:05Z'
                """)
            try await shop.market.database.execute(
                "update listing set changed_at = null where id = \(bowl.listing)")
            let path = "/sitemap/\(StatementMonth(of: .systemNow))"
            let before = try await Browser(shop.app).get(path)

            try await shop.market.database.execute(
                "update listing set version = version + 1 where id = \(cup.listing)")
            let after = try await Browser(shop.app).get(path)

            #expect(changed(cup.listing, before) == "2025-03-04")
            #expect(changed(bowl.listing, before) == "2025-01-02")
            #expect(changed(cup.listing, after) == today)
            #expect(changed(bowl.listing, after) == "2025-01-02")
        }
    }

    @Test func `say when a maker's page was changed last, by its maker or by a thing of theirs`()
        async throws
    {
        try await OpenShop.run { shop in
            let database = shop.market.database
            let ada = try await shop.market.given.verifiedSeller("Ada")
            let grace = try await shop.market.given.verifiedSeller("Grace")
            let cup = try await shop.thing("Cup", by: ada)
            let draft = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Plan",
                    variants: [VariantDraft(price: Money(100, .eur), onHand: 1, grams: 1)]),
                as: ada.member
            ).listing.id
            let path = "/makers/\(try await shop.marketplace.seller(ada.id).slug)"
            let other = "/makers/\(try await shop.marketplace.seller(grace.id).slug)"
            func says(_ path: String) async throws -> String? {
                changed(path, try await Browser(shop.app).get("/sitemap/makers"))
            }
            func isSeen(_ what: String, _ change: () async throws -> Void) async throws {
                try await database.execute(
                    """
                    update listing set changed_at = '2025-03-04T05:06:07Z'
                    where published_at is not null
                    """)
                try await database.execute("update seller set changed_at = '2025-02-02T00:00:00Z'")
                #expect(try await says(path) == "2025-03-04", "before \(what)")
                try await change()
                #expect(try await says(path) == today, "after \(what)")
                #expect(try await says(other) == "2025-02-02", "\(what)")
            }

            // Of one who has changed nothing yet, the beginning tells.
            try await database.execute(
                "update seller set changed_at = null, created_at = '2025-01-01T00:00:00Z'")
            #expect(try await says(other) == "2025-01-01")

            try await isSeen("a thing that is taken away") {
                try await shop.marketplace.archiveListing(cup.listing, as: ada.member)
            }
            try await isSeen("other words") {
                try await database.execute(
                    "update seller set about = 'I throw mugs.' where id = \(ada.id)")
            }
            for policies in ["No returns.", "Returns.", ""] {
                try await isSeen("policies: \(policies)") {
                    _ = try await shop.marketplace.setPolicies(policies, as: ada.member)
                }
            }
            try await isSeen("a rating") {
                try await database.execute(
                    "update seller set rating_count = 1, rating_sum = 5 where id = \(ada.id)")
            }
            // What nobody sees, and what is on no page.
            try await database.execute("update seller set changed_at = '2025-04-04T00:00:00Z'")
            try await database.execute("update seller set hold_days = 9")
            try await database.execute(
                "update listing set version = version + 1 where id = \(draft)")
            #expect(try await says(path) == "2025-04-04")
        }
    }

    @Test func `say of a category when something in it or below it was changed, and of the rest`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let kernel = shop.marketplace
            let kitchen = try await kernel.createCategory(named: "Kitchen", by: nil)
            let mugs = try await kernel.createCategory(named: "Mugs", under: kitchen.id, by: nil)
            let toys = try await kernel.createCategory(named: "Toys", by: nil)
            func file() async throws -> WebAnswer {
                try await Browser(shop.app).get("/sitemap/categories")
            }
            #expect(try await !file().text.contains("<lastmod>"), "nothing is for sale")
            let mug = try await kernel.createListing(
                ListingDraft(
                    title: "Mug", category: mugs.id,
                    variants: [VariantDraft(price: Money(2000, .eur), onHand: 5, grams: 400)]),
                as: maker.member
            ).listing.id
            #expect(try await !file().text.contains("<lastmod>"), "nobody sees a draft")
            try await kernel.publishListing(mug, as: maker.member)
            try await shop.market.database.execute(
                "update listing set changed_at = '2025-03-04T05:06:07Z'")

            let before = try await file()
            try await shop.market.database.execute(
                "update listing set version = version + 1 where id = \(mug)")
            let after = try await file()

            for path in ["/categories/mugs", "/categories/kitchen", "/"] {
                #expect(changed(path, before) == "2025-03-04", "\(path)")
                #expect(changed(path, after) == today, "\(path)")
            }
            #expect(after.text.contains("/categories/\(toys.slug)</loc></url>"))
        }
    }

    @Test func `are sent once to whoever keeps them, and again when they have changed`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            _ = try await shop.thing("Cup", by: maker)
            let browser = Browser(shop.app)
            let month = "\(StatementMonth(of: .systemNow))"

            for path in [
                "/robots.txt", "/sitemap.xml", "/sitemap/categories", "/sitemap/makers",
                "/sitemap/\(month)",
            ] {
                let first = try await browser.get(path)
                let tag = try #require(first.header("etag"), "\(path)")
                let again = try await browser.raw("GET", path, headers: [("if-none-match", tag)])
                let other = try await browser.raw(
                    "GET", path, headers: [("if-none-match", "W/\"0123\"")])
                #expect(first.status == 200)
                #expect(again.status == 304 && again.body.isEmpty, "\(path)")
                #expect(again.header("etag") == tag)
                #expect(other.status == 200 && other.text == first.text)
            }
            let before = try await browser.get("/sitemap/\(month)").header("etag")
            _ = try await shop.thing("Bowl", by: maker)
            #expect(try await browser.get("/sitemap/\(month)").header("etag") != before)
        }
    }
}
