import Postgres
import ProviderKit
import Vocabulary

/// One thing of a cart, as it comes from outside.
public struct CheckoutItem: Hashable, Sendable {
    public let variant: ID<Variant>
    public let quantity: Int

    public init(variant: ID<Variant>, quantity: Int) {
        self.variant = variant
        self.quantity = quantity
    }

    /// More of one thing is a matter for the seller, not for a shop.
    public static let quantityMax = 999
}

/// A cart that someone is paying for: prices pinned, stock held, until it expires.
public struct Checkout: Sendable {
    public enum State: String, SQLText, Sendable, CaseIterable {
        case open, placed, expired

        var next: Set<State> {
            switch self {
            case .open: [.placed, .expired]
            case .placed, .expired: []
            }
        }
    }

    public let id: ID<Checkout>
    public let account: ID<Account>?
    public internal(set) var email: String
    public let currency: Currency
    public internal(set) var address: Address
    /// As of now: an open checkout whose time is over reads as expired.
    public internal(set) var state: State
    public internal(set) var totals: CheckoutTotals
    public internal(set) var taxLines: [TaxLine]
    /// Whether `taxLines` are of the present address and shipping.
    public internal(set) var isTaxed: Bool
    public internal(set) var parcels: [CheckoutParcel]
    public let expiresAt: Instant
    var taxInstance: ID<ProviderInstance>?
    var version: Int
    /// The market's time when it was read.
    public internal(set) var readAt: Instant

    /// Different things that one checkout may hold.
    public static let linesMax = 100

    public var lines: [CheckoutLine] { parcels.flatMap(\.lines) }

    /// Whether anything may still be done with it.
    /// - Throws: `expired`, `alreadyPlaced`, `sellerAway`, `notForSale`.
    func checkOpen() throws(CheckoutRefusal) {
        switch state {
        case .open: break
        case .placed: throw .alreadyPlaced
        case .expired: throw .expired
        }
        for parcel in parcels {
            for line in parcel.lines {
                guard parcel.sellerIsOpen else {
                    throw .sellerAway(line: line.number, title: line.title)
                }
                guard line.isForSale else { throw .notForSale(line: line.number) }
            }
        }
    }

    /// Whether everything of it is still for sale, so that it can be ordered while it is open. What
    /// was held before its maker or the market took it back is held in vain.
    public var isForSale: Bool {
        parcels.allSatisfy { $0.sellerIsOpen && $0.lines.allSatisfy(\.isForSale) }
    }

    /// Whether shipping and taxes are known and chosen. What it can be ordered with besides, see
    /// ``isForSale`` and ``state``.
    public var isReady: Bool { isTaxed && parcels.allSatisfy { $0.chosenOption != nil } }
}

/// What a checkout comes to. `total = items + shipping + tax`; `taxIncluded` is inside the prices.
public struct CheckoutTotals: Hashable, Sendable {
    public let items: Money
    public let shipping: Money
    /// Tax on top of the prices.
    public let tax: Money
    public let taxIncluded: Money
    public let total: Money
}

/// Everything of one wallet in a checkout: it becomes one order, shipped by one seller.
public struct CheckoutParcel: Sendable {
    /// Counts from 0.
    public let number: Int
    public let seller: ID<Seller>
    public let sellerName: String
    public let sellerSlug: String
    public let sellerCountry: String
    public let wallet: ID<Wallet>
    public let lines: [CheckoutLine]
    /// The ways that the parcel may go, cheapest first; empty with `isQuoted` when none does.
    public internal(set) var options: [ShippingQuote]
    /// Whether `options` are of the present address.
    public internal(set) var isQuoted: Bool
    /// The code of the chosen option.
    public internal(set) var chosen: String?
    /// Whether the seller sells at the moment; if not, nothing can be done with the checkout.
    public let sellerIsOpen: Bool
    var shippingInstance: ID<ProviderInstance>?
    let origin: Address?
    let holdDays: Int
    public internal(set) var wishes = ParcelWishes()

    public var chosenOption: ShippingQuote? { options.first { $0.code == chosen } }
    var needsShipping: Bool { lines.contains(where: \.requiresShipping) }
}

public struct CheckoutLine: Sendable {
    /// Counts from 0 over the whole checkout.
    public let number: Int
    public let variant: ID<Variant>
    public let listing: ID<Listing>
    public let quantity: Int
    public let unitPrice: Money
    public let title: String
    public let sku: String?
    /// `Blue / Large`; empty for a listing without options.
    public let optionsText: String
    public let imageHash: Bytes?
    public let weightGrams: Int
    public let total: Money
    /// Whether it is still for sale.
    public let isForSale: Bool
    let categoryPath: [ID<Category>]
    let taxCode: String
    let requiresShipping: Bool
}
