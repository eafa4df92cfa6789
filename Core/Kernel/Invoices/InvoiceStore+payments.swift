import Postgres
import Vocabulary

extension InvoiceStore {
    /// The wallets of a seller that owe something for direct sales, and how much.
    func owing(
        _ seller: ID<Seller>, _ currency: Currency
    ) async throws -> [(wallet: ID<Wallet>, owed: Int64)] {
        try await db.query(
            """
            select wallet.id, -balance
            from wallet
            join ledger_account account on account.wallet_id = wallet.id
                and account.currency = \(currency) and account.kind = 'seller_receivable'
            join ledger_balance on ledger_balance.account_id = account.id
            where wallet.seller_id = \(seller) and balance < 0
            order by wallet.id
            """
        ).decode { c in (wallet: try c.next(), owed: try c.next()) }
    }

    func insert(
        _ id: ID<InvoicePayment>, of invoice: ID<CommissionInvoice>, _ amount: Money,
        _ instance: ID<ProviderInstance>, _ reference: String, _ admin: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into invoice_payment (id, invoice_id, instance_id, amount, currency, reference,
                recorded_by)
            values (\(id), \(invoice), \(instance), \(amount.amount), \(amount.currency),
                \(reference), \(admin))
            """)
    }

    /// All that was paid of an invoice, in minor units.
    func paid(of invoice: ID<CommissionInvoice>) async throws -> Int64 {
        try await db.query(
            """
            select coalesce(sum(amount), 0)::bigint from invoice_payment
            where invoice_id = \(invoice)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// At most a hundred.
    func payments(of invoice: ID<CommissionInvoice>) async throws -> [InvoicePayment] {
        try await db.query(
            """
            select p.id, p.amount, p.currency, p.reference, i.name, p.at
            from invoice_payment p join provider_instance i on i.id = p.instance_id
            where p.invoice_id = \(invoice) order by p.id limit 100
            """
        ).decode { c in
            try InvoicePayment(
                id: c.next(), amount: Money(c.next(), c.next()), reference: c.next(),
                instanceName: c.next(), at: c.next())
        }
    }
}
