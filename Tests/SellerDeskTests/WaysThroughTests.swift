import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Ways through the desk` {
    @Test func `the movements of any variant are one click away`() async throws {
        try await Desk.run { desk in
            let listing = try await desk.market.given.listing("Bowl", by: desk.shop, stock: 50)
            let browser = try await desk.colleague(.owner)
            let link = "href=\"/stock/\(listing.variant)\""

            // It is not scarce.
            #expect(!(try await browser.get("/stock").text.contains(link)))
            for path in ["/listings/\(listing.id)", "/listings/prices"] {
                #expect(try await browser.get(path).text.contains(link), "\(path)")
            }
            #expect(try await browser.get("/stock/\(listing.variant)").text.contains("counted"))
        }
    }

    @Test func `the stock page goes on where it ends`() async throws {
        try await Desk.run { desk in
            for number in 1...3 { _ = try await desk.listing("Bowl \(number)") }
            let browser = try await desk.colleague(.catalogue)

            let first = try await browser.get("/stock?limit=2").text
            let link = try #require(first.components("href=\"/stock?after=").last)
            #expect(first.components("data-label=\"In stock\"").count == 3)
            let rest = try await browser.get("/stock?after=\(link.prefix { $0 != "\"" })").text

            #expect(rest.components("data-label=\"In stock\"").count == 2)
            #expect(!rest.contains("/stock?after="))
            let seen = (1...3).filter { (first + rest).contains(">Bowl \($0)<") }
            #expect(seen == [1, 2, 3])
        }
    }

    @Test func `the shop is one click away from what it shows, and from nothing else`()
        async throws
    {
        try await Desk.run { desk in
            let listing = try await desk.listing("Bowl").listing.id
            let draft = try await desk.kernel.createListing(
                ListingDraft(title: "Vase", variants: [VariantDraft(price: Money(900, .eur))]),
                as: desk.shop.member
            ).listing.id
            let browser = try await desk.colleague(.owner)
            let shop = desk.kernel.settings.storefrontURL
            let slug = try await desk.kernel.seller(desk.shop.id).slug

            #expect(
                try await browser.get("/listings/\(listing)").text
                    .contains("<a href=\"\(shop)/listings/\(listing)\">See it in the shop</a>"))
            #expect(!(try await browser.get("/listings/\(draft)").text.contains("in the shop")))
            #expect(
                try await browser.get("/").text
                    .contains("<a href=\"\(shop)/makers/\(slug)\">See it in the shop</a>"))
            try await desk.market.database.execute(
                "update seller set state = 'suspended' where id = \(desk.shop.id)")
            #expect(!(try await browser.get("/").text.contains("See it in the shop")))
        }
    }

    @Test func `countries and currencies are chosen by name`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            browser.setCookie("guildhall_language", "de")

            let profile = try await browser.get("/shop")
            #expect(
                profile.text.contains("<option value=\"DE\" selected>Deutschland</option>"))
            #expect(profile.text.contains("<option value=\"AT\">Österreich</option>"))
            #expect(!profile.text.contains("[A-Z]{2}"))
            let saved = try await browser.submit(profile, "/shop", ["country": "AT"])
            #expect(saved.status == 200)
            #expect(try await desk.kernel.seller(desk.shop.id).country == "AT")

            let money = try await browser.get("/money/statement?currency=CHF").text
            #expect(money.contains("<option value=\"CHF\" selected>CHF</option>"))

            let stranger = try await desk.visitor("Ada")
            let apply = try await stranger.get("/apply")
            #expect(apply.text.contains("<option value=\"\" selected>Choose a country</option>"))
            let refused = try await stranger.submit(
                apply, "/apply", ["name": "Ada's", "origin.city": "Bern"])
            #expect(refused.status == 422)
        }
    }
}
