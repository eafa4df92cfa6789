import ProviderKit
import Vocabulary

/// One way in which a thing gets to a country, as a customer can choose it.
public struct DeliveryWay: Hashable, Sendable {
    /// What it is called; the catalogues have it of the modules that ship.
    public let label: String
    public let price: Money
    /// Days until it arrives, when known.
    public let daysMin: Int?
    public let daysMax: Int?
    /// The customer fetches it.
    public let isPickup: Bool

    /// So many are shown; a provider may answer with any number.
    static let countMax = 12

    public init(
        _ label: String, _ price: Money, daysMin: Int? = nil, daysMax: Int? = nil,
        isPickup: Bool = false
    ) {
        self.label = label
        self.price = price
        self.daysMin = daysMin
        self.daysMax = daysMax
        self.isPickup = isPickup
    }

    init(_ quote: ShippingQuote) {
        self.init(
            quote.label, quote.price, daysMin: quote.daysMin, daysMax: quote.daysMax,
            isPickup: quote.isPickup)
    }

    /// The cheapest first, of equal ones the fastest; what is not sent but fetched comes last.
    static func inOrder(_ quotes: [ShippingQuote]) -> [DeliveryWay] {
        let ways = quotes.map(DeliveryWay.init).enumerated().sorted {
            ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
        }
        return ways.prefix(countMax).map(\.element)
    }

    private var rank: Rank {
        Rank(isPickup: isPickup, amount: price.amount, days: daysMax ?? daysMin ?? .max)
    }

    private struct Rank: Comparable {
        let isPickup: Bool
        let amount: Int64
        let days: Int

        static func < (left: Rank, right: Rank) -> Bool {
            (left.isPickup ? 1 : 0, left.amount, left.days)
                < (right.isPickup ? 1 : 0, right.amount, right.days)
        }
    }
}
