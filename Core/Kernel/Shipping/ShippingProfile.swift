import Vocabulary

/// What a maker takes for sending things, how long packing takes, and where parcels start.
///
/// A listing goes by the profile that it names, else by its maker's default. Where a profile has a
/// zone, the maker's own price is what the customer sees (``OwnRates``); where it has none, the
/// market's shipping providers are asked.
public struct ShippingProfile: Hashable, Sendable {
    public let id: ID<ShippingProfile>
    /// What the maker calls it; customers do not see it.
    public let name: String
    /// Days until a parcel is packed.
    public let handlingDays: Int
    /// The place that parcels leave, such as `Leipzig`; blank says nothing of it. Its country is
    /// the one that the shop sends from, because taxes go by that.
    public let sentFrom: String
    /// Whether listings go by it which name none.
    public let isDefault: Bool
    public let zones: [ShippingZone]
    public let createdAt: Instant

    /// So many a shop keeps.
    public static let countMax = 50
    public static let zonesMax = 40
    /// No parcel takes longer to pack or to arrive.
    public static let handlingDaysMax = 60

    /// What is taken for sending to a country, of prices in a currency: the zone that names the
    /// country, else the one for everywhere else; nil when it goes there by no zone.
    public func zone(for country: String, _ currency: Currency) -> ShippingZone? {
        let fitting = zones.filter { $0.currency == currency }
        return fitting.first { $0.countries.contains(country) }
            ?? fitting.first { $0.countries.isEmpty }
    }
}

/// Some countries, and what sending there costs in one currency; amounts are in minor units.
public struct ShippingZone: Hashable, Sendable, Codable {
    /// ISO 3166-1 alpha-2, in alphabetical order; none is everywhere else.
    public var countries: [String]
    public var currency: Currency
    /// For the first piece of a parcel.
    public var first: Int64
    /// For each further piece.
    public var further: Int64
    /// From this value of a parcel's things on, these are sent for nothing; nil for never.
    public var freeFrom: Int64?
    /// What heavier things cost on top, the lightest first.
    public var steps: [WeightStep]
    /// Days on the way.
    public var daysMin: Int
    public var daysMax: Int

    public init(
        countries: [String], currency: Currency, first: Int64, further: Int64,
        freeFrom: Int64? = nil, steps: [WeightStep] = [], daysMin: Int, daysMax: Int
    ) {
        self.countries = countries
        self.currency = currency
        self.first = first
        self.further = further
        self.freeFrom = freeFrom
        self.steps = steps
        self.daysMin = daysMin
        self.daysMax = daysMax
    }

    /// A hundred thousand pieces, which is more than a checkout holds, still make an amount.
    public static let priceMax: Int64 = Money.amountMax / 1_000_000
    public static let stepsMax = 20
    public static let daysMaxMax = 365

    /// What things cost on top that weigh `grams` together: the highest step that they pass.
    func extra(_ grams: Int64) -> Int64 {
        steps.last { grams > Int64($0.aboveGrams) }?.extra ?? 0
    }

    func isFree(_ value: Money) -> Bool { freeFrom.map { value.amount >= $0 } ?? false }
}

/// What is taken on top once the things of a zone weigh more than some grams.
public struct WeightStep: Hashable, Sendable, Codable {
    public var aboveGrams: Int
    /// Minor units; in place of those of the steps before.
    public var extra: Int64

    public init(aboveGrams: Int, extra: Int64) {
        self.aboveGrams = aboveGrams
        self.extra = extra
    }
}
