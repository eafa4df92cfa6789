import Kernel
import TestSupport
import Testing

@Suite struct `A search in the visitor's language` {
    @Test func `finds what is in the category of that name`() async throws {
        try await OpenShop.run { shop in
            let ceramics = try await shop.marketplace.createCategory(
                named: "Ceramics", names: CategoryNames(de: "Keramik", fr: "Céramique"), by: nil)
            _ = try await shop.market.given.listing(
                "Meadow Vase", by: try await shop.market.given.verifiedSeller(),
                category: ceramics.id)
            func found(_ text: String, in language: String) async throws -> Bool {
                let browser = Browser(shop.app)
                browser.setCookie("guildhall_language", language)
                let page = try await browser.get("/search?text=\(text)")
                #expect(page.status == 200)
                return page.text.contains("Meadow Vase")
            }

            #expect(try await found("Keramik", in: "de"))
            #expect(try await found("c%C3%A9ramique", in: "fr"))
            #expect(try await !found("Keramik", in: "fr"))
        }
    }
}
