import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Prices of all that is meant` {
    private let tenMore = PriceChange(way: .up, rate: PartsPerMillion(100_000))

    private func titles(
        _ filter: OfferFilter, _ market: TestMarketplace, _ seller: GivenSeller
    ) async throws -> [String] {
        try await market.marketplace.editableOffers(filter, as: seller.member).items
            .map { "\($0.title) \($0.sku ?? "")" }
    }

    @Test func `are those whose title, address or SKU was typed`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            for (title, sku) in [("Blue Mug", "MUG-1"), ("Red bowl", "B_1"), ("100 % wool", "W1")] {
                _ = try await market.marketplace.createListing(
                    ListingDraft(
                        title: title,
                        variants: [
                            VariantDraft(price: Money(1000, .eur), sku: sku, onHand: 5)
                        ]), as: seller.member)
            }
            for (text, found) in [
                ("blue", ["Blue Mug MUG-1"]), ("UE M", ["Blue Mug MUG-1"]),
                ("red-b", ["Red bowl B_1"]), ("mug-", ["Blue Mug MUG-1"]), ("g-1", []),
                ("b_1", ["Red bowl B_1"]), ("%", ["100 % wool W1"]), ("_", []),
                ("  ", ["100 % wool W1", "Red bowl B_1", "Blue Mug MUG-1"]),
            ] {
                #expect(
                    try await titles(OfferFilter(text: text), market, seller) == found, "\(text)")
            }
            await #expect(throws: InputRefusal.self) {
                try await market.marketplace.editableOffers(
                    OfferFilter(text: String(repeating: "a", count: 200)), as: seller.member)
            }
        }
    }

    @Test func `are those of a branch of the tree, or those that run out`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let top = try await kernel.createCategory(named: "Table", slug: "table", by: nil)
            let below = try await kernel.createCategory(
                named: "Mugs", slug: "mugs", under: top.id, by: nil)
            for (title, category, stock) in [
                ("Mug", below.id, 50), ("Plate", top.id, 0), ("Scarf", nil, 1),
            ] {
                _ = try await kernel.createListing(
                    ListingDraft(
                        title: title, category: category,
                        variants: [
                            VariantDraft(price: Money(1000, .eur), sku: title, onHand: stock)
                        ]), as: seller.member)
            }

            #expect(
                try await titles(OfferFilter(category: top.id), market, seller)
                    == ["Plate Plate", "Mug Mug"])
            #expect(
                try await titles(OfferFilter(category: below.id), market, seller) == ["Mug Mug"])
            #expect(
                try await titles(OfferFilter(isLow: true), market, seller)
                    == ["Scarf Scarf", "Plate Plate"])
            #expect(
                try await titles(
                    OfferFilter(text: "pla", category: top.id, isLow: true), market, seller)
                    == ["Plate Plate"])
        }
    }

    @Test func `are changed together after a look, and each listing's trail tells it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller("Other")
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            let bowl = try await kernel.publishedListing("Bowl", by: seller.member)
            let theirs = try await kernel.publishedListing("Mug", by: other.member)
            let filter = OfferFilter(text: "mug")

            let look = try await kernel.previewPrices(tenMore, of: filter, as: seller.member)
            #expect(look.count == 2 && look.examples.count == 2)
            #expect(look.examples.map(\.price) == [Money(2750, .eur), Money(3300, .eur)])
            #expect(try await kernel.publicListing(mug.listing.id).price == Money(2500, .eur))
            let changed = try await kernel.changePrices(
                tenMore, of: filter, expecting: look.seen, as: seller.member)

            #expect(changed.meant == 2 && changed.changed == 2)
            #expect(try await kernel.publicListing(mug.listing.id).price == Money(2750, .eur))
            #expect(try await kernel.publicListing(bowl.listing.id).price == Money(2500, .eur))
            #expect(try await kernel.publicListing(theirs.listing.id).price == Money(2500, .eur))
            let line = try await kernel.auditTrail(
                .object(kind: "listing", id: mug.listing.id.description), PageRequest()
            ).items.first
            #expect(line?.action == "listing.edited" && line?.before != nil)
        }
    }

    @Test func `stay as they are where something else is meant, or one would cost nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let clerk = try await market.given.account("Clerk")
            try await kernel.addMember(email: clerk.email, role: .support, as: seller.member)
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            let early = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)
            let bowl = try await kernel.publishedListing("Bowl", by: seller.member)
            let look = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)

            await #expect(throws: PriceChangeRefusal.othersMeant) {
                try await kernel.changePrices(
                    tenMore, of: OfferFilter(), expecting: early.seen, as: seller.member)
            }
            await #expect(throws: PriceChangeRefusal.tooLow) {
                try await kernel.changePrices(
                    PriceChange(way: .down, rate: PartsPerMillion(1_000_000)), of: OfferFilter(),
                    expecting: look.seen, as: seller.member)
            }
            let support = try await kernel.membership(of: clerk.id, in: seller.id)
            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.changePrices(
                    tenMore, of: OfferFilter(), expecting: look.seen, as: support)
            }
            #expect(try await kernel.publicListing(mug.listing.id).price == Money(2500, .eur))
            #expect(try await kernel.publicListing(bowl.listing.id).price == Money(2500, .eur))
        }
    }

    @Test func `stay as they are where one costs something else than was looked at`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            let look = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)
            try await kernel.editOffers(
                [OfferEdit(variant: mug.variants[0].id, price: Money(2600, .eur), onHand: nil)],
                as: seller.member)

            await #expect(throws: PriceChangeRefusal.othersMeant) {
                try await kernel.changePrices(
                    tenMore, of: OfferFilter(), expecting: look.seen, as: seller.member)
            }

            let again = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)
            #expect(again.count == look.count && again.seen != look.seen)
        }
    }

    @Test func `are changed once by two who looked at the same and press at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let change = tenMore
            for title in ["Mug", "Bowl", "Scarf"] {
                _ = try await kernel.publishedListing(title, by: seller.member)
            }
            let look = try await kernel.previewPrices(
                change, of: OfferFilter(), as: seller.member)
            let press: @Sendable () async throws -> ChangedPrices = {
                try await kernel.changePrices(
                    change, of: OfferFilter(), expecting: look.seen, as: seller.member)
            }

            let ended = try await market.inTurn(
                lockedBy: "select id from listing for update", [press, press])

            #expect(try ended.first?.get().changed == look.count)
            for late in ended.dropFirst() {
                #expect(throws: PriceChangeRefusal.othersMeant) { try late.get() }
            }
            let prices = try await kernel.editableOffers(as: seller.member).items.map(\.price)
            #expect(prices == look.examples.map(\.price))
        }
    }

    @Test func `are five hundred at once at most, counted no further`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            try await market.database.execute(
                """
                with made as (
                    insert into variant (id, listing_id, seller_id, position, option_values,
                        price, currency, sku)
                    select gen_random_uuid(), listing_id, seller_id, 100 + n, array['V' || n],
                        price, currency, null
                    from variant, generate_series(1, 600) n
                    where id = \(mug.variants[0].id)
                    returning id
                )
                insert into stock_level (variant_id, on_hand) select id, 1 from made
                """)

            let look = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)

            #expect(look.count == 501 && look.isTooMany)
            await #expect(throws: PriceChangeRefusal.tooMany) {
                try await kernel.changePrices(
                    tenMore, of: OfferFilter(), expecting: look.seen, as: seller.member)
            }
        }
    }
}
