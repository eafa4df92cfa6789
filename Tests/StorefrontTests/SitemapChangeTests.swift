import TestSupport
import Testing
import Vocabulary
import Web

@testable import Kernel

@Suite struct `The files of the sitemap` {
    private func changed(_ thing: ID<Listing>, _ file: WebAnswer) -> String? {
        file.text.components(separatedBy: "/listings/\(thing)</loc><lastmod>").dropFirst().first
            .map { String($0.prefix { $0 != "<" }) }
    }

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
            #expect(changed(cup.listing, after) == String(Instant.systemNow.description.prefix(10)))
            #expect(changed(bowl.listing, after) == "2025-01-02")
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
