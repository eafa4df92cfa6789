import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Photos in the shop` {
    @Test func `stand in pages in their widths, with room kept for them`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let thing = try await shop.thing("Blue mug", by: seller)
            for picture in [MarketSide.picture, MarketSide.picture + [0]] {
                try await shop.marketplace.addImage(
                    picture, alt: "A <mug>", to: thing.listing, as: seller.member)
            }
            let browser = Browser(shop.app)
            let before = try await browser.get("/listings/\(thing.listing)")
            #expect(before.text.contains("No picture yet"))

            try await shop.market.worker().drain()

            let hash = ContentHash(of: MarketSide.picture)
            let page = try await browser.get("/listings/\(thing.listing)").text
            #expect(
                page.contains(
                    """
                    <picture><source type="image/webp" srcset="/media/\(hash)/4.webp 4w" \
                    sizes="(max-width: 56rem) 94vw, 44rem">\
                    <img src="/media/\(hash)/640.jpg" srcset="/media/\(hash)/4.jpg 4w" \
                    sizes="(max-width: 56rem) 94vw, 44rem" alt="A &lt;mug&gt;" width="4" \
                    height="3" fetchpriority="high"></picture>
                    """), "\(page)")
            // The first is loaded at once, the second and the two small ones when they come near.
            #expect(page.components(separatedBy: "loading=\"lazy\"").count == 4)
            // Each has a place that a small one leads to, and leads to the whole of it.
            #expect(page.contains("<a id=\"picture-2\" href=\"/media/"))
            #expect(page.contains("<a href=\"#picture-2\""))
            let search = try await browser.get("/search").text
            #expect(search.contains("srcset=\"/media/\(hash)/4.webp 4w\""))
            #expect(!search.contains("loading=\"lazy\""))
        }
    }

    @Test func `are kept by browsers for good, under the name of their bytes`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let thing = try await shop.thing("Blue mug", by: seller)
            try await shop.marketplace.addImage(
                MarketSide.picture, alt: "", to: thing.listing, as: seller.member)
            let browser = Browser(shop.app)
            let path = "/media/\(ContentHash(of: MarketSide.picture))"
            #expect(try await browser.raw("GET", path + "/320.webp").status == 404)
            try await shop.market.worker().drain()

            let webp = try await browser.raw("GET", path + "/320.webp")

            #expect(webp.header("content-type") == "image/webp")
            #expect(webp.header("cache-control") == "public, max-age=31536000, immutable")
            #expect(webp.header("etag") == "\"\(ContentHash(of: webp.body))\"")
            #expect(webp.header("x-content-type-options") == "nosniff")
            let tag = try #require(webp.header("etag"))
            let known = try await browser.raw(
                "GET", path + "/320.webp", headers: [("if-none-match", tag)])
            #expect(known.status == 304)
            #expect(try await browser.raw("GET", path).header("content-type") == "image/jpeg")
            for wrong in ["/0.webp", "/320.png", "/x.webp", "/320", "/-1.jpg", "/3.2.0.jpg"] {
                #expect(try await browser.raw("GET", path + wrong).status == 404, "\(wrong)")
            }
        }
    }
}
