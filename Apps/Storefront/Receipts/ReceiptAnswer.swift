import Kernel
import Vocabulary
import Web

/// A receipt as JSON; its lines are those of the purchase's orders.
struct ReceiptAnswer: Codable, Sendable {
    struct ReceiptTaxAnswer: Codable, Sendable {
        let label: String
        /// Parts of a million.
        let ratePpm: Int64
        /// What the rate was applied to.
        let base: Money
        let amount: Money
        let isIncluded: Bool
    }
    struct ReceiptTotalsAnswer: Codable, Sendable {
        let items: Money
        let shipping: Money
        /// On top of the prices.
        let tax: Money
        let total: Money
        /// What went back and has arrived.
        let refunded: Money
    }

    let purchaseId: ID<Purchase>
    let number: String
    let placedAt: Instant
    let paidAt: Instant?
    /// Where the money was taken.
    let paidWith: String?
    let isPaidOnDelivery: Bool
    let email: String
    let address: AddressAnswer
    let orders: [OrderAnswer]
    let taxes: [ReceiptTaxAnswer]
    let totals: ReceiptTotalsAnswer

    init(_ receipt: PurchaseReceipt) throws {
        let purchase = receipt.purchase
        purchaseId = purchase.id
        number = purchase.number
        placedAt = purchase.placedAt
        paidAt = purchase.paidAt
        paidWith = receipt.paidWith
        isPaidOnDelivery = receipt.payment?.isDue(.atDelivery) ?? false
        email = purchase.email
        address = AddressAnswer(purchase.address)
        orders = receipt.orders.map { OrderAnswer($0) }
        taxes = receipt.taxes.map {
            ReceiptTaxAnswer(
                label: $0.label, ratePpm: $0.rate.value, base: $0.base, amount: $0.amount,
                isIncluded: $0.isIncluded)
        }
        let totals = try receipt.totals()
        self.totals = ReceiptTotalsAnswer(
            items: totals.items, shipping: totals.shipping, tax: totals.tax, total: totals.total,
            refunded: try receipt.refunded())
    }
}
