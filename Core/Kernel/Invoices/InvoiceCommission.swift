import Postgres
import Vocabulary

/// What a seller owes for sales that were paid to it directly: those that were booked until the end
/// of its month and stood on no invoice before, less what went back of them and of earlier ones.
public struct CommissionInvoice: Hashable, Sendable {
    public let id: ID<CommissionInvoice>
    /// Without gaps over all sellers.
    public let number: Int64
    public let seller: ID<Seller>
    public let sellerName: String
    /// `2026-11`
    public let month: String
    public let commission: Money
    public let commissionVAT: Money
    /// Tax that the customer paid to the seller and that the platform hands to the state.
    public let taxByPlatform: Money
    public let issuedAt: Instant

    /// What the seller owes, in the invoice's currency.
    public var total: Money {
        Money(
            commission.amount + commissionVAT.amount + taxByPlatform.amount, commission.currency)
    }
}

/// One order on an invoice. The amounts are below zero when it corrects an earlier invoice.
public struct CommissionInvoiceLine: Hashable, Sendable {
    public let order: ID<Order>
    public let orderNumber: String
    public let commission: Money
    public let commissionVAT: Money
    public let taxByPlatform: Money
    /// The number of the invoice that had the order first, of which so much went back since then;
    /// nil for a sale.
    public let corrects: Int64?
}

/// Why an invoice was refused.
public enum InvoiceRefusal: Refusal, CaseIterable {
    case unknown, monthInvalid, monthNotOver
    case otherCurrency, aboveInvoice, aboveOwed, paymentKnown

    public var code: String {
        switch self {
        case .unknown: "invoice.unknown"
        case .monthInvalid: "invoice.month-invalid"
        case .monthNotOver: "invoice.month-not-over"
        case .otherCurrency: "invoice.other-currency"
        case .aboveInvoice: "invoice.above-invoice"
        case .aboveOwed: "invoice.above-owed"
        case .paymentKnown: "invoice.payment-known"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .paymentKnown: .conflict
        default: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .unknown: "There is no such invoice."
        case .monthInvalid: "A month is written as 2026-11."
        case .monthNotOver: "This month is not over yet."
        case .otherCurrency: "The invoice is in another currency."
        case .aboveInvoice: "This is more than is left to pay of the invoice."
        case .aboveOwed:
            "This is more than the seller still owes: sales have paid a part of it already."
        case .paymentKnown: "A payment with this reference is written down already."
        }
    }

    public var field: String? {
        switch self {
        case .unknown: nil
        case .monthInvalid, .monthNotOver: "month"
        case .otherCurrency: "currency"
        case .aboveInvoice, .aboveOwed: "amount"
        case .paymentKnown: "reference"
        }
    }
}

extension Marketplace {
    /// Writes the invoices of a month that is over, one for each seller and currency with direct
    /// sales that were booked until its end and were not invoiced yet. Refunds that succeeded lower
    /// them; what went back of a sale after its invoice is a line below zero on the next one. A
    /// seller of whom more went back than was sold gets none, and all of it goes on the next
    /// month's. Each sale is invoiced once; repeating it writes only what is new.
    /// - Parameter month: `2026-11`.
    /// - Returns: what was written now.
    /// - Throws: ``InvoiceRefusal``: `monthInvalid`, `monthNotOver`.
    @discardableResult
    public func invoiceCommission(of month: String) async throws -> [CommissionInvoice] {
        let parts = month.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 4, parts[1].count == 2,
            let year = Int(parts[0]), let number = Int(parts[1]), (1...12).contains(number),
            let first = Instant("\(month)-01T00:00:00Z"),
            let next = Instant(
                number == 12
                    ? "\(year + 1)-01-01T00:00:00Z"
                    : "\(parts[0])-\(number < 9 ? "0" : "")\(number + 1)-01T00:00:00Z")
        else { throw InvoiceRefusal.monthInvalid }
        return try await database.transaction { tx in
            guard try await tx.clock.now() >= next else { throw InvoiceRefusal.monthNotOver }
            try await tx.invoices.lock()
            return try await tx.invoices.issue(of: first, until: next)
        }
    }

    /// The same because somebody asked for it. Written to the audit trail.
    public func invoiceCommission(
        of month: String, as admin: ID<Account>, reason: String
    ) async throws -> [CommissionInvoice] {
        try await database.audit.record(
            "commission.invoiced", on: "market", "invoices", by: admin,
            reason: "\(month): \(reason)")
        return try await invoiceCommission(of: month)
    }

    /// Invoices, newest first; of one seller or of all.
    public func commissionInvoices(
        of seller: ID<Seller>? = nil, _ page: PageRequest = PageRequest()
    ) async throws -> Page<CommissionInvoice> {
        try await database.invoices.list(of: seller, page)
    }

    /// A seller's own invoices.
    /// - Throws: ``SellerRefusal`` without the permission to see money.
    public func commissionInvoices(
        as member: SellerMember, _ page: PageRequest
    ) async throws -> Page<CommissionInvoice> {
        try member.require(.readMoney)
        return try await database.invoices.list(of: member.seller, page)
    }

    /// An invoice and its orders; of `seller`, or of anybody for an administrator.
    /// - Throws: ``InvoiceRefusal/unknown``, also for somebody else's.
    public func commissionInvoice(
        _ id: ID<CommissionInvoice>, of seller: ID<Seller>?
    ) async throws -> (invoice: CommissionInvoice, lines: [CommissionInvoiceLine]) {
        guard let invoice = try await database.invoices.find(id),
            seller == nil || invoice.seller == seller
        else { throw InvoiceRefusal.unknown }
        return (invoice, try await database.invoices.lines(of: invoice))
    }
}
