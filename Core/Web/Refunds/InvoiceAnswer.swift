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
        /// The number of the invoice that had this order first: so much went back of it since
        /// then, and the amounts are below zero. Absent for a sale.
        public let corrects: Int64?
    }

    public struct InvoicePaymentAnswer: Codable, Sendable {
        public let id: ID<InvoicePayment>
        public let amount: Money
        public let reference: String
        public let at: Instant
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
    /// What was paid of it by bank; empty in lists. What sales paid stands in the ledger.
    public let payments: [InvoicePaymentAnswer]

    public init(
        _ invoice: CommissionInvoice, _ lines: [CommissionInvoiceLine] = [],
        paid payments: [InvoicePayment] = []
    ) {
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
                commissionVat: $0.commissionVAT, taxByPlatform: $0.taxByPlatform,
                corrects: $0.corrects)
        }
        self.payments = payments.map {
            InvoicePaymentAnswer(
                id: $0.id, amount: $0.amount, reference: $0.reference, at: $0.at)
        }
    }
}

/// Which invoice.
public struct InvoicePath: Described {
    public let invoice: ID<CommissionInvoice>
}
