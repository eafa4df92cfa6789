import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A maker's shipping profiles` {
    private static func draft(
        _ name: String, first: Int64 = 300, further: Int64 = 100, countries: [String] = [],
        isDefault: Bool = false
    ) -> ShippingProfileDraft {
        ShippingProfileDraft(
            name: name, handlingDays: 2, sentFrom: "Leipzig", isDefault: isDefault,
            zones: [
                ShippingZone(
                    countries: countries, currency: .eur, first: first, further: further,
                    daysMin: 1, daysMax: 3)
            ])
    }

    private static func name(
        _ profile: ID<ShippingProfile>?, for thing: GivenThing, _ kernel: Marketplace
    ) async throws {
        var draft = ListingDraft(try await kernel.listing(thing.listing, as: thing.seller.member))
        draft.shippingProfile = profile
        try await kernel.editListing(thing.listing, draft, as: thing.seller.member)
    }

    @Test func `price the maker's parcel, and the order, without asking a provider`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let seller = try await market.given.verifiedSeller()
            let (card, vase) = (
                try await shop.thing(by: seller, title: "Card"),
                try await shop.thing(by: seller, title: "Vase")
            )
            let other = try await shop.thing()
            try await kernel.createShippingProfile(Self.draft("Letters"), as: seller.member)
            let parcels = try await kernel.createShippingProfile(
                Self.draft("Parcels", first: 900, further: 400), as: seller.member)
            try await Self.name(parcels.id, for: vase, kernel)

            let checkout = try await kernel.startCheckout(
                [
                    CheckoutItem(variant: card.variant, quantity: 3),
                    CheckoutItem(variant: vase.variant, quantity: 2),
                    CheckoutItem(variant: other.variant, quantity: 1),
                ], to: Shop.address, email: "grace@example.com", as: shop.buyer)

            let own = try #require(checkout.parcels.first { $0.seller == seller.id })
            #expect(own.options.map(\.price) == [Money(900 + 400 + 3 * 100, .eur)])
            #expect(own.options.map(\.daysMin) == [3])
            #expect(own.options.map(\.daysMax) == [5])
            let theirs = try #require(checkout.parcels.first { $0.seller != seller.id })
            #expect(theirs.options.map(\.code) == ["pickup", "parcel"])
            #expect(checkout.isReady)
            let placed = try await shop.place(checkout)
            let order = try #require(
                try await shop.detail(placed).orders.first { $0.order.seller == seller.id })
            #expect(order.order.shippingName == "Standard shipping")
            #expect(order.order.amounts.shipping == Money(1600, .eur))
        }
    }

    @Test func `leave to the providers what they have no price for`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let thing = try await shop.thing()
            let member = thing.seller.member
            try await kernel.createShippingProfile(
                Self.draft("Abroad", countries: ["FR", "AT"]), as: member)
            func codes(_ country: String) async throws -> [String] {
                var address = Shop.address
                address.country = country
                return try await kernel.startCheckout(
                    [CheckoutItem(variant: thing.variant, quantity: 1)], to: address,
                    email: "grace@example.com", as: shop.buyer
                ).parcels[0].options.map(\.code)
            }

            #expect(try await codes("DE") == ["pickup", "parcel"])
            #expect(try await codes("AT") == ["own-rates"])
            try await kernel.setDestinations(["DE"], as: member)
            #expect(try await codes("AT") == [])
        }
    }

    @Test func `are frozen in a checkout, and asked again when it goes elsewhere`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let thing = try await shop.thing()
            let member = thing.seller.member
            let profile = try await kernel.createShippingProfile(
                Self.draft("Letters"), as: member)
            let checkout = try await shop.checkout(thing)

            try await kernel.editShippingProfile(
                profile.id, Self.draft("Letters", first: 700), as: member)

            let same = try await kernel.quoteCheckout(checkout.id, as: shop.buyer)
            #expect(same.totals.shipping == Money(300, .eur))
            var address = Shop.address
            address.country = "AT"
            let moved = try await kernel.changeAddress(
                checkout.id, to: address, as: shop.buyer)
            #expect(moved.totals.shipping == Money(700, .eur))
            // What was expected is no longer what it costs.
            await #expect(throws: PaymentRefusal.self) {
                try await kernel.placePurchase(
                    checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                    as: shop.buyer)
            }
        }
    }

    @Test func `are what a thing's page tells of sending it`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            try await shop.marketplace.createShippingProfile(
                Self.draft("Letters"), as: thing.seller.member)

            let estimate = try await shop.marketplace.deliveryEstimate(
                of: [CheckoutItem(variant: thing.variant, quantity: 2)], to: "AT")

            #expect(
                estimate
                    == .sent(
                        DeliveryWay("Standard shipping", Money(400, .eur), daysMin: 3, daysMax: 5),
                        from: "Leipzig"))
        }
    }

    @Test func `have one default, and are deleted only where no thing names them`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let thing = try await shop.thing()
            let member = thing.seller.member
            let first = try await kernel.createShippingProfile(Self.draft("First"), as: member)
            let second = try await kernel.createShippingProfile(
                Self.draft("Second", isDefault: true), as: member)
            func defaults() async throws -> [String] {
                try await kernel.shippingProfiles(as: member).items.filter(\.isDefault)
                    .map(\.name)
            }

            #expect(first.isDefault)
            #expect(try await defaults() == ["Second"])
            // Nothing but another takes its place.
            try await kernel.editShippingProfile(second.id, Self.draft("Second"), as: member)
            #expect(try await defaults() == ["Second"])
            await #expect(throws: ShippingProfileRefusal.isDefault) {
                try await kernel.deleteShippingProfile(second.id, as: member)
            }
            try await Self.name(first.id, for: thing, kernel)
            await #expect(throws: ShippingProfileRefusal.inUse(title: "Bowl")) {
                try await kernel.deleteShippingProfile(first.id, as: member)
            }
            try await Self.name(nil, for: thing, kernel)
            try await kernel.deleteShippingProfile(first.id, as: member)
            try await kernel.deleteShippingProfile(second.id, as: member)
            #expect(try await kernel.shippingProfiles(as: member).items.isEmpty)
            let trail = try await kernel.auditTrail(
                .object(kind: "shipping_profile", id: first.id.description), PageRequest())
            #expect(
                trail.items.map(\.action) == [
                    "shipping-profile.deleted", "shipping-profile.created",
                ])
            #expect(trail.items.allSatisfy { $0.actor == member.account })
        }
    }

    @Test func `are refused with the field at fault`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let member = try await market.given.verifiedSeller().member
            func fault(_ change: (inout ShippingProfileDraft) -> Void) async -> String? {
                var draft = Self.draft("Letters")
                change(&draft)
                do {
                    try await kernel.createShippingProfile(draft, as: member)
                    return nil
                } catch let refusal as InputRefusal {
                    return refusal.field
                } catch { return "\(error)" }
            }

            #expect(await fault { $0.name = " " } == "name")
            #expect(await fault { $0.handlingDays = 61 } == "handlingDays")
            #expect(await fault { $0.zones[0].first = -1 } == "zones.0.first")
            #expect(await fault { $0.zones[0].further = .max } == "zones.0.further")
            #expect(await fault { $0.zones[0].freeFrom = 0 } == "zones.0.freeFrom")
            #expect(await fault { $0.zones[0].countries = ["Germany"] } == "zones.0.countries")
            #expect(await fault { $0.zones[0].daysMax = 0 } == "zones.0.daysMax")
            #expect(await fault { $0.zones.append($0.zones[0]) } == "zones.1.countries")
            let steps = [WeightStep(aboveGrams: 5, extra: 9), WeightStep(aboveGrams: 9, extra: 5)]
            #expect(await fault { $0.zones[0].steps = steps } == "zones.0.steps")
            #expect(await fault { _ in } == nil)
            await #expect(throws: ShippingProfileRefusal.nameTaken) {
                try await kernel.createShippingProfile(Self.draft("LETTERS"), as: member)
            }
        }
    }

    @Test func `are edited by the owner and the catalogue, and by nobody of another shop`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let profile = try await kernel.createShippingProfile(
                Self.draft("Letters"), as: seller.member)
            for role in SellerRole.allCases {
                let member = SellerMember(
                    seller: seller.id, account: seller.owner.id, role: role)
                if role == .owner || role == .catalogue {
                    try await kernel.editShippingProfile(
                        profile.id, Self.draft("Letters"), as: member)
                } else {
                    await #expect(throws: SellerRefusal.notAllowed, "\(role)") {
                        try await kernel.editShippingProfile(
                            profile.id, Self.draft("Letters"), as: member)
                    }
                }
            }
            let stranger = try await market.given.verifiedSeller("Other").member
            await #expect(throws: ShippingProfileRefusal.unknown) {
                try await kernel.editShippingProfile(
                    profile.id, Self.draft("Mine"), as: stranger)
            }
            await #expect(throws: ShippingProfileRefusal.unknown) {
                try await kernel.deleteShippingProfile(profile.id, as: stranger)
            }
            let listing = try await market.given.listing(
                "Cup", by: try await market.given.verifiedSeller())
            var draft = ListingDraft(
                try await kernel.listing(listing.id, as: listing.seller.member))
            draft.shippingProfile = profile.id
            await #expect(throws: ListingRefusal.shippingProfileUnknown) {
                try await kernel.editListing(listing.id, draft, as: listing.seller.member)
            }
        }
    }
}
