import Kernel
import Vocabulary
import Web

/// What a seller owes for sales that were paid to it directly.
struct InvoiceRoutes {
    func mount(on routes: Routes) {
        routes.get("/money/invoices").query(ListQuery.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let page = try await call.marketplace.commissionInvoices(
                    as: member.membership, call.query.page())
                return .page(
                    "invoices",
                    InvoicesPage(page, next: Listed(page) { InvoiceAnswer($0) }.next),
                    title: localized("Invoices"))
            }
        routes.get("/money/invoices/{invoice}").path(InvoicePath.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let found = try await call.marketplace.commissionInvoice(
                    call.path.invoice, of: member.seller)
                return .page(
                    "invoice",
                    InvoicePage(
                        found.invoice, found.lines,
                        paid: try await call.marketplace.invoicePayments(
                            of: call.path.invoice, member.seller)),
                    title: localized("Invoice \(found.invoice.number)"))
            }
    }

    func mount(on api: API) {
        api.get("/invoices", "Commission invoices, newest first", tag: "Money")
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    try await call.marketplace.commissionInvoices(
                        as: member.membership, call.query.page())
                ) { InvoiceAnswer($0) }
            }
        api.get("/invoices/{invoice}", "An invoice with its orders", tag: "Money")
            .path(InvoicePath.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                let found = try await call.marketplace.commissionInvoice(
                    call.path.invoice, of: member.seller)
                return InvoiceAnswer(
                    found.invoice, found.lines,
                    paid: try await call.marketplace.invoicePayments(
                        of: call.path.invoice, member.seller))
            }
    }
}

/// The model of `invoices.mustache`.
struct InvoicesPage {
    struct Row {
        let href: String
        let number: String
        let month: String
        let commission: String
        let vat: String
        let tax: String
        let total: String
    }

    let rows: [Row]
    let hasRows: Bool
    let next: String?

    init(_ page: Page<CommissionInvoice>, next: String?) {
        rows = page.items.map { invoice in
            Row(
                href: "/money/invoices/\(invoice.id)", number: String(invoice.number),
                month: Format.month(invoice.month), commission: Format.money(invoice.commission),
                vat: Format.money(invoice.commissionVAT), tax: Format.money(invoice.taxByPlatform),
                total: Format.money(invoice.total))
        }
        hasRows = !rows.isEmpty
        self.next = next.map { "/money/invoices?after=\($0)" }
    }
}

/// The model of `invoice.mustache`.
struct InvoicePage {
    struct Line {
        let href: String
        let order: String
        /// `Correction of invoice 12`
        let corrects: String?
        let commission: String
        let vat: String
        let tax: String
    }

    let number: String
    let month: String
    let issued: String
    let total: String
    let lines: [Line]
    /// `€12.50 on 21 November 2026, STMT-1`
    let payments: [String]
    let hasPayments: Bool

    init(
        _ invoice: CommissionInvoice, _ lines: [CommissionInvoiceLine], paid: [InvoicePayment]
    ) {
        payments = paid.map {
            localized("\(Format.money($0.amount)) on \(Format.date($0.at)), \($0.reference)")
        }
        hasPayments = !paid.isEmpty
        number = String(invoice.number)
        month = Format.month(invoice.month)
        issued = Format.date(invoice.issuedAt)
        total = Format.money(invoice.total)
        self.lines = lines.map { line in
            Line(
                href: "/orders/\(line.order)", order: line.orderNumber,
                corrects: line.corrects.map { localized("Correction of invoice \(String($0))") },
                commission: Format.money(line.commission), vat: Format.money(line.commissionVAT),
                tax: Format.money(line.taxByPlatform))
        }
    }
}
