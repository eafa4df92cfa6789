import Kernel
import Vocabulary
import Web

struct CommissionAnswer: Codable {
    struct CommissionAmountsAnswer: Codable {
        let currency: Currency
        let fixedPerUnit: Int64
        let floor: Int64?
        let cap: Int64?
    }

    let id: ID<CommissionRule>
    let name: String
    let state: String
    let seller: ID<Seller>?
    let category: ID<Category>?
    let listing: ID<Listing>?
    let bandFrom: Money?
    let bandBelow: Money?
    let ratePpm: Int64
    /// `gross` or `net`.
    let base: String
    let onShipping: Bool
    /// The first currency's fixed part.
    let fixedPerUnit: Money?
    /// In minor units.
    let amounts: [CommissionAmountsAnswer]
    let effectiveFrom: Instant
    let effectiveUntil: Instant?

    init(_ rule: CommissionRule) {
        id = rule.id
        name = rule.name
        state = rule.state.rawValue
        seller = rule.scope.seller
        category = rule.scope.category
        listing = rule.scope.listing
        let band = rule.scope.band
        bandFrom = band.map { Money($0.from, $0.currency) }
        bandBelow = band.flatMap { band in band.below.map { Money($0, band.currency) } }
        ratePpm = rule.rate.value
        base = rule.base.rawValue
        onShipping = rule.isOnShipping
        fixedPerUnit = rule.amounts.first.map { Money($0.fixedPerUnit, $0.currency) }
        amounts = rule.amounts.map {
            CommissionAmountsAnswer(
                currency: $0.currency, fixedPerUnit: $0.fixedPerUnit, floor: $0.floor, cap: $0.cap)
        }
        effectiveFrom = rule.effectiveFrom
        effectiveUntil = rule.effectiveUntil
    }
}

struct EndedAnswer: Codable { let id: ID<CommissionRule> }

struct CommissionVATAnswer: Codable {
    struct CountryAnswer: Codable {
        let country: String
        let ratePpm: Int64
        let reverseCharge: Bool
    }

    let items: [CountryAnswer]

    init(_ rates: [CommissionVATRate]) {
        items = rates.map {
            CountryAnswer(
                country: $0.country, ratePpm: $0.rate.value, reverseCharge: $0.reverseCharge)
        }
    }
}

struct SimulationAnswer: Codable {
    struct SellerDeltaAnswer: Codable {
        let seller: ID<Seller>
        let sellerName: String
        let orders: Int
        let charged: Money
        let simulated: Money
        let difference: Money
    }

    let rule: ID<CommissionRule>
    let since: Instant
    let orders: Int
    /// Orders of which the rule would have taken something else.
    let changed: Int
    /// Those with a difference, the largest first.
    let sellers: [SellerDeltaAnswer]

    init(_ simulation: CommissionSimulation) {
        rule = simulation.rule
        since = simulation.since
        orders = simulation.orders
        changed = simulation.changed
        sellers = simulation.sellers.map {
            SellerDeltaAnswer(
                seller: $0.seller, sellerName: $0.sellerName, orders: $0.orders,
                charged: Money($0.charged, $0.currency),
                simulated: Money($0.simulated, $0.currency),
                difference: Money($0.difference, $0.currency))
        }
    }
}
