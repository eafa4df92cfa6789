import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Saying at the desk what a thing is like` {
    private struct Asked {
        let vases: Kernel.Category
        let boards: Kernel.Category

        init(_ desk: Desk) async throws {
            let kernel = desk.kernel
            vases = try await kernel.createCategory(named: "Vases", by: nil)
            boards = try await kernel.createCategory(named: "Boards", by: nil)
            let material = try await kernel.createAttribute(
                AttributeDraft(name: "Material", names: CategoryNames(de: "Werkstoff")),
                kind: .choice, in: vases.id, by: nil)
            for name in ["Stoneware", "Porcelain"] {
                try await kernel.addAttributeValue(
                    AttributeValueDraft(name: name), to: material.id, by: nil)
            }
            try await kernel.createAttribute(
                AttributeDraft(name: "Height", unit: "cm", least: 1, most: 300, position: 1),
                kind: .number, in: vases.id, by: nil)
            try await kernel.createAttribute(
                AttributeDraft(name: "Made to order", position: 2), kind: .flag, in: nil,
                by: nil)
        }
    }

    @Test func `the fields are there once it has a category, and go when it has another`()
        async throws
    {
        try await Desk.run { desk in
            let asked = try await Asked(desk)
            let browser = try await desk.colleague(.owner)
            let details = try await desk.listing("Vase")
            let path = "/listings/\(details.listing.id)"
            let first = try await browser.get(path)
            #expect(first.text.contains("Choose a category and save"))
            #expect(!first.text.contains("Stoneware"))

            let placed = try await browser.submit(first, path, ["category": "\(asked.vases.id)"])
            #expect(placed.text.contains("Porcelain") && placed.text.contains("Height (cm)"))
            let said = try await browser.submit(
                placed, path,
                [
                    "attributes.0.values": "stoneware", "attributes.1.number": "24",
                    "attributes.2.values": "yes",
                ])
            #expect(said.text.contains(#"value="stoneware" checked"#), "\(said.text)")
            func now() async throws -> [ListingAttribute] {
                try await desk.kernel.listing(details.listing.id, as: desk.shop.member)
                    .attributes
            }
            #expect(
                try await now() == [
                    ListingAttribute("material", values: ["stoneware"]),
                    ListingAttribute("height", number: 24),
                    ListingAttribute("made-to-order", values: ["yes"]),
                ])

            let moved = try await browser.submit(said, path, ["category": "\(asked.boards.id)"])
            #expect(moved.text.contains("and left out: Material, Height."))
            #expect(try await now() == [ListingAttribute("made-to-order", values: ["yes"])])
        }
    }

    @Test func `what was typed stands there when it is refused, with the reason at the input`()
        async throws
    {
        try await Desk.run { desk in
            let asked = try await Asked(desk)
            let browser = try await desk.colleague(.owner)
            let details = try await desk.listing("Vase")
            let path = "/listings/\(details.listing.id)"
            let placed = try await browser.submit(
                try await browser.get(path), path, ["category": "\(asked.vases.id)"])

            let refused = try await browser.submit(
                placed, path,
                [
                    "attributes.0.values": "porcelain", "attributes.1.number": "301",
                    "attributes.2.values": "no",
                ])

            #expect(refused.status == 422)
            #expect(refused.text.contains("“Height” is a whole number from 1 to 300."))
            #expect(refused.text.contains(#"value="porcelain" checked"#))
            #expect(refused.text.contains(#"name="attributes.1.number" value="301""#))
            #expect(refused.text.contains(#"value="no" selected"#))
        }
    }
}
