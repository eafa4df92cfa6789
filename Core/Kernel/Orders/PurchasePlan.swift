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

    init(_ checkout: Checkout, by rules: [CommissionRule]) throws {
        let number = PurchaseNumber.random()
        let amounts = try Split.amounts(of: checkout)
        var orders: [PlannedOrder] = []
        for (index, parcel) in checkout.parcels.enumerated() {
            let order = ID<Order>()
            let lines = try parcel.lines.enumerated().map { position, line in
                let tax = try Split.tax(on: line, in: checkout)
                let commission = CommissionLine(
                    seller: parcel.seller, categoryPath: line.categoryPath,
                    base: try line.total.subtracting(tax.includedByPlatform),
                    quantity: line.quantity)
                return PlannedLine(
                    id: ID(), order: order, number: position + 1, line: line, tax: tax,
                    commission: try Commission.compute(
                        commission, by: rules, at: checkout.readAt))
            }
            orders.append(
                PlannedOrder(
                    id: order, number: PurchaseNumber.order(number, index), parcel: parcel,
                    amounts: try OrderAmounts(amounts[index], lines.map(\.commission.amount)),
                    lines: lines))
        }
        id = ID()
        self.number = number
        self.checkout = checkout
        self.orders = orders
    }

    var lines: [PlannedLine] { orders.flatMap(\.lines) }

    var shares: [PaymentPlan.Share] {
        orders.map {
            PaymentPlan.Share(order: $0.id, seller: $0.parcel.seller, amount: $0.amounts.total)
        }
    }
}

extension OrderAmounts {
    /// The seller's share is what is left: by subtraction, never by a second multiplication.
    init(_ parcel: ParcelAmounts, _ commissions: [Money]) throws(MoneyError) {
        items = parcel.items
        shipping = parcel.shipping
        tax = parcel.tax
        taxIncluded = parcel.taxIncluded
        taxByPlatform = parcel.taxByPlatform
        total = parcel.total
        commission = try Money.sum(commissions, parcel.total.currency)
        sellerShare = try parcel.total.subtracting(parcel.taxByPlatform).subtracting(commission)
    }
}
