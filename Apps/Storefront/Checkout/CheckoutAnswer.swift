import Kernel
import ProviderKit
import Vocabulary
import Web

/// A checkout as JSON.
struct CheckoutAnswer: Codable, Sendable {
    struct Totals: Codable, Sendable {
        let items: Money
        let shipping: Money
        /// On top of the prices.
        let tax: Money
        /// Inside the prices.
        let taxIncluded: Money
        let total: Money
    }
    struct Parcel: Codable, Sendable {
        let number: Int
        let sellerId: ID<Seller>
        let sellerName: String
        let lines: [Line]
        let options: [ShippingOption]
        /// The code of the chosen option.
        let chosen: String?
        /// Words to put into it.
        let giftMessage: String?
        /// The day on which it is wished for, such as 2026-12-24.
        let deliverOn: String?
    }
    struct Line: Codable, Sendable {
        let variantId: ID<Variant>
        let listingId: ID<Listing>
        let title: String
        let options: String
        let quantity: Int
        let unitPrice: Money
        let total: Money
        let state: State

        enum State: String, Codable, Sendable, CaseIterable {
            case fine
            /// Its maker or the market took it back, or its shop rests: as long as it is in, the
            /// checkout cannot be ordered.
            case away
        }
    }
    struct ShippingOption: Codable, Sendable {
        let code: String
        let label: String
        let price: Money
        let daysMin: Int?
        let daysMax: Int?
        let isPickup: Bool
    }
    struct Tax: Codable, Sendable {
        let label: String
        let amount: Money
        let isIncluded: Bool
    }
    enum State: String, Codable, Sendable, CaseIterable { case open, placed, expired }

    let id: ID<Checkout>
    let state: State
    let email: String
    let currency: Currency
    let address: AddressAnswer
    let parcels: [Parcel]
    let taxes: [Tax]
    let totals: Totals
    /// Whether nothing but the payment is missing: it is open, everything is for sale, and shipping
    /// and taxes are known.
    let isReady: Bool
    let expiresAt: Instant

    init(_ checkout: Checkout) {
        id = checkout.id
        state = State(rawValue: checkout.state.rawValue) ?? .expired
        email = checkout.email
        currency = checkout.currency
        address = AddressAnswer(checkout.address)
        parcels = checkout.parcels.map { Parcel($0) }
        taxes = checkout.taxes.map {
            Tax(label: $0.label, amount: $0.amount, isIncluded: $0.isIncluded)
        }
        totals = Totals(
            items: checkout.totals.items, shipping: checkout.totals.shipping,
            tax: checkout.totals.tax, taxIncluded: checkout.totals.taxIncluded,
            total: checkout.totals.total)
        isReady = checkout.state == .open && checkout.isForSale && checkout.isReady
        expiresAt = checkout.expiresAt
    }
}

extension CheckoutAnswer.Parcel {
    init(_ parcel: CheckoutParcel) {
        number = parcel.number
        sellerId = parcel.seller
        sellerName = parcel.sellerName
        lines = parcel.lines.map { line in
            CheckoutAnswer.Line(
                variantId: line.variant, listingId: line.listing, title: line.title,
                options: line.optionsText, quantity: line.quantity, unitPrice: line.unitPrice,
                total: line.total,
                state: parcel.sellerIsOpen && line.isForSale ? .fine : .away)
        }
        options = parcel.options.map { option in
            CheckoutAnswer.ShippingOption(
                code: option.code, label: option.label, price: option.price,
                daysMin: option.daysMin, daysMax: option.daysMax, isPickup: option.isPickup)
        }
        chosen = parcel.chosen
        giftMessage = parcel.wishes.giftMessage
        deliverOn = parcel.wishes.deliverOn?.description
    }
}

/// Taxes of one kind, added up.
struct TaxSum {
    let label: String
    let amount: Money
    let isIncluded: Bool
}

extension Checkout {
    /// The tax lines by what the customer reads, in their first order.
    var taxes: [TaxSum] {
        var sums: [TaxSum] = []
        for line in taxLines where !line.amount.isZero {
            let index = sums.firstIndex {
                $0.label == line.label && $0.isIncluded == line.isIncluded
            }
            guard let index else {
                sums.append(
                    TaxSum(label: line.label, amount: line.amount, isIncluded: line.isIncluded))
                continue
            }
            // The sum cannot overflow: it is part of a total that was added up already.
            guard let sum = try? sums[index].amount.adding(line.amount) else { continue }
            sums[index] = TaxSum(label: line.label, amount: sum, isIncluded: line.isIncluded)
        }
        return sums
    }
}

/// Where a checkout or purchase can be paid.
struct WaysToPayAnswer: Codable, Sendable {
    struct Way: Codable, Sendable {
        let instanceId: ID<ProviderInstance>
        let name: String
        /// No real money moves.
        let isSandbox: Bool
        let methods: [Method]
    }
    struct Method: Codable, Sendable {
        let code: String
        let label: String
    }

    let items: [Way]

    init(_ ways: [WayToPay]) {
        items = ways.map { way in
            Way(
                instanceId: way.instance, name: way.name, isSandbox: way.isSandbox,
                methods: way.methods.map { Method(code: $0.code, label: $0.label) })
        }
    }
}
