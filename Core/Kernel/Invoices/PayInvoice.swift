import Postgres
import Vocabulary

/// What a seller paid of an invoice to our bank account.
public struct InvoicePayment: Hashable, Sendable {
    public let id: ID<InvoicePayment>
    public let amount: Money
    /// The bank's.
    public let reference: String
    /// Whose account it came to.
    public let instanceName: String
    public let at: Instant
}

extension Marketplace {
    /// Writes down that a seller paid an invoice, or a part of it, to the account of `instance`:
    /// the seller owes that much less. What sales netted already cannot be paid again.
    /// - Parameter reference: the bank's; each counts once.
    /// - Throws: ``InvoiceRefusal``: `unknown`, `otherCurrency`, `aboveInvoice`, `aboveOwed`,
    ///   `paymentKnown`; `InputRefusal`; `ProviderRefusal`.
    @discardableResult
    public func recordInvoicePayment(
        of invoice: ID<CommissionInvoice>, _ amount: Money, to instance: ID<ProviderInstance>,
        reference: String, reason: String, by admin: ID<Account>
    ) async throws -> ID<InvoicePayment> {
        let reference = try InputText.line(reference, field: "reference", lengths: 1...80)
        guard amount.isPositive, amount.amount <= Money.amountMax else {
            throw InputRefusal(.wrong("The amount is above zero."), field: "amount")
        }
        guard try await database.providers.tables().instance(instance).kind == .payment else {
            throw ProviderRefusal.wrongKind
        }
        let payment = ID<InvoicePayment>()
        try await refusing("invoice_payment_once", as: InvoiceRefusal.paymentKnown) {
            try await database.transaction { tx in
                guard let found = try await tx.invoices.find(invoice) else {
                    throw InvoiceRefusal.unknown
                }
                guard amount.currency == found.total.currency else {
                    throw InvoiceRefusal.otherCurrency
                }
                let wallets = try await tx.invoices.owing(found.seller, amount.currency)
                try await tx.ledger.lock(wallets.map(\.wallet))
                let paid = try await tx.invoices.paid(of: invoice)
                guard amount.amount <= found.total.amount - paid else {
                    throw InvoiceRefusal.aboveInvoice
                }
                let parts = try Self.parts(
                    of: amount, try await tx.invoices.owing(found.seller, amount.currency))
                try await tx.invoices.insert(
                    payment, of: invoice, amount, instance, reference, admin)
                try await tx.ledger.post([
                    try .invoicePayment(payment, parts, amount.currency, at: instance)
                ])
                try await tx.outbox.record(
                    OutboxEvent(
                        "invoice.paid", about: "invoice", invoice,
                        InvoicePaidNotice(number: "\(found.number)", amount: amount)
                    ).telling(team: found.seller))
                try await tx.audit.record(
                    "invoice.paid", on: "invoice", invoice.description, by: admin,
                    reason: "\(amount), \(reference): \(reason)")
            }
        }
        return payment
    }

    /// What of a payment goes to which wallet's debt, in their order.
    private static func parts(
        of amount: Money, _ owing: [(wallet: ID<Wallet>, owed: Int64)]
    ) throws(InvoiceRefusal) -> [(wallet: ID<Wallet>, amount: Int64)] {
        var left = amount.amount
        var parts: [(wallet: ID<Wallet>, amount: Int64)] = []
        for (wallet, owed) in owing where left > 0 {
            parts.append((wallet, min(left, owed)))
            left -= min(left, owed)
        }
        guard left == 0 else { throw .aboveOwed }
        return parts
    }

    /// What was paid of an invoice, oldest first; of `seller`, or of anybody.
    /// - Throws: ``InvoiceRefusal/unknown``, also for somebody else's.
    public func invoicePayments(
        of invoice: ID<CommissionInvoice>, _ seller: ID<Seller>? = nil
    ) async throws -> [InvoicePayment] {
        guard let found = try await database.invoices.find(invoice),
            seller == nil || found.seller == seller
        else { throw InvoiceRefusal.unknown }
        return try await database.invoices.payments(of: invoice)
    }
}

/// What a seller's team reads of a payment that arrived.
private struct InvoicePaidNotice: Codable, Sendable {
    let number: String
    let amount: Money
}
