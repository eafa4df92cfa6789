import Kernel
import Vocabulary
import Web

/// Invoices for commission of sales that were paid to sellers directly.
struct InvoiceRoutes {
    struct NewInvoices: Described {
        /// `2026-11`
        let month: String
        let reason: String
        static let rules: [String: [Rule]] = [
            "month": [.length(7...7)], "reason": [.length(3...500)],
        ]
    }
    struct NewPayment: Described {
        /// Whose account it came to.
        let instance: ID<ProviderInstance>
        let amount: Int64
        let currency: Currency
        /// The bank's; each counts once.
        let reference: String
        let reason: String
        static let rules: [String: [Rule]] = [
            "amount": [.range(1...Money.amountMax), .about("Minor units.")],
            "reference": [.length(1...80)], "reason": [.length(3...500)],
        ]
    }
    struct IssuedAnswer: Codable { let items: [InvoiceAnswer] }

    let desk: Desk

    func mount() {
        desk.page("/invoices", .readMoney, query: ListQuery.self) { call, admin in
            Self.list(
                try await call.marketplace.commissionInvoices(call.query.page(limit: 50)), admin)
        }
        desk.page("/invoices/{invoice}", .readMoney, path: InvoicePath.self) { call, admin in
            Self.show(
                try await Self.answer(call.marketplace, call.path.invoice),
                try await call.marketplace.providerInstances(.payment), admin)
        }
        desk.read(
            "/invoices", "Commission invoices of all sellers, newest first", tag: "Commission",
            .readMoney, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.commissionInvoices(call.query.page())) {
                InvoiceAnswer($0)
            }
        }
        desk.read(
            "/invoices/{invoice}", "An invoice with its orders", tag: "Commission", .readMoney,
            path: InvoicePath.self
        ) { call, _ in try await Self.answer(call.marketplace, call.path.invoice) }
        desk.act(
            Act<InvoicePath>(
                "/invoices/{invoice}/payments", "Write down that a seller paid an invoice by bank",
                tag: "Commission", .runPayouts, done: "It is in the books.",
                back: { "/invoices/\($0.invoice)" }), input: NewPayment.self
        ) { marketplace, path, input, admin in
            try await marketplace.recordInvoicePayment(
                of: path.invoice, Money(input.amount, input.currency), to: input.instance,
                reference: input.reference, reason: input.reason, by: admin.account.id)
            return try await Self.answer(marketplace, path.invoice)
        }
        desk.act(
            Act<Nothing>(
                "/invoices", "Write the invoices of a month that is over", tag: "Commission",
                .setCommission, done: "The invoices are written.", back: { _ in "/invoices" }),
            input: NewInvoices.self
        ) { marketplace, _, input, admin in
            IssuedAnswer(
                items: try await marketplace.invoiceCommission(
                    of: input.month, as: admin.account.id, reason: input.reason
                ).map { InvoiceAnswer($0) })
        }
    }

    private static func answer(
        _ marketplace: Marketplace, _ id: ID<CommissionInvoice>
    ) async throws -> InvoiceAnswer {
        let found = try await marketplace.commissionInvoice(id, of: nil)
        return InvoiceAnswer(
            found.invoice, found.lines, paid: try await marketplace.invoicePayments(of: id))
    }

    private static func list(
        _ page: Kernel.Page<CommissionInvoice>, _ admin: Administrator
    ) -> DeskPage {
        let rows = page.items.map { invoice in
            [
                Cell(data: String(invoice.number), to: "/invoices/\(invoice.id)"),
                Cell(data: invoice.sellerName, to: Links.seller(invoice.seller)),
                Cell(data: invoice.month),
                .money(invoice.commission), .money(invoice.commissionVAT),
                .money(invoice.taxByPlatform), .money(invoice.total),
            ]
        }
        let form = DeskForm.reasoned(
            "Write them", to: "/invoices",
            hint: """
                Each seller owes from then on what the invoice says of direct sales until the end \
                of the month. None is taken back; the next one corrects it.
                """,
            [.line("month", "Month", help: "Such as 2026-11; it has to be over.")])
        return DeskPage(
            "Commission invoices",
            lead: "For sales that were paid to sellers directly.",
            [
                Block(
                    table: Table(
                        [
                            "Number", "Seller", "Month", "Commission#", "Its VAT#",
                            "Tax handed on#", "Total#",
                        ], rows),
                    forms: Duty.setCommission.isAllowed(to: admin.roles) ? [form] : [],
                    nothing: "None was written yet.",
                    more: page.next.map { "/invoices?after=\(Cursor.seal($0))" })
            ])
    }

    private static func payments(
        _ invoice: InvoiceAnswer, _ instances: [ProviderInstance], _ admin: Administrator
    ) -> Block {
        let form = DeskForm.dangerous(
            "Write down a payment", to: "/invoices/\(invoice.id)/payments",
            hint: "The seller paid to a bank account of ours: it owes that much less.",
            [
                .choice(
                    "instance", "To the account of",
                    instances.map { (key: $0.id.description, text: Phrase.data($0.name)) }),
                .amount("amount", "Amount", in: "currency"),
                .hidden("currency", invoice.total.currency.code),
                .line("reference", "The bank's reference"),
            ])
        return Block(
            "Paid by bank",
            table: Table(
                ["When", "Reference", "Amount#"],
                invoice.payments.map {
                    [.time($0.at), Cell(data: $0.reference), .money($0.amount)]
                }),
            forms: Duty.runPayouts.isAllowed(to: admin.roles) ? [form] : [],
            nothing: "Nothing was paid by bank; sales pay it as well.")
    }

    private static func show(
        _ invoice: InvoiceAnswer, _ instances: [ProviderInstance], _ admin: Administrator
    ) -> DeskPage {
        DeskPage(
            "Invoice \(invoice.number)",
            [
                Block(
                    facts: [
                        Fact("Seller", data: invoice.sellerName, to: Links.seller(invoice.seller)),
                        Fact("Month", data: invoice.month),
                        Fact("Total", data: Format.money(invoice.total)),
                        Fact("Issued", data: Format.time(invoice.issuedAt)),
                    ],
                    table: Table(
                        ["Order", "", "Commission#", "Its VAT#", "Tax handed on#"],
                        invoice.lines.map {
                            [
                                Cell(data: $0.orderNumber, to: "/orders/\($0.order)"),
                                Cell($0.corrects.map { "Correction of invoice \($0)" } ?? ""),
                                .money($0.commission), .money($0.commissionVat),
                                .money($0.taxByPlatform),
                            ]
                        })), payments(invoice, instances, admin),
            ])
    }
}
