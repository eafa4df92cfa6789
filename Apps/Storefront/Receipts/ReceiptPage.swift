import Kernel
import Vocabulary
import Web

/// The model of `receipt.mustache`.
struct ReceiptPage {
    struct Group {
        let seller: String
        let number: String
        let lines: [Line]
        let shipping: String
        let shippingName: String
        let total: String
    }
    struct Line {
        let title: String
        let options: String?
        let quantity: Int
        let unitPrice: String
        let total: String
    }
    struct Row {
        let label: String
        let amount: String
    }

    let id: String
    let number: String
    let placed: String
    let email: String
    let addressLines: [String]
    let groups: [Group]
    let items: String
    let shipping: String
    let addedTaxes: [Row]
    let includedTaxes: [Row]
    let total: String
    /// How it was paid, in a sentence.
    let paid: String
    /// What it was paid by, as the customer chose it.
    let method: String?
    let refunds: [Row]
    let hasRefunds: Bool
    /// What went back and has arrived.
    let refunded: String

    /// - Throws: `MoneyError`, never for amounts that were placed.
    init(_ receipt: PurchaseReceipt) throws {
        let purchase = receipt.purchase
        id = purchase.id.description
        number = purchase.number
        placed = Format.date(purchase.placedAt)
        email = purchase.email
        addressLines = purchase.address.shownLines
        groups = receipt.orders.map { Group($0) }
        let totals = try receipt.totals()
        items = Format.money(totals.items)
        shipping = Format.money(totals.shipping)
        addedTaxes = receipt.taxes.filter { !$0.isIncluded }.map { Row($0) }
        includedTaxes = receipt.taxes.filter(\.isIncluded).map { Row($0) }
        total = Format.money(totals.total)
        paid = Self.paid(receipt)
        method = receipt.method.map { localized(name: $0) }
        refunds = receipt.refunds.map { order, refund in
            let day = Format.date(refund.settledAt ?? refund.requestedAt)
            let label =
                switch refund.state {
                case .succeeded: localized("Given back on \(day), order \(order)")
                case .calledOff: localized("Called off on \(day), never charged, order \(order)")
                default: localized("On its way back since \(day), order \(order)")
                }
            return Row(
                label: label, amount: Format.money(refund.amount))
        }
        hasRefunds = !refunds.isEmpty
        refunded = Format.money(try receipt.refunded())
    }

    private static func paid(_ receipt: PurchaseReceipt) -> String {
        if receipt.payment?.isDue(.atDelivery) ?? false {
            return localized("To be paid when it is handed over.")
        }
        let day = Format.date(receipt.purchase.paidAt ?? receipt.purchase.placedAt)
        guard receipt.method == nil, let name = receipt.paidWith else {
            return localized("Paid on \(day).")
        }
        let way = localized(name: name)
        return localized("Paid on \(day) with \(way).")
    }
}

extension ReceiptPage.Row {
    fileprivate init(_ tax: PurchaseReceipt.Tax) {
        let name = localized(label: tax.label)
        self.init(
            label: localized("\(name) on \(Format.money(tax.base))"),
            amount: Format.money(tax.amount))
    }
}

extension ReceiptPage.Group {
    fileprivate init(_ detail: OrderDetail) {
        let order = detail.order
        self.init(
            seller: order.sellerName, number: order.number,
            lines: detail.lines.map { line in
                ReceiptPage.Line(
                    title: line.title, options: line.optionsText.isEmpty ? nil : line.optionsText,
                    quantity: line.quantity, unitPrice: Format.money(line.unitPrice),
                    total: Format.money(line.total))
            },
            shipping: Format.money(order.amounts.shipping),
            shippingName: localized(name: order.shippingName),
            total: Format.money(order.amounts.total))
    }
}
