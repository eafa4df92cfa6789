import TestSupport
import Testing

@Suite struct `The page of the API` {
    @Test func `shows what programs write as code`() async throws {
        try await OpenShop.run { shop in
            let page = try await Browser(shop.app).get("/docs").text

            #expect(page.contains("Typing errors in <code>text</code> are forgiven, and"))
            #expect(page.contains("the language of <code>Accept-Language</code>. Pages go on"))
            #expect(!page.contains("`"))
        }
    }
}
