import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `What is asked of things` {
    private static let all = [
        ListingAttribute("material", values: ["stoneware", "raku"]),
        ListingAttribute("height", number: 24), ListingAttribute("made-to-order", values: ["yes"]),
    ]

    @Test func `is asked in a category and in all below it`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let kernel = pottery.kernel

            func handles(_ category: Kernel.Category?) async throws -> [String] {
                try await kernel.attributes(askedIn: category?.id).map(\.handle)
            }
            #expect(try await handles(pottery.ceramics) == ["material", "made-to-order"])
            #expect(
                try await handles(pottery.vases) == ["material", "height", "made-to-order"])
            #expect(try await handles(pottery.wood) == ["made-to-order"])
            #expect(try await handles(nil) == ["made-to-order"])

            let vase = try await pottery.thing("Vase", in: pottery.vases, Self.all)
            let read = try await kernel.listing(vase.listing.id, as: pottery.seller.member)
            #expect(read.attributes == Self.all)
            let shown = try await kernel.publicListing(vase.listing.id).attributes
            #expect(shown.map(\.name) == ["Material", "Height", "Made to order"])
            #expect(shown[0].values.map(\.name) == ["Stoneware", "Raku"])
            #expect(shown[1].number == 24 && shown[1].unit == "cm")
        }
    }

    @Test func `what is not asked, not offered or out of bounds is refused at its field`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let cases: [(ListingAttribute, String)] = [
                (ListingAttribute("height", number: 12), "attributes.0.attribute"),
                (ListingAttribute("nothing", values: ["a"]), "attributes.0.attribute"),
                (ListingAttribute("material", values: ["glass"]), "attributes.0.values"),
                (ListingAttribute("material", number: 3), "attributes.0.values"),
                (
                    ListingAttribute("made-to-order", values: ["yes", "no"]),
                    "attributes.0.values"
                ),
            ]
            for (said, field) in cases {
                let refused = await #expect(throws: InputRefusal.self) {
                    try await pottery.thing("Bowl", in: pottery.ceramics, [said])
                }
                #expect(refused?.field == field, "\(said)")
            }
            let tall = await #expect(throws: InputRefusal.self) {
                try await pottery.thing(
                    "Vase", in: pottery.vases, [ListingAttribute("height", number: 301)])
            }
            #expect(tall?.field == "attributes.0.number")
        }
    }

    /// Whatever a program of tomorrow forgets to check.
    @Test func `the database keeps what does not fit out by itself`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let vase = try await pottery.thing("Vase", in: pottery.vases, []).listing.id
            let board = try await pottery.thing("Board", in: pottery.wood, []).listing.id
            let stoneware = try #require(pottery.material.values.first).id
            let yes = try #require(pottery.order.values.first).id
            let no = try #require(pottery.order.values.last).id

            func refused(_ constraint: String, _ statement: SQL) async {
                let error = await #expect(throws: PostgresError.self) {
                    try await market.database.execute(statement)
                }
                #expect(error?.constraint == constraint)
            }
            func say(
                _ listing: ID<Listing>, _ attribute: Attribute, _ kind: String,
                _ value: ID<AttributeValue>?, _ number: Int?
            ) -> SQL {
                """
                insert into listing_attribute (listing_id, attribute_id, kind, value_id, number)
                values (\(listing), \(attribute.id), \(kind), \(value), \(number))
                """
            }
            let (material, height) = (pottery.material, pottery.height)
            await refused(
                "listing_attribute_category", say(board, material, "choice", stoneware, nil))
            await refused(
                "listing_attribute_value_fkey", say(vase, material, "choice", yes, nil))
            await refused("listing_attribute_kind_fkey", say(vase, material, "number", nil, 3))
            await refused("listing_attribute_shape", say(vase, height, "number", yes, nil))
            await refused("listing_attribute_number", say(vase, height, "number", nil, 301))
            try await market.database.execute(say(vase, pottery.order, "flag", yes, nil))
            await refused("listing_attribute_one", say(vase, pottery.order, "flag", no, nil))
            try await market.database.execute(say(vase, height, "number", nil, 20))
            await refused(
                "attribute_bounds_used", "update attribute set least = 21 where id = \(height.id)")
            await refused(
                "attribute_stays",
                "update attribute set category_id = null where id = \(height.id)")
        }
    }

    @Test func `a thing that comes into another category keeps what is asked there`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let vase = try await pottery.thing("Vase", in: pottery.vases, Self.all)
            let whole = ["height:24", "made-to-order:yes", "material:raku", "material:stoneware"]
            #expect(try await pottery.terms(of: vase) == whole)

            let bowl = try await pottery.edit(vase) { $0.category = pottery.ceramics.id }
            #expect(bowl.attributes.map(\.attribute) == ["material", "made-to-order"])
            let board = try await pottery.edit(bowl) { $0.category = pottery.wood.id }
            #expect(board.attributes == [ListingAttribute("made-to-order", values: ["yes"])])
            #expect(try await pottery.terms(of: board) == ["made-to-order:yes"])

            // The category itself moves away from where the material is asked.
            let other = try await pottery.thing("Other", in: pottery.vases, Self.all)
            try await pottery.kernel.changeCategory(
                pottery.vases.id,
                to: CategoryDraft(
                    name: "Vases", slug: "vases", parent: pottery.wood.id, position: 0,
                    taxCode: "standard"), by: pottery.admin.id)
            #expect(try await pottery.terms(of: other) == ["height:24", "made-to-order:yes"])
        }
    }

    @Test func `nobody says anything of another shop's thing`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let vase = try await pottery.thing("Vase", in: pottery.vases, Self.all)
            let other = try await market.given.verifiedSeller("Other")
            var draft = ListingDraft(vase)
            draft.attributes = []

            await #expect(throws: ListingRefusal.unknown) {
                try await pottery.kernel.editListing(vase.listing.id, draft, as: other.member)
            }
            #expect(try await pottery.terms(of: vase).count == 4)
        }
    }

    @Test func `what is retired is kept unseen, and comes back`() async throws {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            let kernel = pottery.kernel
            let vase = try await pottery.thing("Vase", in: pottery.vases, Self.all)
            let raku = try #require(pottery.material.values.last).id
            func shown() async throws -> [[String]] {
                try await kernel.publicListing(vase.listing.id).attributes.map {
                    [$0.handle] + $0.values.map(\.handle)
                }
            }

            try await kernel.retireAttribute(
                pottery.height.id, reason: "Nobody asks.", by: pottery.admin.id)
            try await kernel.retireAttributeValue(
                raku, of: pottery.material.id, reason: nil, by: pottery.admin.id)
            #expect(
                try await shown() == [["material", "stoneware"], ["made-to-order", "yes"]])
            #expect(try await kernel.attribute(pottery.height.id).listings == 1)
            #expect(try await kernel.attribute(pottery.material.id).listingsByValue[raku] == 1)
            // What the shop saves meanwhile takes nothing of it away.
            _ = try await pottery.edit(vase) {
                $0.attributes = [ListingAttribute("material", values: ["porcelain"])]
            }

            try await kernel.retireAttribute(
                pottery.height.id, false, reason: nil, by: pottery.admin.id)
            try await kernel.retireAttributeValue(
                raku, of: pottery.material.id, false, reason: nil, by: pottery.admin.id)
            #expect(try await shown() == [["material", "porcelain", "raku"], ["height"]])
            let trail = try await kernel.auditTrail(
                .object(kind: "attribute", id: pottery.height.id.description), PageRequest())
            #expect(
                trail.items.map(\.action) == [
                    "attribute.restored", "attribute.retired", "attribute.created",
                ])
            #expect(trail.items[1].reason == "Nobody asks.")
        }
    }

    @Test func `bounds that things are out of, and a short name that is taken, are refused`()
        async throws
    {
        try await TestMarketplace.run { market in
            let pottery = try await Pottery(market)
            try await pottery.thing("Vase", in: pottery.vases, Self.all)
            let (kernel, admin) = (pottery.kernel, pottery.admin.id)

            await #expect(throws: AttributeRefusal.boundsUsed(1)) {
                try await kernel.changeAttribute(
                    pottery.height.id, to: AttributeDraft(name: "Height", least: 30, most: 90),
                    reason: nil, by: admin)
            }
            await #expect(throws: AttributeRefusal.handleTaken) {
                try await kernel.createAttribute(
                    AttributeDraft(name: "Material"), kind: .flag, in: nil, by: admin)
            }
            await #expect(throws: AttributeRefusal.handleTaken) {
                try await kernel.addAttributeValue(
                    AttributeValueDraft(name: "Raku!"), to: pottery.material.id, by: admin)
            }
            await #expect(throws: AttributeRefusal.notChosenFrom) {
                try await kernel.addAttributeValue(
                    AttributeValueDraft(name: "Perhaps"), to: pottery.order.id, by: admin)
            }
            await #expect(throws: AttributeRefusal.categoryUnknown) {
                try await kernel.createAttribute(
                    AttributeDraft(name: "Age"), kind: .number, in: ID(), by: admin)
            }
        }
    }
}
