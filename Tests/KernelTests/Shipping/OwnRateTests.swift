import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What a maker takes for a parcel` {
    private static func zone(
        _ first: Int64, _ further: Int64, freeFrom: Int64? = nil, steps: [WeightStep] = [],
        days: ClosedRange<Int> = 2...4
    ) -> ShippingZone {
        ShippingZone(
            countries: [], currency: .eur, first: first, further: further, freeFrom: freeFrom,
            steps: steps, daysMin: days.lowerBound, daysMax: days.upperBound)
    }

    private static func profile(_ zones: ShippingZone..., packedIn days: Int = 0) -> ShippingProfile
    {
        ShippingProfile(
            id: ID(), name: "Profile", handlingDays: days, sentFrom: "", isDefault: false,
            zones: zones, createdAt: Instant(secondsSince1970: 0))
    }

    private static func price(_ pieces: [OwnRates.Piece], value: Int64 = 0) throws -> Int64? {
        try OwnRates.quote(pieces, to: "DE", value: Money(value, .eur))?.price.amount
    }

    @Test func `is the highest first price once and further prices for all the others`() throws {
        let (letters, parcels) = (
            Self.profile(Self.zone(300, 50)), Self.profile(Self.zone(900, 400))
        )
        func pieces(_ few: Int, _ many: Int) -> [OwnRates.Piece] {
            [
                OwnRates.Piece(profile: letters, count: few, grams: 20),
                OwnRates.Piece(profile: parcels, count: many, grams: 900),
            ]
        }

        #expect(try Self.price(pieces(1, 0)) == 300)
        #expect(try Self.price(pieces(3, 0)) == 300 + 2 * 50)
        #expect(try Self.price(pieces(0, 2)) == 900 + 400)
        #expect(try Self.price(pieces(3, 2)) == 900 + 400 + 3 * 50)
        #expect(try Self.price([]) == nil)
    }

    @Test func `is more for heavy things by the highest step that they pass together`() throws {
        let steps = [
            WeightStep(aboveGrams: 1000, extra: 200), WeightStep(aboveGrams: 2000, extra: 700),
        ]
        let bowls = Self.profile(Self.zone(500, 100, steps: steps))
        func price(_ count: Int, grams: Int) throws -> Int64? {
            try Self.price([OwnRates.Piece(profile: bowls, count: count, grams: grams)])
        }

        #expect(try price(1, grams: 1000) == 500)
        #expect(try price(1, grams: 1001) == 700)
        #expect(try price(2, grams: 1000) == 600 + 200)
        #expect(try price(3, grams: 1000) == 700 + 700)
    }

    @Test func `is nothing from a value on, and only where the zone says so`() throws {
        let free = Self.profile(Self.zone(500, 100, freeFrom: 6000))
        let dear = Self.profile(Self.zone(900, 300))
        let one = OwnRates.Piece(profile: free, count: 2, grams: 0)
        let other = OwnRates.Piece(profile: dear, count: 1, grams: 0)

        #expect(try Self.price([one], value: 5999) == 600)
        #expect(try Self.price([one], value: 6000) == 0)
        #expect(try Self.price([one, other], value: 6000) == 900)
        #expect(try Self.price([one, other], value: 5999) == 900 + 200)
    }

    @Test func `takes as long as the slowest thing to pack and to arrive`() throws {
        let quick = Self.profile(Self.zone(1, 1, days: 1...2), packedIn: 1)
        let slow = Self.profile(Self.zone(1, 1, days: 3...3), packedIn: 5)
        let quote = try OwnRates.quote(
            [quick, slow].map { OwnRates.Piece(profile: $0, count: 1, grams: 0) }, to: "DE",
            value: .zero(.eur))

        #expect(quote?.daysMin == 8)
        #expect(quote?.daysMax == 8)
        #expect(quote?.isPickup == false)
    }

    @Test func `goes by the zone of the country, else by the one for everywhere else`() throws {
        var home = Self.zone(300, 100)
        home.countries = ["AT", "DE"]
        var dollars = Self.zone(1, 1)
        dollars.currency = .usd
        let profile = Self.profile(dollars, Self.zone(900, 100), home)
        let nowhere = Self.profile(home)

        #expect(profile.zone(for: "DE", .eur)?.first == 300)
        #expect(profile.zone(for: "FR", .eur)?.first == 900)
        #expect(profile.zone(for: "FR", .usd)?.first == 1)
        #expect(profile.zone(for: "FR", .jpy) == nil)
        #expect(nowhere.zone(for: "FR", .eur) == nil)
        // One thing without a price leaves all of the parcel to the market's providers.
        let both = [profile, nowhere].map { OwnRates.Piece(profile: $0, count: 1, grams: 0) }
        #expect(try OwnRates.quote(both, to: "DE", value: .zero(.eur)) != nil)
        #expect(try OwnRates.quote(both, to: "FR", value: .zero(.eur)) == nil)
    }

    @Test func `adds up piece by piece, in any order, and never falls with one more`() throws {
        var random = SplitMix64(seed: 20_261_122)
        for _ in 0..<2_000 {
            let profiles = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                Self.anyProfile(&random)
            }
            var pieces: [OwnRates.Piece] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                pieces.append(Self.anyPiece(of: profiles, &random))
            }
            let value = Int64.random(in: 0...20_000, using: &random)

            let price = try #require(try Self.price(pieces, value: value))

            #expect(price >= 0)
            #expect(price == Self.counted(pieces, value: value))
            #expect(try Self.price(pieces.shuffled(using: &random), value: value) == price)
            let more = pieces + [Self.anyPiece(of: profiles, &random)]
            let dearer = try #require(try Self.price(more, value: value))
            #expect(dearer >= price)
        }
    }

    @Test func `stays an amount for all that a checkout holds at the highest prices`() throws {
        let top = ShippingZone.priceMax
        let steps = [WeightStep(aboveGrams: 0, extra: top)]
        let pieces = (0..<Checkout.linesMax).map { _ in
            OwnRates.Piece(
                profile: Self.profile(Self.zone(top, top, steps: steps)),
                count: CheckoutItem.quantityMax, grams: 1_000_000)
        }

        let price = try #require(try Self.price(pieces, value: Money.amountMax))

        let count = Int64(Checkout.linesMax * CheckoutItem.quantityMax)
        #expect(price == top * (count + Int64(Checkout.linesMax)))
        #expect(price <= Money.amountMax)
    }

    /// The rule by its words: every single piece is laid out and priced by itself.
    private static func counted(_ pieces: [OwnRates.Piece], value: Int64) -> Int64 {
        var zones: [(zone: ShippingZone, profile: ID<ShippingProfile>, grams: Int)] = []
        for piece in pieces {
            for _ in 0..<piece.count {
                zones.append((piece.profile.zones[0], piece.profile.id, piece.grams))
            }
        }
        let paid = zones.filter { $0.zone.freeFrom.map { value < $0 } ?? true }
            .sorted {
                ($0.zone.first, $0.zone.further) > ($1.zone.first, $1.zone.further)
            }
        var sum: Int64 = 0
        for (place, piece) in paid.enumerated() {
            sum += place == 0 ? piece.zone.first : piece.zone.further
        }
        for profile in Set(paid.map(\.profile)) {
            let things = paid.filter { $0.profile == profile }
            let grams = things.reduce(0) { $0 + $1.grams }
            sum += things[0].zone.steps.filter { grams > $0.aboveGrams }.map(\.extra).max() ?? 0
        }
        return sum
    }

    private static func anyProfile(_ random: inout SplitMix64) -> ShippingProfile {
        var steps: [WeightStep] = []
        for place in 0..<Int.random(in: 0...3, using: &random) {
            steps.append(
                WeightStep(
                    aboveGrams: (steps.last?.aboveGrams ?? 0)
                        + Int.random(in: 1...1500, using: &random),
                    extra: (steps.last?.extra ?? 1)
                        + Int64.random(in: 0...300, using: &random) + Int64(place)))
        }
        // Few different prices, so that first prices are often the same.
        return profile(
            zone(
                Int64.random(in: 0...5, using: &random) * 100,
                Int64.random(in: 0...9, using: &random) * 70,
                freeFrom: Bool.random(using: &random)
                    ? Int64.random(in: 1...20_000, using: &random) : nil, steps: steps))
    }

    private static func anyPiece(
        of profiles: [ShippingProfile], _ random: inout SplitMix64
    ) -> OwnRates.Piece {
        OwnRates.Piece(
            profile: profiles.randomElement(using: &random) ?? profiles[0],
            count: Int.random(in: 1...5, using: &random),
            grams: Int.random(in: 0...900, using: &random))
    }

    @Test func `is the maker's own price only where no provider of the market asks it`() {
        func parcel(_ chosen: String?, _ instance: ID<ProviderInstance>?) -> CheckoutParcel {
            CheckoutParcel(
                number: 0, seller: ID(), sellerName: "", sellerSlug: "", sellerCountry: "DE",
                wallet: ID(), lines: [], options: [], isQuoted: true, chosen: chosen,
                sellerIsOpen: true, shippingInstance: instance, origin: nil, holdDays: 7)
        }
        #expect(parcel(OwnRates.code, nil).isAtOwnRates)
        // A provider may have an option of that name.
        #expect(!parcel(OwnRates.code, ID()).isAtOwnRates)
        #expect(!parcel("parcel", nil).isAtOwnRates)
        #expect(!parcel(nil, nil).isAtOwnRates)
    }
}
