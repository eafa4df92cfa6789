import ProviderKit
import Vocabulary

/// A purchase and its orders before they are kept: the checkout divided by wallet, the commission
/// of every line frozen. Pure.
struct PurchasePlan: Sendable {
    struct PlannedOrder: Sendable {
        let id: ID<Order>
        let number: String
        let parcel: CheckoutParcel
        let amounts: OrderAmounts
        /// Where the platform hands in this order's tax.
        let taxJurisdiction: String?
        let commission: OrderCommission
        let lines: [PlannedLine]
    }

    struct PlannedLine: Sendable {
        let id: ID<OrderLine>
        let order: ID<Order>
        /// Counts from 1 within its order.
        let number: Int
        let line: CheckoutLine
        let tax: LineTax
        let commission: Commission
    }

    let id: ID<Purchase>
    let number: String
    let checkout: Checkout
    let orders: [PlannedOrder]
    /// By which commission the orders were planned.
    let terms: CommissionTerms.Holding
    /// In which the customer reads; nil when nobody knows.
    let language: Language?

    init(
        _ checkout: Checkout, by terms: CommissionTerms, language: Language? = nil
    ) throws {
        self.language = language
        let number = PurchaseNumber.random()
        let amounts = try Split.amounts(of: checkout)
        var orders: [PlannedOrder] = []
        for (index, parcel) in checkout.parcels.enumerated() {
            let order = ID<Order>()
            let taxes = try parcel.lines.map { try Split.tax(on: $0, in: checkout) }
            let commission = try OrderCommission(
                on: parcel, in: checkout, taxes: taxes, by: terms)
            let lines = parcel.lines.enumerated().map { position, line in
                PlannedLine(
                    id: ID(), order: order, number: position + 1, line: line,
                    tax: taxes[position], commission: commission.lines[position])
            }
            orders.append(
                PlannedOrder(
                    id: order, number: PurchaseNumber.order(number, index), parcel: parcel,
                    amounts: try OrderAmounts(amounts[index], commission),
                    taxJurisdiction: Split.taxJurisdiction(of: parcel, in: checkout),
                    commission: commission, lines: lines))
        }
        id = ID()
        self.number = number
        self.checkout = checkout
        self.orders = orders
        self.terms = terms.holding
    }

    var lines: [PlannedLine] { orders.flatMap(\.lines) }

    var shares: [PaymentPlan.Share] {
        orders.map {
            PaymentPlan.Share(
                order: $0.id, seller: $0.parcel.seller, wallet: $0.parcel.wallet,
                amount: $0.amounts.total)
        }
    }
}

extension OrderAmounts {
    /// The seller's share is what is left: by subtraction, never by a second multiplication.
    init(_ parcel: ParcelAmounts, _ kept: OrderCommission) throws(MoneyError) {
        items = parcel.items
        shipping = parcel.shipping
        tax = parcel.tax
        taxIncluded = parcel.taxIncluded
        taxByPlatform = parcel.taxByPlatform
        total = parcel.total
        commission = try kept.amount(parcel.total.currency)
        commissionVAT = try kept.vat(parcel.total.currency)
        sellerShare = try parcel.total.subtracting(parcel.taxByPlatform).subtracting(commission)
            .subtracting(commissionVAT)
    }
}
