import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Looking for things by what is said of them` {
    private func shop(_ shop: OpenShop) async throws -> (mug: ID<Listing>, vase: ID<Listing>) {
        let kernel = shop.market.marketplace
        let ceramics = try await kernel.createCategory(
            named: "Ceramics", slug: "ceramics", by: nil)
        let material = try await kernel.createAttribute(
            AttributeDraft(name: "Material", names: CategoryNames(de: "Werkstoff")),
            kind: .choice, in: ceramics.id, by: nil)
        for (name, german) in [("Stoneware", "Steinzeug"), ("Porcelain <fine>", "Porzellan")] {
            try await kernel.addAttributeValue(
                AttributeValueDraft(name: name, names: CategoryNames(de: german)),
                to: material.id, by: nil)
        }
        try await kernel.createAttribute(
            AttributeDraft(name: "Height", unit: "cm", position: 1), kind: .number,
            in: ceramics.id, by: nil)
        let seller = try await shop.market.given.verifiedSeller("Clay")
        func thing(_ title: String, _ values: [String], _ height: Int) async throws
            -> ID<Listing>
        {
            var draft = ListingDraft(
                title: title, category: ceramics.id,
                variants: [VariantDraft(price: Money(2000, .eur), onHand: 3)])
            draft.attributes = [
                ListingAttribute("material", values: values),
                ListingAttribute("height", number: height),
            ]
            let made = try await kernel.createListing(draft, as: seller.member)
            try await kernel.publishListing(made.listing.id, as: seller.member)
            return made.listing.id
        }
        let mug = try await thing("Blue mug", ["stoneware"], 9)
        return (mug, try await thing("Moon vase", ["porcelain-fine"], 31))
    }

    @Test func `a thing's page says it in the visitor's language, and to search engines`()
        async throws
    {
        try await OpenShop.run { shop in
            let (_, vase) = try await self.shop(shop)
            let browser = Browser(shop.app)

            let page = try await browser.get("/listings/\(vase)")
            #expect(page.text.contains("<dt>Material</dt><dd>Porcelain &lt;fine&gt;</dd>"))
            #expect(page.text.contains("<dt>Height</dt><dd>31\u{a0}cm</dd>"))
            #expect(page.text.contains("\"additionalProperty\":["))
            #expect(page.text.contains("\"unitText\":\"cm\""))
            let german = try await browser.raw(
                "GET", "/listings/\(vase)", headers: [("accept-language", "de")])
            #expect(german.text.contains("<dt>Werkstoff</dt><dd>Porzellan</dd>"))
            let json = try await browser.raw("GET", "/api/v1/listings/\(vase)")
            #expect(json.text.contains("\"handle\" : \"porcelain-fine\""), "\(json.text)")
        }
    }

    @Test func `lists are narrowed by links, by several values at once, and by programs`()
        async throws
    {
        try await OpenShop.run { shop in
            _ = try await self.shop(shop)
            let browser = Browser(shop.app)

            let all = try await browser.get("/categories/ceramics")
            #expect(all.text.contains("/categories/ceramics?attribute=material%3Astoneware"))
            #expect(all.text.contains("/categories/ceramics?attribute=height%3A31..31"))
            let one = try await browser.get("/categories/ceramics?attribute=material%3Astoneware")
            #expect(one.text.contains("Blue mug") && !one.text.contains("Moon vase"))
            #expect(one.text.contains("Material: Stoneware"))
            #expect(
                one.text.contains(
                    #"<input type="hidden" name="attribute" value="material:stoneware">"#))
            let both =
                "attribute=material%3Astoneware&amp;attribute=material%3Aporcelain-fine"
            #expect(one.text.contains(both), "the other value stays to be chosen as well")
            let two = try await browser.get(
                "/search?" + both.replacing("&amp;", with: "&"))
            #expect(two.text.contains("Blue mug") && two.text.contains("Moon vase"))
            // What makes no sense is left out.
            let odd = try await browser.get("/search?attribute=nothing:x&attribute=%00%FF&text=")
            #expect([200, 400, 422].contains(odd.status))
            let unknown = try await browser.get("/search?attribute=nothing:x")
            #expect(unknown.status == 200 && unknown.text.contains("Moon vase"))

            let facets = try await browser.raw(
                "GET", "/api/v1/facets?category=ceramics&attribute=height:..10")
            #expect(facets.text.contains("material:stoneware"))
            #expect(facets.text.contains("height:31..31"))
            let cards = try await browser.raw("GET", "/api/v1/listings?attribute=height:..10")
            #expect(cards.text.contains("Blue mug") && !cards.text.contains("Moon vase"))
            let wrong = try await browser.raw("GET", "/api/v1/listings?attribute=Height")
            #expect(wrong.status == 422)
            let asked = try await browser.raw("GET", "/api/v1/attributes?category=ceramics")
            #expect(asked.text.contains("Steinzeug"))
        }
    }
}
