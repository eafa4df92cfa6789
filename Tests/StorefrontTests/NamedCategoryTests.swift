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

    @Test func `finds the same for a program that asks in that language`() async throws {
        try await OpenShop.run { shop in
            let ceramics = try await shop.marketplace.createCategory(
                named: "Ceramics", names: CategoryNames(de: "Keramik", fr: "Céramique"), by: nil)
            _ = try await shop.market.given.listing(
                "Meadow Vase", by: try await shop.market.given.verifiedSeller(),
                category: ceramics.id)
            func found(_ text: String, in language: String) async throws -> Bool {
                let asked = "text=\(text)"
                let headers = [("accept-language", language)]
                let program = Browser(shop.app)
                let things = try await program.send(
                    "GET", "/api/v1/listings?\(asked)", headers: headers)
                let facets = try await program.send(
                    "GET", "/api/v1/facets?\(asked)", headers: headers)
                let isFound = things.text.contains("Meadow Vase")
                #expect(facets.text.contains("\"count\":1") == isFound, "\(text) in \(language)")
                return isFound
            }

            #expect(try await found("Keramik", in: "de-AT,de;q=0.9"))
            #expect(try await found("c%C3%A9ramique", in: "fr"))
            #expect(try await !found("Keramik", in: "fr"))
        }
    }
}
