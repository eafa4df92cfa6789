import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Choosing a shipping profile for many listings` {
    private struct Scene {
        let market: TestMarketplace
        let seller: GivenSeller
        let cup: ID<Listing>
        let bowl: ID<Listing>
        let letters: ID<ShippingProfile>

        init(_ market: TestMarketplace) async throws {
            self.market = market
            seller = try await market.given.verifiedSeller()
            cup = try await market.given.listing("Cup", by: seller).id
            bowl = try await market.given.listing("Bowl", by: seller).id
            letters = try await market.marketplace.createShippingProfile(
                ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []),
                as: seller.member
            ).id
        }

        func choose(
            _ profile: ID<ShippingProfile>?, _ listings: [ID<Listing>]
        ) async throws -> Int {
            try await market.marketplace.chooseShippingProfile(
                profile, for: listings, as: seller.member)
        }

        func profiles() async throws -> [ID<ShippingProfile>?] {
            try await market.marketplace.shippedListings(as: seller.member).items.map(\.profile)
        }
    }

    @Test func `changes those that went by another, and says so in the trail`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            #expect(try await scene.choose(scene.letters, [scene.cup, scene.bowl]) == 2)
            #expect(try await scene.profiles() == [scene.letters, scene.letters])
            #expect(try await scene.choose(scene.letters, [scene.cup]) == 0)
            #expect(try await scene.choose(nil, [scene.cup, scene.cup]) == 1)

            #expect(try await scene.profiles() == [scene.letters, nil])
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "listing", id: scene.cup.description), PageRequest())
            #expect(trail.items.filter { $0.action == "listing.edited" }.count == 2)
            let kept = try await market.marketplace.listing(scene.bowl, as: scene.seller.member)
            #expect(kept.listing.title == "Bowl" && kept.variants.count == 1)
        }
    }

    @Test func `is for one's own listings and profiles, and all of them or none`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let other = try await market.given.verifiedSeller("Other")
            let theirs = try await market.given.listing("Theirs", by: other).id
            let foreign = try await market.marketplace.createShippingProfile(
                ShippingProfileDraft(name: "Theirs", handlingDays: 1, zones: []), as: other.member
            ).id

            await #expect(throws: ListingRefusal.unknown) {
                try await scene.choose(scene.letters, [scene.cup, theirs])
            }
            await #expect(throws: ListingRefusal.shippingProfileUnknown) {
                try await scene.choose(foreign, [scene.cup])
            }
            try await market.database.execute(
                "update listing set state = 'blocked' where id = \(scene.bowl)")
            await #expect(throws: ListingRefusal.blocked) {
                try await scene.choose(scene.letters, [scene.cup, scene.bowl])
            }
            await #expect(throws: InputRefusal.self) {
                try await scene.choose(nil, (0...200).map { _ in ID() })
            }

            #expect(try await scene.profiles() == [nil])
        }
    }

    @Test func `is for those who may edit listings`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            for role in SellerRole.allCases where !role.permissions.contains(.editListings) {
                let member = SellerMember(
                    seller: scene.seller.id, account: scene.seller.owner.id, role: role)
                await #expect(throws: SellerRefusal.notAllowed, "\(role)") {
                    try await market.marketplace.chooseShippingProfile(
                        scene.letters, for: [scene.cup], as: member)
                }
            }
            #expect(try await scene.profiles() == [nil, nil])
        }
    }
}
