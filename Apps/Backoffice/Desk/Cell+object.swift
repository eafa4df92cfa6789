import Kernel
import Vocabulary
import Web

extension Cell {
    /// `order K7M49XQ2-1`, which leads to its page whoever may see that.
    /// - Parameter kind: what it is called, where it is dealt with on the page of something else.
    static func object(
        _ object: MarketObject, as kind: String? = nil, seenBy admin: Administrator
    ) -> Cell {
        Cell(
            "\((kind ?? object.kind.rawValue).inWords) \(object.name)",
            to: object.kind.duty.isAllowed(to: admin.roles) ? object.path : nil)
    }
}

extension MarketObject {
    /// Its page.
    var path: String {
        switch kind {
        case .purchase: "/purchases/\(id)"
        case .order: "/orders/\(id)"
        case .payment: "/payments/\(id)"
        case .seller: "/sellers/\(id)"
        case .account: "/accounts/\(id)"
        case .listing: "/listings/\(id)"
        case .payout: "/payouts/\(id)"
        case .payoutPlan: "/payout-plans/\(id)"
        case .payoutFile: "/payout-files/\(id)"
        case .provider: "/providers/\(id)"
        case .invoice: "/invoices/\(id)"
        case .category: "/categories/\(id)"
        case .attribute: "/attributes/\(id)"
        case .bankReport: "/bank-reports/\(id)"
        }
    }
}

extension MarketObject.Kind {
    /// What its page asks for.
    fileprivate var duty: Duty {
        switch self {
        case .purchase, .order, .payment: .readPurchases
        case .seller: .readSellers
        case .account: .impersonate
        case .listing, .category, .attribute: .readCatalogue
        case .payout, .payoutPlan, .payoutFile, .invoice, .bankReport: .readMoney
        case .provider: .readProviders
        }
    }
}
