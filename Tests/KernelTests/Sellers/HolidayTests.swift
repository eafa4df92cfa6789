import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `A shop on holiday` {
    @Test func `begins and ends by the clock, and nothing of it is for sale meanwhile`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Cup", by: seller)
            _ = try await market.given.listing("Bowl", by: other)
            let now = try await kernel.marketNow()
            func titles() async throws -> [String] {
                try await kernel.cards(CardQuery()).items.map(\.title).sorted()
            }

            let set = try await kernel.setHoliday(
                from: now.advanced(days: 2), until: now.advanced(days: 5), note: "At the sea.",
                as: seller.member)
            #expect(!set.isOn)
            #expect(try await kernel.turnHolidays() == 0)
            #expect(try await titles() == ["Bowl", "Cup"])

            _ = try await kernel.moveClock(by: .seconds(2 * 86_400 + 1), as: nil)
            #expect(try await kernel.turnHolidays() == 1)
            #expect(try await titles() == ["Bowl"])
            #expect(try await kernel.holiday(of: seller.id)?.isOn == true)
            let late = try await kernel.createListing(
                ListingDraft(
                    title: "Late", variants: [VariantDraft(price: Money(100, .eur), onHand: 1)]),
                as: seller.member)
            try await kernel.publishListing(late.listing.id, as: seller.member)
            #expect(try await titles() == ["Bowl"])

            _ = try await kernel.moveClock(by: .seconds(3 * 86_400), as: nil)
            #expect(try await kernel.turnHolidays() == 1)
            #expect(try await titles() == ["Bowl", "Cup", "Late"])
            #expect(try await kernel.holiday(of: seller.id) == nil)
        }
    }

    @Test func `begins at once and is ended by hand; a suspension outlasts it`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Cup", by: seller)
            let admin = try await market.given.administrator()
            let now = try await kernel.marketNow()
            func count() async throws -> Int { try await kernel.cards(CardQuery()).items.count }

            let set = try await kernel.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 1), note: "",
                as: seller.member)
            #expect(set.isOn)
            #expect(try await count() == 0)
            _ = try await kernel.suspendSeller(seller.id, reason: "Looked at", by: admin.id)
            try await kernel.endHoliday(as: seller.member)
            #expect(try await count() == 0)
            _ = try await kernel.reinstateSeller(seller.id, reason: "Fine", by: admin.id)
            #expect(try await count() == 1)
        }
    }

    @Test func `leaves things for sale where it stays open`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            _ = try await market.given.listing("Cup", by: seller)
            let now = try await kernel.marketNow()
            func count() async throws -> Int { try await kernel.cards(CardQuery()).items.count }

            try await kernel.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 3), note: "",
                staysOpen: true, as: seller.member)
            #expect(try await count() == 1)
            #expect(try await kernel.holiday(of: seller.id)?.staysOpen == true)
            try await kernel.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 3), note: "",
                as: seller.member)
            #expect(try await count() == 0)
        }
    }

    @Test func `has an end after its beginning, within a year`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let now = try await kernel.marketNow()

            for (from, until, field) in [
                (2, 1, "until"), (-3, -1, "until"), (0, 400, "until"), (400, 401, "from"),
            ] {
                let refusal = await #expect(throws: InputRefusal.self) {
                    try await kernel.setHoliday(
                        from: now.advanced(days: from), until: now.advanced(days: until), note: "",
                        as: seller.member)
                }
                #expect(refusal?.field == field, "from \(from) until \(until)")
            }
        }
    }
}
