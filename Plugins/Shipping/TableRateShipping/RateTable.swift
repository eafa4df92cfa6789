import Vocabulary

/// Where a table ships to and at what price; the first zone that fits a parcel serves it.
struct RateTable: Sendable {
    struct Zone: Sendable {
        let name: String
        /// ISO 3166-1 alpha-2; nil is everywhere.
        let countries: Set<String>?
        /// Where it is sent from; nil is anywhere.
        let origins: Set<String>?
        /// Only within one country.
        let isDomestic: Bool
        /// Starts of postal codes; empty is all.
        let postcodes: [String]
        let options: [Option]

        func covers(from origin: Address, to destination: Address) -> Bool {
            if isDomestic, origin.country != destination.country { return false }
            if let countries, !countries.contains(destination.country) { return false }
            if let origins, !origins.contains(origin.country) { return false }
            guard !postcodes.isEmpty else { return true }
            let code = (destination.postalCode ?? "").filter { $0 != " " }.uppercased()
            return postcodes.contains { code.hasPrefix($0) }
        }
    }

    struct Option: Sendable {
        let code: String
        let label: String
        let days: ClosedRange<Int>?
        let isPickup: Bool
        let bands: [Band]
        /// From this value of the parcel on it costs nothing, by currency.
        let freeFrom: [Currency: Money]

        /// Nil when it does not take such a parcel, or has no price in its currency.
        func price(weightGrams: Int, value: Money) -> Money? {
            if let free = freeFrom[value.currency], value.amount >= free.amount {
                return bands.contains { $0.fits(weightGrams, value) } ? .zero(value.currency) : nil
            }
            return bands.first { $0.fits(weightGrams, value) }?.prices[value.currency]
        }
    }

    struct Band: Sendable {
        /// Both ends included; nil is no limit.
        let gramsMax: Int?
        let valueMax: [Currency: Money]
        let prices: [Currency: Money]

        func fits(_ grams: Int, _ value: Money) -> Bool {
            if let gramsMax, grams > gramsMax { return false }
            if let valueMax = valueMax[value.currency], value.amount > valueMax.amount {
                return false
            }
            return true
        }
    }

    let zones: [Zone]
}
