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
    struct IssuedAnswer: Codable { let items: [InvoiceAnswer] }

    let desk: Desk

    func mount() {
        desk.page("/invoices", .readMoney, query: ListQuery.self) { call, admin in
            Self.list(
                try await call.marketplace.commissionInvoices(call.query.page(limit: 50)), admin)
        }
        desk.page("/invoices/{invoice}", .readMoney, path: InvoicePath.self) { call, _ in
            let found = try await call.marketplace.commissionInvoice(call.path.invoice, of: nil)
            return Self.show(InvoiceAnswer(found.invoice, found.lines))
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
        ) { call, _ in
            let found = try await call.marketplace.commissionInvoice(call.path.invoice, of: nil)
            return InvoiceAnswer(found.invoice, found.lines)
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

    private static func list(
        _ page: Kernel.Page<CommissionInvoice>, _ admin: Administrator
    ) -> DeskPage {
        let rows = page.items.map { invoice in
            [
                Cell(String(invoice.number), to: "/invoices/\(invoice.id)"),
                Cell(invoice.sellerName, to: Links.seller(invoice.seller)), Cell(invoice.month),
                .money(invoice.commission), .money(invoice.commissionVAT),
                .money(invoice.taxByPlatform), .money(invoice.total),
            ]
        }
        let form = DeskForm(
            "Write them", to: "/invoices",
            [.line("month", "Month", help: "Such as 2026-11; it has to be over."), .reason])
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

    private static func show(_ invoice: InvoiceAnswer) -> DeskPage {
        DeskPage(
            "Invoice \(invoice.number)",
            [
                Block(
                    facts: [
                        Fact("Seller", invoice.sellerName, to: Links.seller(invoice.seller)),
                        Fact("Month", invoice.month), Fact("Total", Format.money(invoice.total)),
                        Fact("Issued", Format.time(invoice.issuedAt)),
                    ],
                    table: Table(
                        ["Order", "Commission#", "Its VAT#", "Tax handed on#"],
                        invoice.lines.map {
                            [
                                Cell($0.orderNumber, to: "/orders/\($0.order)"),
                                .money($0.commission), .money($0.commissionVat),
                                .money($0.taxByPlatform),
                            ]
                        }))
            ])
    }
}
