import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Prices and stock of many things` {
    private func variants(
        _ market: TestMarketplace, _ seller: GivenSeller, _ titles: String...
    ) async throws -> [Variant] {
        var variants: [Variant] = []
        for title in titles {
            variants += try await market.marketplace.publishedListing(
                title, by: seller.member
            ).variants
        }
        return variants
    }

    @Test func `are changed together, and shown at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let (mug, bowl) = (
                try await kernel.publishedListing("Mug", by: seller.member),
                try await kernel.publishedListing("Bowl", by: seller.member)
            )
            let offers = try await kernel.editableOffers(as: seller.member).items
            #expect(offers.map(\.title) == ["Bowl", "Bowl", "Mug", "Mug"])
            #expect(offers.prefix(2).map(\.price) == [Money(2500, .eur), Money(3000, .eur)])
            let first = try await kernel.editableOffers(as: seller.member, PageRequest(limit: 3))
            let second = try await kernel.editableOffers(
                as: seller.member, PageRequest(after: first.next, limit: 3))
            #expect(first.items + second.items == offers)
            #expect(second.next == nil)

            let changed = try await kernel.editOffers(
                [
                    OfferEdit(
                        variant: mug.variants[0].id, price: Money(1900, .eur), onHand: nil),
                    OfferEdit(variant: bowl.variants[0].id, price: nil, onHand: 0),
                    OfferEdit(variant: bowl.variants[1].id, price: nil, onHand: nil),
                ], as: seller.member)

            #expect(changed == 2)
            let cheaper = try await kernel.publicListing(mug.listing.id)
            #expect(cheaper.price == Money(1900, .eur))
            #expect(cheaper.variants.map(\.available) == [5, 5])
            let gone = try await kernel.publicListing(bowl.listing.id)
            #expect(gone.price == Money(2500, .eur))
            #expect(gone.variants.map(\.available) == [0, 5])
            let moves = try await kernel.stockMovements(
                of: bowl.variants[0].id, as: seller.member)
            #expect(moves.items.map(\.delta) == [-5, 5])
        }
    }

    @Test func `take off what was bought since somebody wrote how many there are`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let listing = try await kernel.publishedListing("Mug", by: seller.member).listing.id
            let mug = try await kernel.listing(listing, as: seller.member).variants[0]
            try await kernel.setStock(of: mug.id, to: 10, as: seller.member)
            // Two more were put on the shelf; three were bought meanwhile.
            try await kernel.setStock(of: mug.id, to: 7, as: seller.member)
            func left() async throws -> Int? {
                try await kernel.editableOffers([mug.id], as: seller.member).first?.onHand
            }

            try await kernel.editOffers(
                [OfferEdit(variant: mug.id, price: nil, onHand: 12, wasOnHand: 10)],
                as: seller.member)
            #expect(try await left() == 9)
            var draft = ListingDraft(try await kernel.listing(listing, as: seller.member))
            draft.variants[0].onHand = 11
            draft.variants[0].wasOnHand = 10
            _ = try await kernel.editListing(listing, draft, as: seller.member)
            #expect(try await left() == 10)
            // Together with what came meanwhile it would be more than there can be.
            await #expect(throws: ListingRefusal.quantityInvalid) {
                try await kernel.editOffers(
                    [OfferEdit(variant: mug.id, price: nil, onHand: 1_000_000, wasOnHand: 9)],
                    as: seller.member)
            }
            await #expect(throws: ListingRefusal.stockReserved) {
                try await kernel.editOffers(
                    [OfferEdit(variant: mug.id, price: nil, onHand: 0, wasOnHand: 11)],
                    as: seller.member)
            }
            #expect(try await left() == 10)
        }
    }

    @Test func `are never more than there can be, whatever came meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let present = try await kernel.publishedListing("Mug", by: seller.member)
            var draft = ListingDraft(present)
            draft.variants[0].onHand = 1_000_000
            draft.variants[0].wasOnHand = 3

            let edited = try await kernel.editListing(
                present.listing.id, draft, as: seller.member)

            #expect(edited.variants.map(\.onHand) == [1_000_000, 5])
        }
    }

    @Test func `that nobody changed do not stand in the way of others`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mine = try await variants(market, seller, "Mug")
            let present = try await kernel.publishedListing("Bowl", by: seller.member)
            var draft = ListingDraft(present)
            draft.variants.removeLast()
            _ = try await kernel.editListing(present.listing.id, draft, as: seller.member)
            let taken = try #require(present.variants.last).id
            let gone = OfferEdit(variant: taken, price: nil, onHand: nil)

            let changed = try await kernel.editOffers(
                [gone, OfferEdit(variant: mine[0].id, price: Money(700, .eur), onHand: nil)],
                as: seller.member)

            #expect(changed == 1)
            await #expect(throws: ListingRefusal.variantUnknown) {
                try await kernel.editOffers(
                    [OfferEdit(variant: taken, price: Money(700, .eur), onHand: nil)],
                    as: seller.member)
            }
        }
    }

    @Test func `are all refused when one of them is`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller("Other")
            let mine = try await variants(market, seller, "Mug")
            let theirs = try await variants(market, other, "Vase")
            try await market.database.execute(
                "update stock_level set reserved = 3 where variant_id = \(mine[1].id)")
            let good = OfferEdit(variant: mine[0].id, price: Money(1, .eur), onHand: 9)
            let wrong: [(OfferEdit, ListingRefusal)] = [
                (OfferEdit(variant: theirs[0].id, price: nil, onHand: 1), .variantUnknown),
                (OfferEdit(variant: theirs[0].id, price: nil, onHand: nil), .variantUnknown),
                (OfferEdit(variant: mine[1].id, price: nil, onHand: 2), .stockReserved),
                (OfferEdit(variant: mine[1].id, price: nil, onHand: -1), .quantityInvalid),
                (OfferEdit(variant: mine[1].id, price: .zero(.eur), onHand: nil), .priceInvalid),
                (
                    OfferEdit(variant: mine[1].id, price: Money(5, .usd), onHand: nil),
                    .currencyMixed
                ),
            ]

            for (edit, refusal) in wrong {
                await #expect(throws: refusal) {
                    try await kernel.editOffers([good, edit], as: seller.member)
                }
            }

            let left = try await kernel.editableOffers(as: seller.member).items
            #expect(Set(left.map(\.price)) == [Money(2500, .eur), Money(3000, .eur)])
            #expect(Set(left.map(\.onHand)) == [5])
        }
    }

    @Test func `that nobody changed stay, though somebody bought meanwhile`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await variants(market, seller, "Mug")[0]
            try await market.database.execute(
                "update stock_level set on_hand = 4 where variant_id = \(mug.id)")

            try await kernel.editOffers(
                [OfferEdit(variant: mug.id, price: Money(1900, .eur), onHand: nil)],
                as: seller.member)

            let offers = try await kernel.editableOffers(as: seller.member).items
            #expect(offers.map(\.onHand) == [4, 5])
        }
    }
}
