import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `The wish list of a guest` {
    /// Puts a thing on it from the thing's page.
    private func wish(_ thing: ID<Listing>, _ browser: Browser) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get("/listings/\(thing)"), "/listings/\(thing)/wish")
    }

    @Test func `is kept with the browser, the newest first, and what is on it is taken off`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker)
            let jug = try await shop.thing("Jug", by: maker)
            let browser = Browser(shop.app)

            let page = try await wish(cup.listing, browser)
            try await shop.marketplace.moveClock(by: .seconds(60), as: nil)
            _ = try await wish(jug.listing, browser)
            let both = try await browser.get("/wishes")
            let one = try await browser.submit(both, "/wishes/\(cup.listing)/removal")
            let other = try await Browser(shop.app).get("/wishes")

            #expect(page.text.contains("It is on your wish list."))
            #expect(page.text.contains("/wishes/\(cup.listing)/removal"))
            let first = try #require(both.text.firstRange(of: ">Jug<"))
            let second = try #require(both.text.firstRange(of: ">Cup<"))
            #expect(first.lowerBound < second.lowerBound)
            #expect(both.text.contains("It is kept in this browser for a month."))
            #expect(!one.text.contains(">Cup<") && one.text.contains(">Jug<"))
            #expect(other.text.contains("There is nothing on it yet."))
        }
    }

    @Test
    func `goes on in the account with which the guest signs in, and is gone from the browser`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker)
            let jug = try await shop.thing("Jug", by: maker)
            let browser = Browser(shop.app)
            try await shop.register(browser)
            _ = try await wish(cup.listing, browser)
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")
            _ = try await wish(jug.listing, browser)
            _ = try await wish(cup.listing, browser)
            let guest = try await browser.get("/wishes")

            _ = try await browser.submit(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": "grace@example.test", "password": "a long sentence of words"])
            let merged = try await browser.get("/wishes")
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")
            let after = try await browser.get("/wishes")

            #expect(guest.text.contains(">Cup<") && guest.text.contains(">Jug<"))
            #expect(merged.text.components(separatedBy: ">Cup<").count == 2)
            #expect(merged.text.contains(">Jug<"))
            #expect(!merged.text.contains("It is kept in this browser"))
            #expect(after.text.contains("There is nothing on it yet."))
        }
    }

    @Test func `has an end, and nothing on it that is not for sale`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker)
            let browser = Browser(shop.app)
            let store = GuestWishes(redis: TestWeb.redis)
            let name = "\(ID<Listing>())"
            let now = try await shop.marketplace.marketNow()

            for _ in 0..<GuestWishes.countMax { try await store.add(ID(), of: name, at: now) }
            await #expect(throws: GuestWishRefusal.tooMany) {
                try await store.add(cup.listing, of: name, at: now)
            }
            let page = try await browser.get("/listings/\(cup.listing)")
            try await shop.marketplace.archiveListing(cup.listing, as: maker.member)
            let refused = try await browser.submit(page, "/listings/\(cup.listing)/wish")

            #expect(try await store.list(of: name).count == GuestWishes.countMax)
            #expect(refused.status == 404)
            let kept = try await browser.send("GET", "/api/v1/wishes").text
            #expect(!kept.contains("\(cup.listing)"))
        }
    }

    @Test func `is the same for programs`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)

            let put = try await browser.send("PUT", "/api/v1/wishes/\(cup.listing)")
            let list = try await browser.send("GET", "/api/v1/wishes")
            let page = try await browser.get("/wishes")

            #expect(put.status < 300)
            #expect(list.text.contains("\(cup.listing)"))
            #expect(page.text.contains(">Cup<"))
        }
    }
}
