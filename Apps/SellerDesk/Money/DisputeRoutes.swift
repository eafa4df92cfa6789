import Kernel
import Vocabulary
import Web

/// Customers who asked their banks for the money of a seller's orders back.
struct DisputeRoutes {
    func mount(on routes: Routes) {
        routes.get("/money/disputes").query(ListQuery.self)
            .show(as: Member.self, needing: [.readMoney]) { call, member in
                let page = try await call.marketplace.disputes(
                    as: member.membership, call.query.page())
                return .page(
                    "disputes",
                    DisputesPage(page, next: Listed(page) { SellerDisputeAnswer($0) }.next),
                    title: localized("Disputes"))
            }
    }

    func mount(on api: API) {
        api.get("/disputes", "Disputes about your orders, newest first", tag: "Money")
            .about("A customer asked their bank for the money back. The market answers the bank.")
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    try await call.marketplace.disputes(
                        as: member.membership, call.query.page())
                ) { SellerDisputeAnswer($0) }
            }
        api.get("/disputed-money", "What open disputes hold of your money", tag: "Money")
            .about("Each order's money goes nowhere until its customer's bank has decided.")
            .query(ListQuery.self)
            .handle(as: Member.self, needing: [.readMoney]) { call, member in
                Listed(
                    try await call.marketplace.disputedMoney(of: member.seller, call.query.page())
                ) { DisputedMoneyAnswer($0) }
            }
    }
}

struct DisputedMoneyAnswer: Codable, Sendable {
    let disputeId: ID<Dispute>
    let status: String
    /// The bank's word: `product_not_received`.
    let reason: String
    let since: Instant
    let orderId: ID<Order>
    let orderNumber: String
    let walletId: ID<Wallet>
    let amount: Money

    init(_ held: DisputedMoney) {
        disputeId = held.dispute
        status = held.status.rawValue
        reason = held.reason
        since = held.since
        orderId = held.order
        orderNumber = held.orderNumber
        walletId = held.wallet
        amount = held.amount
    }
}

struct SellerDisputeAnswer: Codable, Sendable {
    let id: ID<Dispute>
    /// One of your orders in the payment.
    let orderId: ID<Order>?
    let orderNumber: String?
    let status: String
    /// Of the whole payment, in which there may be orders of others.
    let amount: Money
    /// The bank's word: `product_not_received`.
    let reason: String
    /// What was taken back of what you earned, because it was lost.
    let charged: Money
    let openedAt: Instant

    init(_ listed: ListedDispute) {
        id = listed.dispute.id
        orderId = listed.order
        orderNumber = listed.orderNumber
        status = listed.dispute.status.rawValue
        amount = listed.dispute.amount
        reason = listed.dispute.reason
        charged = listed.charged
        openedAt = listed.dispute.openedAt
    }
}

/// The model of `disputes.mustache`.
struct DisputesPage {
    struct Row {
        let opened: String
        let number: String
        let href: String
        let reason: String
        let state: String
        let amount: String
        let charged: String
    }

    let rows: [Row]
    let hasRows: Bool
    let next: String?

    init(_ page: Page<ListedDispute>, next: String?) {
        rows = page.items.map { listed in
            Row(
                opened: Format.date(listed.dispute.openedAt), number: listed.orderNumber ?? "—",
                href: listed.order.map { Links.order($0) } ?? Links.orders,
                reason: localized(name: listed.dispute.reason.replacing("_", with: " ")),
                state: Self.words(listed.dispute.status),
                amount: Format.money(listed.dispute.amount),
                charged: listed.charged.isZero ? "" : Format.money(listed.charged))
        }
        hasRows = !rows.isEmpty
        self.next = next.map { "/money/disputes?after=\($0)" }
    }

    private static func words(_ status: Dispute.Status) -> String {
        switch status {
        case .inquiry: localized("the bank asks")
        case .needsResponse, .underReview: localized("not decided yet")
        case .won: localized("decided for the shop")
        case .lost: localized("decided for the customer")
        case .closed: localized("closed")
        }
    }
}
