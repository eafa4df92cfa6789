import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Narrowing a list down by what is said of things` {
    /// Vases of 4 to 52 cm, the even ones of stoneware, every third one of porcelain too.
    private func market(_ market: TestMarketplace) async throws -> Pottery {
        let pottery = try await Pottery(market)
        for number in 1...13 {
            var material: [String] = number.isMultiple(of: 2) ? ["stoneware"] : ["raku"]
            if number.isMultiple(of: 3) { material.append("porcelain") }
            try await pottery.thing(
                "Vase \(number)", in: pottery.vases,
                [
                    ListingAttribute("material", values: material),
                    ListingAttribute("height", number: number * 4),
                ])
        }
        try await pottery.thing(
            "Bowl", in: pottery.ceramics, [ListingAttribute("material", values: ["raku"])])
        try await pottery.thing(
            "Board", in: pottery.wood, [ListingAttribute("made-to-order", values: ["yes"])])
        return pottery
    }

    private func count(_ query: CardQuery, _ kernel: Marketplace) async throws -> Int {
        try await kernel.cards(query, PageRequest(limit: 100)).items.count
    }

    @Test func `every count is how many things the narrowed list has`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await self.market(market)
            let kernel = pottery.kernel
            let starts: [[String]] = [
                [], ["material:stoneware"], ["height:10..29"],
                ["material:stoneware", "material:porcelain", "height:0..29"],
            ]
            for text in [nil, "vase", "vasse"] {
                for start in starts {
                    var query = CardQuery()
                    query.text = text
                    query.category = pottery.ceramics
                    query.attributes = AttributeWish.list(start)

                    let facets = try await kernel.facets(query).attributes

                    #expect(facets.map(\.attribute.handle) == ["material", "height"])
                    for facet in facets {
                        for choice in facet.choices {
                            var narrowed = query
                            narrowed.attributes.removeAll {
                                $0.attribute == facet.attribute.handle
                            }
                            narrowed.attributes += AttributeWish.list([choice.term])
                            let found = try await count(narrowed, kernel)
                            #expect(found == choice.count, "\(start) and \(choice.term)")
                            #expect(choice.isChosen == start.contains(choice.term))
                        }
                    }
                }
            }
        }
    }

    @Test func `values of one attribute are alternatives, attributes hold together`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await self.market(market)
            func titles(_ texts: String...) async throws -> Int {
                var query = CardQuery()
                query.attributes = AttributeWish.list(texts)
                return try await count(query, pottery.kernel)
            }

            #expect(try await titles("material:stoneware") == 6)
            #expect(try await titles("material:stoneware", "material:porcelain") == 8)
            #expect(try await titles("material:stoneware", "height:1..20") == 2)
            #expect(try await titles("height:..8", "height:50..") == 3)
            #expect(try await titles("made-to-order:yes") == 1)
            #expect(try await titles("material:glass") == 0)
        }
    }

    @Test func `numbers are put into bands that come back, few numbers stand alone`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await self.market(market)
            var query = CardQuery()
            query.category = pottery.vases
            let bands = try await pottery.kernel.facets(query).attributes
                .first { $0.attribute.handle == "height" }
            #expect(
                bands?.choices.map(\.term) == [
                    "height:0..9", "height:10..19", "height:20..29", "height:30..39",
                    "height:40..49", "height:50..59",
                ])
            query.attributes = AttributeWish.list(["material:porcelain"])
            let few = try await pottery.kernel.facets(query).attributes
                .first { $0.attribute.handle == "height" }
            #expect(
                few?.choices.map(\.term) == [
                    "height:12..12", "height:24..24", "height:36..36", "height:48..48",
                ])
        }
    }

    @Test func `what is no facet, or asked elsewhere, is not counted`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await self.market(market)
            let kernel = pottery.kernel
            func handles(_ category: Kernel.Category?) async throws -> [String] {
                var query = CardQuery()
                query.category = category
                return try await kernel.facets(query).attributes.map(\.attribute.handle)
            }
            #expect(try await handles(nil) == ["material", "height", "made-to-order"])
            #expect(try await handles(pottery.wood) == ["made-to-order"])

            try await kernel.changeAttribute(
                pottery.material.id, to: AttributeDraft(name: "Material", isFacet: false),
                reason: nil, by: pottery.admin.id)
            try await kernel.retireAttribute(
                pottery.height.id, reason: nil, by: pottery.admin.id)

            #expect(try await handles(nil) == ["made-to-order"])
            let wishes = AttributeWish.list(["material:raku", "made-to-order:yes", "height:1..2"])
            #expect(
                try await kernel.known(wishes) == AttributeWish.list(["made-to-order:yes"]))
        }
    }

    @Test func `what is no wish is left out, and too many are refused`() async throws {
        #expect(
            AttributeWish.list(["a", "a:", ":b", "A:b", "a:b:c", "a:x..", "a:-1..2"])
                .isEmpty)
        #expect(
            AttributeWish.list(["a:..", "b:10-20", "a:9..1"]) == [
                AttributeWish("a", ranges: [0...Attribute.numberMax, 1...9]),
                AttributeWish("b", values: ["10-20"]),
            ])
        try await TestMarketplace.run { market in
            var query = CardQuery()
            query.attributes = AttributeWish.list((1...21).map { "a:b\($0)" })
            let refused = await #expect(throws: InputRefusal.self) {
                try await market.marketplace.cards(query)
            }
            #expect(refused?.field == "attribute")
        }
    }
}
