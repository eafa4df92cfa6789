import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What is asked of things, at the back office` {
    @Test func `is defined, worded and retired by forms that say how many it concerns`()
        async throws
    {
        try await Office.run { office in
            let kernel = office.market.marketplace
            let vases = try await kernel.createCategory(named: "Vases", by: nil)
            let made = try await office.submit(
                [
                    ("name", "Glaze"), ("nameDe", "Glasur"), ("nameFr", "Émail"),
                    ("kind", "choice"), ("category", "\(vases.id)"), ("isFacet", "true"),
                    ("position", "2"), ("handle", ""), ("unit", ""), ("least", ""), ("most", ""),
                ], to: "/attributes", on: "/attributes")
            #expect(made.status == 303)
            let glaze = try #require(try await kernel.attributes().first)
            #expect(glaze.handle == "glaze" && glaze.names.fr == "Émail")
            let page = "/attributes/\(glaze.id)"
            let added = try await office.submit(
                [("name", "Celadon"), ("nameDe", "Seladon"), ("position", "1")],
                to: page + "/values", on: page)
            #expect(added.status == 303)
            let seller = try await office.market.given.verifiedSeller()
            var draft = ListingDraft(
                title: "Vase", category: vases.id,
                variants: [VariantDraft(price: Money(2000, .eur), onHand: 1)])
            draft.attributes = [ListingAttribute("glaze", values: ["celadon"])]
            _ = try await kernel.createListing(draft, as: seller.member)

            let shown = try await office.get(page)
            #expect(shown.text.contains("What is said of 1 thing is kept"))
            #expect(shown.text.contains("Seladon"))
            let category = try await office.get("/categories/\(vases.id)")
            #expect(category.text.contains("Asked of its things"))
            #expect(category.text.contains(page))
            let silent = try await office.submit(
                [("reason", "")], to: page + "/retirement", on: page)
            #expect(silent.status == 422)
            let retired = try await office.submit(
                [("reason", "Nobody asks.")], to: page + "/retirement", on: page)
            #expect(retired.status == 303)
            #expect(try await kernel.attributes(askedIn: vases.id).isEmpty)
        }
    }

    @Test func `what was typed is kept when it is refused`() async throws {
        try await Office.run { office in
            let refused = try await office.submit(
                [
                    ("name", "Height & more"), ("kind", "number"), ("unit", "cm"),
                    ("least", "20"), ("most", "10"), ("isFacet", "true"), ("position", "0"),
                ], to: "/attributes", on: "/attributes")

            #expect(refused.status == 422)
            #expect(refused.text.contains("Height &amp; more"))
            #expect(refused.text.contains("The bounds lie between 0 and 1,000,000"))
            #expect(try await office.market.marketplace.attributes().isEmpty)
        }
    }
}
