import Kernel
import Vocabulary

/// A commission invoice as its seller and administrators see it.
public struct InvoiceAnswer: Codable, Sendable {
    public struct InvoiceLineAnswer: Codable, Sendable {
        public let order: ID<Order>
        public let orderNumber: String
        public let commission: Money
        public let commissionVat: Money
        public let taxByPlatform: Money
    }

    public let id: ID<CommissionInvoice>
    public let number: Int64
    public let seller: ID<Seller>
    public let sellerName: String
    /// `2026-11`
    public let month: String
    public let commission: Money
    public let commissionVat: Money
    public let taxByPlatform: Money
    public let total: Money
    public let issuedAt: Instant
    /// Empty in lists.
    public let lines: [InvoiceLineAnswer]

    public init(_ invoice: CommissionInvoice, _ lines: [CommissionInvoiceLine] = []) {
        id = invoice.id
        number = invoice.number
        seller = invoice.seller
        sellerName = invoice.sellerName
        month = invoice.month
        commission = invoice.commission
        commissionVat = invoice.commissionVAT
        taxByPlatform = invoice.taxByPlatform
        total = invoice.total
        issuedAt = invoice.issuedAt
        self.lines = lines.map {
            InvoiceLineAnswer(
                order: $0.order, orderNumber: $0.orderNumber, commission: $0.commission,
                commissionVat: $0.commissionVAT, taxByPlatform: $0.taxByPlatform)
        }
    }
}

/// Which invoice.
public struct InvoicePath: Described {
    public let invoice: ID<CommissionInvoice>
}
