import ProviderKit
import Vocabulary

/// What a customer bought, how it was paid, and what went back since.
public struct PurchaseReceipt: Sendable {
    /// Taxes of one kind and rate, added up over things and shipping.
    public struct Tax: Hashable, Sendable {
        /// What the customer reads: "VAT 19 %".
        public let label: String
        public let rate: PartsPerMillion
        /// What the rate was applied to: amounts without tax.
        public let base: Money
        public let amount: Money
        /// Inside the prices; if not, on top of them.
        public let isIncluded: Bool
    }

    public let purchase: Purchase
    /// One for each maker, in the order of their numbers.
    public let orders: [OrderDetail]
    public let taxes: [Tax]
    /// Nil where nobody asked for it, as in letters.
    public let payment: Payment?
    /// The name of the provider instance that took the money.
    public let paidWith: String?
    /// What the customer chose to pay by, as it was offered; nil for what was never offered.
    public let method: String?

    /// What the makers' orders add up to, as the purchase was placed.
    public struct Totals: Hashable, Sendable {
        public let items: Money
        public let shipping: Money
        /// On top of the prices.
        public let tax: Money
        public let total: Money
    }

    /// - Throws: `MoneyError` for sums past what an amount can be; none was ever placed.
    public func totals() throws -> Totals {
        let zero = Money.zero(purchase.total.currency)
        return Totals(
            items: try orders.reduce(zero) { try $0.adding($1.order.amounts.items) },
            shipping: try orders.reduce(zero) { try $0.adding($1.order.amounts.shipping) },
            tax: try orders.reduce(zero) { try $0.adding($1.order.amounts.tax) },
            total: purchase.total)
    }

    /// Money that went back, is on its way back, or was called off before it was taken; what came
    /// by surprise after all was over is none of it, for nothing was sold for that.
    public var refunds: [(order: String, refund: Refund)] {
        orders.flatMap { detail in
            detail.refunds.filter { $0.state != .failed && $0.kind != .stray }
                .map { (order: detail.order.number, refund: $0) }
        }
    }

    /// What has arrived of ``refunds``.
    /// - Throws: `MoneyError`, never for amounts that were paid.
    public func refunded() throws -> Money {
        try refunds.filter { $0.refund.state == .succeeded }
            .reduce(.zero(purchase.total.currency)) { try $0.adding($1.refund.amount) }
    }
}

extension PurchaseReceipt.Tax {
    /// Tax lines by what the customer reads and the rate, in their first order; nothing of zero.
    /// - Throws: `MoneyError`, never for lines of one total.
    public static func sums(of lines: [TaxLine]) throws -> [PurchaseReceipt.Tax] {
        var sums: [PurchaseReceipt.Tax] = []
        for line in lines where !line.amount.isZero {
            let index = sums.firstIndex {
                $0.label == line.label && $0.rate == line.rate && $0.isIncluded == line.isIncluded
            }
            guard let index else {
                sums.append(
                    PurchaseReceipt.Tax(
                        label: line.label, rate: line.rate, base: line.base, amount: line.amount,
                        isIncluded: line.isIncluded))
                continue
            }
            let known = sums[index]
            sums[index] = PurchaseReceipt.Tax(
                label: known.label, rate: known.rate, base: try known.base.adding(line.base),
                amount: try known.amount.adding(line.amount), isIncluded: known.isIncluded)
        }
        return sums
    }
}

extension Marketplace {
    /// The receipt of a purchase that was paid, or is to be paid when it is handed over.
    /// - Throws: `OrderRefusal.purchaseMissing` when there is none, or it is someone else's;
    ///   `OrderRefusal.notPaid` while there is nothing to show.
    public func receipt(of id: ID<Purchase>, as buyer: Buyer) async throws -> PurchaseReceipt {
        let detail = try await findPurchase(id, as: buyer)
        guard detail.purchase.state == .paid else { throw OrderRefusal.notPaid }
        let lines = try await database.purchases.taxLines(of: [id])[id] ?? []
        var instance: ProviderInstance?
        var method: String?
        if let payment = detail.payment {
            instance = try await database.providers.find(payment.instance)
            method = try await database.paymentMethods.label(
                of: payment.method, at: payment.instance)
        }
        return PurchaseReceipt(
            purchase: detail.purchase, orders: detail.orders,
            taxes: try PurchaseReceipt.Tax.sums(of: lines),
            payment: detail.payment, paidWith: instance?.name, method: method)
    }
}
