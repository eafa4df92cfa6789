import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

extension Marketplace {
    /// A listing in two sizes that is for sale.
    func publishedListing(
        _ title: String, price: Int64 = 2500, stock: Int = 5, by member: SellerMember,
        category: ID<Category>? = nil
    ) async throws -> ListingDetails {
        var draft = ListingDraft(
            title: title, description: "Made by hand.", tags: ["gift"], optionNames: ["Size"],
            variants: [
                VariantDraft(price: Money(price, .eur), options: ["Small"], onHand: stock),
                VariantDraft(price: Money(price + 500, .eur), options: ["Large"], onHand: stock),
            ])
        draft.category = category
        let made = try await createListing(draft, as: member)
        try await publishListing(made.listing.id, as: member)
        return try await listing(made.listing.id, as: member)
    }
}

@Suite struct `Listings` {
    @Test func `a published listing is seen by customers as JSON`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let category = try await kernel.createCategory(named: "Bowls", by: nil)
            let made = try await kernel.publishedListing(
                "Blue “bowl”", by: seller.member, category: category.id)

            let shown = try await kernel.publicListing(made.listing.id)

            #expect(shown.title == "Blue “bowl”")
            #expect(shown.handle == "blue-bowl")
            #expect(shown.price == Money(2500, .eur))
            #expect(shown.variants.map(\.options) == [["Small"], ["Large"]])
            #expect(shown.variants.map(\.available) == [5, 5])
            #expect(shown.category?.slug == "bowls")
            #expect(shown.seller.id == seller.id)
            #expect(shown.inStock)
            #expect(shown.publishedAt != nil)
        }
    }

    @Test func `a draft is nobody's but its seller's`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (ours, theirs) = (
                try await market.given.verifiedSeller("Ours"),
                try await market.given.verifiedSeller("Theirs")
            )
            let made = try await kernel.createListing(
                ListingDraft(title: "Bowl", variants: [VariantDraft(price: Money(1, .eur))]),
                as: ours.member)
            let id = made.listing.id

            await #expect(throws: ListingRefusal.unknown) { try await kernel.listingJSON(id) }
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.listing(id, as: theirs.member)
            }
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.publishListing(id, as: theirs.member)
            }
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.addImage(Applicant.png, alt: "", to: id, as: theirs.member)
            }
            await #expect(throws: ListingRefusal.variantUnknown) {
                try await kernel.setStock(of: made.variants[0].id, to: 1, as: theirs.member)
            }
        }
    }

    @Test func `every change is seen at once, though pages are kept`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let made = try await kernel.publishedListing("Bowl", by: seller.member)
            let id = made.listing.id
            #expect(try await kernel.publicListing(id).variants[0].available == 5)

            try await kernel.setStock(of: made.variants[0].id, to: 2, as: seller.member)
            #expect(try await kernel.publicListing(id).variants[0].available == 2)
            try await kernel.setStock(of: made.variants[0].id, to: 0, as: seller.member)
            try await kernel.setStock(of: made.variants[1].id, to: 0, as: seller.member)
            #expect(try await kernel.publicListing(id).inStock == false)
            var profile = SellerProfile(name: "New name", country: "DE")
            profile.legalName = "X"
            try await kernel.editProfile(profile, as: seller.member)

            #expect(try await kernel.publicListing(id).seller.name == "New name")
        }
    }

    @Test func `editing keeps the ids of variants and archives those that are gone`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let made = try await kernel.publishedListing("Bowl", by: seller.member)

            let edited = try await kernel.editListing(
                made.listing.id,
                ListingDraft(
                    title: "Great bowl", optionNames: ["Size"],
                    variants: [
                        VariantDraft(price: Money(900, .eur), options: ["Large"]),
                        VariantDraft(price: Money(990, .eur), options: ["Huge"], sku: "H"),
                    ]), as: seller.member)

            #expect(edited.listing.state == .published)
            #expect(edited.listing.handle == "bowl")
            #expect(edited.variants[0].id == made.variants[1].id)
            #expect(edited.variants[0].onHand == 5)
            let gone = try await kernel.offers(for: [made.variants[0].id])
            #expect(gone[made.variants[0].id]?.problem(for: 1) == .notForSale)
            #expect(try await kernel.publicListing(made.listing.id).price == Money(900, .eur))
        }
    }

    @Test func `what makes no sense is refused with its field`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let fine = VariantDraft(price: Money(100, .eur))
            func refusal(_ draft: ListingDraft) async -> ListingRefusal? {
                do {
                    _ = try await kernel.createListing(draft, as: seller.member)
                    return nil
                } catch {
                    return error as? ListingRefusal
                }
            }

            #expect(await refusal(ListingDraft(title: "A", variants: [])) == .noVariants)
            #expect(
                await refusal(
                    ListingDraft(title: "A", variants: [VariantDraft(price: Money(-1, .eur))]))
                    == .priceInvalid)
            #expect(
                await refusal(
                    ListingDraft(
                        title: "A", variants: [VariantDraft(price: Money(.max, .eur))]))
                    == .priceInvalid)
            #expect(
                await refusal(ListingDraft(title: "A", variants: [fine, fine])) == .optionsTwice)
            #expect(
                await refusal(ListingDraft(title: "A", optionNames: ["Size"], variants: [fine]))
                    == .optionsMismatch)
            #expect(
                await refusal(ListingDraft(title: "A", handle: "NO!", variants: [fine]))
                    == .handleInvalid)
            #expect(
                await refusal(ListingDraft(title: "A", category: ID(), variants: [fine]))
                    == .categoryUnknown)
            var stocked = fine
            stocked.onHand = -1
            #expect(
                await refusal(ListingDraft(title: "A", variants: [stocked])) == .quantityInvalid)
            await #expect(throws: InputRefusal(.tooLong(200), field: "title")) {
                try await kernel.createListing(
                    ListingDraft(title: String(repeating: "x", count: 201), variants: [fine]),
                    as: seller.member)
            }
        }
    }

    @Test func `a SKU and a handle are a shop's own`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (ours, theirs) = (
                try await market.given.verifiedSeller("Ours"),
                try await market.given.verifiedSeller("Theirs")
            )
            let draft = ListingDraft(
                title: "Bowl", handle: "bowl",
                variants: [VariantDraft(price: Money(100, .eur), sku: "B-1")])
            _ = try await kernel.createListing(draft, as: ours.member)
            _ = try await kernel.createListing(draft, as: theirs.member)

            await #expect(throws: ListingRefusal.handleTaken) {
                try await kernel.createListing(draft, as: ours.member)
            }
            var other = draft
            other.handle = nil
            await #expect(throws: ListingRefusal.skuTaken) {
                try await kernel.createListing(other, as: ours.member)
            }
        }
    }

    @Test func `a blocked listing stays down until an administrator lets it up`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let seller = try await market.given.verifiedSeller()
            let id = try await kernel.publishedListing("Bowl", by: seller.member).listing.id

            try await kernel.blockListing(id, reason: "Counterfeit.", by: admin.id)
            await #expect(throws: ListingRefusal.unknown) { try await kernel.listingJSON(id) }
            await #expect(throws: ListingRefusal.blocked) {
                try await kernel.publishListing(id, as: seller.member)
            }
            try await kernel.unblockListing(id, reason: "It was not.", by: admin.id)
            try await kernel.publishListing(id, as: seller.member)

            #expect(try await kernel.publicListing(id).title == "Bowl")
        }
    }

    @Test func `pictures are known by their bytes, once, in their order`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let id = try await kernel.publishedListing("Bowl", by: seller.member).listing.id

            let first = try await kernel.addImage(
                Applicant.png, alt: "Front", to: id, as: seller.member)
            // One transparent pixel.
            let gif: [UInt8] =
                Array("GIF89a".utf8) + [1, 0, 1, 0, 128, 0, 0, 0, 0, 0, 255, 255, 255]
                + [33, 249, 4, 1, 0, 0, 0, 0, 44, 0, 0, 0, 0, 1, 0, 1, 0, 0]
                + [2, 2, 68, 1, 0, 59]
            let second = try await kernel.addImage(gif, alt: "Back", to: id, as: seller.member)
            #expect(try await kernel.publicListing(id).images.isEmpty)
            try await market.worker().drain()
            try await kernel.arrangeImages([second.id, first.id], of: id, as: seller.member)

            let shown = try await kernel.publicListing(id).images
            #expect(shown.map(\.alt) == ["Back", "Front"])
            #expect(shown.map(\.width) == [1, 4])
            let file = try await kernel.picture(try #require(first.hash))
            #expect(file.mediaType == "image/jpeg")
            await #expect(throws: MediaRefusal.unsupported) {
                try await kernel.addImage(
                    Array("<svg onload=alert(1)>".utf8), alt: "", to: id, as: seller.member)
            }
            await #expect(throws: MediaRefusal.tooLarge) {
                try await kernel.addImage(
                    Array(repeating: 0, count: 20_971_521), alt: "", to: id, as: seller.member)
            }
            await #expect(throws: MediaRefusal.unknown) {
                try await kernel.picture(ContentHash(of: [1]))
            }
        }
    }

    @Test func `stock is never set below what checkouts hold`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let made = try await kernel.publishedListing("Bowl", by: seller.member)
            let variant = made.variants[0].id
            try await market.database.execute(
                "update stock_level set reserved = 3 where variant_id = \(variant)")

            await #expect(throws: ListingRefusal.stockReserved) {
                try await kernel.setStock(of: variant, to: 2, as: seller.member)
            }
            try await kernel.setStock(of: variant, to: 3, as: seller.member)

            #expect(try await kernel.offers(for: [variant])[variant]?.problem(for: 1) == .soldOut)
            let moves = try await kernel.stockMovements(of: variant, as: seller.member)
            #expect(moves.items.map(\.delta) == [-2, 5])
        }
    }
}
