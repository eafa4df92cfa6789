import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A listing before whoever moderates` {
    @Test func `shows all that it says and shows, in any state`() async throws {
        try await Office.run { office in
            let kernel = office.market.marketplace
            let seller = try await office.market.given.verifiedSeller("Clay")
            let made = try await kernel.createListing(
                ListingDraft(
                    title: "Bowl", description: "Thrown <by> hand.\n\nOf red clay.",
                    tags: ["gift", "blue"],
                    variants: [VariantDraft(price: Money(1950, .eur), sku: "B-1", onHand: 3)]),
                as: seller.member)
            let id = made.listing.id
            try await kernel.addImage(
                MarketSide.picture, alt: "A <bowl>", to: id, as: seller.member)
            try await office.market.worker().drain()
            let path = "/listings/\(id)"

            let draft = try await office.get(path, as: .catalogue)
            try await kernel.publishListing(id, as: seller.member)
            let published = try await office.get(path, as: .support)
            _ = try await office.post(
                "/api/v1\(path)/block", #"{"reason": "It is a copy."}"#, as: .catalogue)
            let blocked = try await office.get(path, as: .catalogue)

            let hash = ContentHash(of: MarketSide.picture)
            let shop = "\(kernel.settings.storefrontURL)\(path)"
            for page in [draft, published, blocked] {
                #expect(
                    page.text.contains(
                        "<blockquote class=\"words\">Thrown &lt;by&gt; hand.\n\nOf red clay."))
                #expect(
                    page.text.contains(
                        "<a href=\"/media/\(hash)\"><img src=\"/media/\(hash)/320.jpg\""))
                #expect(page.text.contains("alt=\"A &lt;bowl&gt;\""))
                #expect(page.text.contains("B-1") && page.text.contains("gift, blue"))
            }
            #expect(!draft.text.contains(shop), "it is in no shop")
            #expect(published.text.contains("href=\"\(shop)\""))
            #expect(!blocked.text.contains(shop))
            #expect(blocked.text.contains("Let it be published again"))
        }
    }

    @Test func `that says nothing says so, and its pictures are called by its name`()
        async throws
    {
        try await Office.run { office in
            let seller = try await office.market.given.verifiedSeller("Clay")
            let made = try await office.market.marketplace.createListing(
                ListingDraft(
                    title: "Bowl", variants: [VariantDraft(price: Money(1950, .eur))]),
                as: seller.member)
            try await office.market.marketplace.addImage(
                MarketSide.picture, alt: "", to: made.listing.id, as: seller.member)
            let before = try await office.get("/listings/\(made.listing.id)")
            try await office.market.worker().drain()

            let page = try await office.get("/listings/\(made.listing.id)", in: "de")

            #expect(page.text.contains("Dort steht nichts."))
            #expect(!page.text.contains("<blockquote"))
            #expect(!before.text.contains("/media/"), "it cannot be shown yet")
            #expect(page.text.contains("alt=\"Bowl\""))
        }
    }
}
