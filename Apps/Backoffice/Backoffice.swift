public import Foundation
public import Kernel
public import Web

/// The administrators' app.
public enum Backoffice {
    public static let title = "Guildhall back office"

    /// Where its templates are.
    public static var templates: Bundle { .module }

    /// Every URL of the app.
    public static func mount(_ routes: Routes) {
        let desk = Desk(routes: routes)
        SessionRoutes(desk: desk).mount()
        DashboardRoutes(desk: desk).mount()
        SearchRoutes(desk: desk).mount()
        SellerRoutes(desk: desk).mount()
        ChecklistRoutes(desk: desk).mount()
        CatalogueRoutes(desk: desk).mount()
        AttributeRoutes(desk: desk).mount()
        ReviewRoutes(desk: desk).mount()
        RatingRoutes(desk: desk).mount()
        PickRoutes(desk: desk).mount()
        PurchaseRoutes(desk: desk).mount()
        ReceiptRoutes(desk: desk).mount()
        CashRoutes(desk: desk).mount()
        ProviderRoutes(desk: desk).mount()
        MoneyRoutes(desk: desk).mount()
        PlanRoutes(desk: desk).mount()
        PayoutFileRoutes(desk: desk).mount()
        BankReportRoutes(desk: desk).mount()
        SellerPayoutRoutes(desk: desk).mount()
        BankPayoutRoutes(desk: desk).mount()
        UnreadBankPayoutRoutes(desk: desk).mount()
        BankPayoutOrderRoutes(desk: desk).mount()
        MonthStatementRoutes(desk: desk).mount()
        HealthRoutes(desk: desk).mount()
        JobRoutes(desk: desk).mount()
        WebhookRoutes(desk: desk).mount()
        OutboxRoutes(desk: desk).mount()
        MailRoutes(desk: desk).mount()
        TrailRoutes(desk: desk).mount()
        AccountRoutes(desk: desk).mount()
        ImpersonationRoutes(desk: desk).mount()
        PeopleRoutes(desk: desk).mount()
        ClockRoutes(desk: desk).mount()
        MediaRoutes().mount(on: routes)
    }

    /// What stands around every page: the links of whoever is signed in.
    @Sendable public static func chrome(
        _ request: WebRequest, _ account: Account?
    ) async throws -> Chrome {
        guard let account else { return Chrome() }
        let roles = try await request.marketplace.adminRoles(of: account.id)
        var links: [(Phrase, String, Duty)] = [
            ("Waiting", "/", .lookAround), ("Sellers", "/sellers", .readSellers),
            ("Checklist", "/checklist", .readSellers),
            ("Catalogue", "/categories", .readCatalogue),
            ("Purchases", "/purchases", .readPurchases), ("Orders", "/orders", .readPurchases),
            ("Payments", "/payments", .readPurchases), ("Refunds", "/refunds", .readPurchases),
            ("Cash", "/cash", .readPurchases), ("Disputes", "/disputes", .readPurchases),
            ("Accounts", "/accounts", .impersonate),
            ("Looking on", "/impersonations", .impersonate),
            ("Providers", "/providers", .readProviders), ("Payouts", "/payouts", .readMoney),
            ("Payout plans", "/payout-plans", .readMoney),
            ("Payout files", "/payout-files", .readMoney),
            ("Bank's messages", "/bank-reports", .readMoney),
            ("To banks", "/bank-payouts", .readMoney),
            ("Ledger", "/ledger", .readMoney),
            ("Reconciliation", "/reconciliations", .readMoney),
            ("Commission", "/commission", .readMoney),
            ("Invoices", "/invoices", .readMoney),
            ("Health", "/health", .readJobs),
            ("Jobs", "/jobs", .readJobs), ("Webhooks", "/webhooks", .readJobs),
            ("Outbox", "/outbox", .readJobs),
            ("E-mail", "/mails", .runMail),
            ("Audit", "/audit", .readTrail),
            ("People", "/people", .managePeople),
        ]
        if request.marketplace.settings.isDemo {
            links.append(("Clock", "/clock", .moveClock))
        }
        return Chrome(
            links: links.filter { $0.2.isAllowed(to: roles) }
                .map { Chrome.Link($0.0.text, $0.1, group: $0.2.group?.text) },
            atSide: true, corner: [Chrome.Link(account.name, "/me")],
            search: request.path == "/search" ? request.query("text") ?? "" : "",
            signedInAs: account.name)
    }
}
