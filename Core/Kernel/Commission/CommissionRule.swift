import Postgres
import Vocabulary

/// What the market keeps of a sale, for whom and what, and from when until when. A published rule
/// is never changed, only ended and followed by another, so that what was charged stays
/// explainable.
public struct CommissionRule: Hashable, Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable { case draft, published }

    /// What the rate is taken of.
    public enum Base: String, SQLText, Sendable, CaseIterable {
        /// The price without the tax that the platform itself hands to the state.
        case gross
        /// The price without any tax.
        case net
    }

    public let id: ID<CommissionRule>
    public var state: State
    /// For people; may be empty.
    public let name: String
    public let scope: CommissionScope
    public let rate: PartsPerMillion
    public let base: Base
    /// Whether the rate is also taken of shipping that the market's providers price; of shipping
    /// at the shop's own prices it always is.
    public let isOnShipping: Bool
    /// At most one for each currency.
    public let amounts: [CommissionAmounts]
    /// For a draft, from when it is meant to hold.
    public var effectiveFrom: Instant
    public var effectiveUntil: Instant?

    public init(
        id: ID<CommissionRule> = ID(), state: State = .published, name: String = "",
        _ scope: CommissionScope = CommissionScope(), rate: PartsPerMillion, base: Base = .gross,
        isOnShipping: Bool = false, amounts: [CommissionAmounts] = [], effectiveFrom: Instant,
        effectiveUntil: Instant? = nil
    ) {
        self.id = id
        self.state = state
        self.name = name
        self.scope = scope
        self.rate = rate
        self.base = base
        self.isOnShipping = isOnShipping
        self.amounts = amounts
        self.effectiveFrom = effectiveFrom
        self.effectiveUntil = effectiveUntil
    }

    public func isEffective(at instant: Instant) -> Bool {
        state == .published && effectiveFrom <= instant
            && effectiveUntil.map { instant < $0 } ?? true
    }

    /// What it takes besides the rate in this currency.
    public func amounts(in currency: Currency) -> CommissionAmounts? {
        amounts.first { $0.currency == currency }
    }

    /// Whether there may be a sale for which neither is closer than the other.
    func clashes(with other: CommissionRule) -> Bool {
        let isBeforeItsEnd = effectiveUntil.map { other.effectiveFrom < $0 } ?? true
        let isAfterItsStart = other.effectiveUntil.map { effectiveFrom < $0 } ?? true
        return isBeforeItsEnd && isAfterItsStart && scope.overlaps(other.scope)
    }

    /// How people know it: its name, or the end of its id.
    public var label: String {
        name.isEmpty ? "rule " + id.description.suffix(8) : "“\(name)”"
    }
}

/// What a rule takes besides its rate, in one currency. In minor units.
public struct CommissionAmounts: Hashable, Sendable, Codable {
    public let currency: Currency
    /// On top, for each piece.
    public let fixedPerUnit: Int64
    /// Of a line at least so much, but never more than the line brings.
    public let floor: Int64?
    /// Of a line at most so much.
    public let cap: Int64?

    public init(
        _ currency: Currency, fixedPerUnit: Int64 = 0, floor: Int64? = nil, cap: Int64? = nil
    ) {
        self.currency = currency
        self.fixedPerUnit = fixedPerUnit
        self.floor = floor
        self.cap = cap
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        currency = try values.decode(Currency.self, forKey: .currency)
        fixedPerUnit = try values.decodeIfPresent(Int64.self, forKey: .fixedPerUnit) ?? 0
        floor = try values.decodeIfPresent(Int64.self, forKey: .floor)
        cap = try values.decodeIfPresent(Int64.self, forKey: .cap)
    }
}
