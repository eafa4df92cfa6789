import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Options of a thing` {
    private func matrix(_ options: (String, [String])...) -> OptionMatrix {
        OptionMatrix(options.map { OptionMatrix.Option(name: $0.0, values: $0.1) })
    }

    @Test func `every combination is a variant, the last option changing fastest`() {
        #expect(matrix().combinations == [[]])
        #expect(
            matrix(("Size", ["S", "L"]), ("Colour", ["Blue", "Red"])).combinations
                == [["S", "Blue"], ["S", "Red"], ["L", "Blue"], ["L", "Red"]])
        let many = (1...11).map(String.init)
        #expect(matrix(("A", many), ("B", many)).combinations == nil)
        #expect(
            matrix(("A", Array(many.prefix(10))), ("B", Array(many.prefix(10))))
                .combinations?.count == 100)
    }

    @Test func `what is there goes on as it was, and what is new is like the model`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let made = try await kernel.createListing(
                ListingDraft(
                    title: "Mug", optionNames: ["Size"],
                    variants: [
                        VariantDraft(
                            price: Money(1900, .eur), options: ["Small"], sku: "S", onHand: 4),
                        VariantDraft(
                            price: Money(2900, .eur), options: ["Large"], sku: "L", onHand: 7),
                    ]), as: seller.member)
            let model = VariantDraft(price: Money(2500, .eur), onHand: 2)
            func apply(_ wanted: OptionMatrix) async throws -> ListingDetails {
                let present = try await kernel.listing(made.listing.id, as: seller.member)
                return try await kernel.editListing(
                    made.listing.id, try wanted.draft(changing: present, model: model),
                    as: seller.member)
            }

            let coloured = try await apply(
                matrix(("Size", ["Small", "Large"]), ("Colour", ["Blue", "Red"])))
            #expect(coloured.variants.map(\.options.last) == ["Blue", "Red", "Blue", "Red"])
            #expect(coloured.variants.map(\.sku) == ["S", nil, "L", nil])
            #expect(coloured.variants.map(\.price.amount) == [1900, 2500, 2900, 2500])
            #expect(coloured.variants.map(\.onHand) == [4, 2, 7, 2])
            #expect(coloured.variants[0].id == made.variants[0].id)
            #expect(
                OptionMatrix(coloured).options.map(\.values) == [
                    ["Small", "Large"], ["Blue", "Red"],
                ])

            let renamed = try await apply(matrix(("Size", ["Small", "Large"])))
            #expect(renamed.variants.map(\.id) == made.variants.map(\.id))
            #expect(renamed.variants.map(\.onHand) == [4, 7])
            let french = try await apply(matrix(("Taille", ["Small", "Large"])))
            #expect(french.variants.map(\.id) == made.variants.map(\.id))
            #expect(french.listing.optionNames == ["Taille"])
            let more = try await apply(matrix(("Größe", ["Tiny", "Large", "Small"])))
            #expect(more.variants.map(\.sku) == [nil, "L", "S"])
            #expect(more.variants.map(\.onHand) == [2, 7, 4])
            let both = try await apply(
                matrix(("Glaze", ["Matt", "Shiny"]), ("Size", ["Small", "Large"])))
            #expect(both.variants.map(\.sku) == ["S", "L", nil, nil])
            let other = try await apply(matrix(("Weight", ["Light", "Heavy"])))
            #expect(other.variants.map(\.sku) == [nil, nil])
        }
    }

    @Test func `what makes no sense is refused by name`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let thing = try await kernel.publishedListing("Mug", by: seller.member)
            let model = VariantDraft(price: Money(2500, .eur))
            let many = (1...101).map(String.init)
            #expect(throws: ListingRefusal.tooManyVariants) {
                try matrix(("Size", many)).draft(changing: thing, model: model)
            }
            #expect(throws: ListingRefusal.tooManyOptions) {
                try matrix(("A", ["1"]), ("B", ["1"]), ("C", ["1"]), ("D", ["1"]))
                    .draft(changing: thing, model: model)
            }
            let refused = #expect(throws: InputRefusal.self) {
                try matrix(("A", ["1"]), ("B", [])).draft(changing: thing, model: model)
            }
            #expect(refused?.field == "options.1.values")
        }
    }

    @Test func `a picture shows a variant only of its own listing`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            let bowl = try await kernel.publishedListing("Bowl", by: seller.member)
            func picture(_ listing: ListingDetails) async throws -> ID<ListingImage> {
                try await kernel.addImage(
                    MarketSide.picture, alt: "Front", to: listing.listing.id, as: seller.member
                ).id
            }
            let (own, foreign) = (try await picture(mug), try await picture(bowl))
            let variant = mug.variants[1].id
            func shown() async throws -> [ID<ListingImage>?] {
                try await kernel.listing(mug.listing.id, as: seller.member).variants.map(\.image)
            }

            try await kernel.setPictures(
                [(variant, own)], of: mug.listing.id, as: seller.member)
            #expect(try await shown() == [nil, own])
            await #expect(throws: ListingRefusal.variantUnknown) {
                try await kernel.setPictures(
                    [(variant, foreign)], of: mug.listing.id, as: seller.member)
            }
            await #expect(throws: ListingRefusal.variantUnknown) {
                try await kernel.setPictures(
                    [(bowl.variants[0].id, own)], of: mug.listing.id, as: seller.member)
            }
            #expect(try await shown() == [nil, own])
            try await kernel.setPictures(
                [(variant, nil)], of: mug.listing.id, as: seller.member)
            #expect(try await shown() == [nil, nil])
        }
    }
}
