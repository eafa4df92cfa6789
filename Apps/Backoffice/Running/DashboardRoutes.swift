import Kernel
import Vocabulary
import Web

/// The first page: what waits for somebody.
struct DashboardRoutes {
    let desk: Desk

    func mount() {
        desk.page("/", .lookAround) { call, admin in
            let told = try await call.marketplace.notices(
                of: admin.account.id, as: .administrator, PageRequest(limit: 10))
            return Self.page(
                try await call.marketplace.whatWaits(), admin, told.items,
                now: try await call.marketplace.marketNow())
        }
        desk.read("/waiting", "What waits for somebody", tag: "Dashboard", .lookAround) {
            call, _ in try await call.marketplace.whatWaits()
        }
    }

    private static func page(
        _ waits: WhatWaits, _ admin: Administrator, _ told: [Notice], now: Instant
    ) -> DeskPage {
        let all: [(Phrase, Int, String, Duty)] = [
            ("Sellers to verify", waits.sellersSubmitted, "/sellers?state=submitted", .readSellers),
            (
                "Payments without a known end", waits.paymentsUnknown, "/payments?state=unknown",
                .readPurchases
            ),
            (
                "Money that a provider refused to take", waits.capturesRefused,
                "/payments?state=authorized", .readPurchases
            ),
            (
                "Calls to providers without an answer", waits.callsUnanswered, "/providers",
                .readProviders
            ),
            ("Money to look at", waits.moneyToLookAt, "/payments/to-review", .readPurchases),
            (
                "Deliveries whose cash nobody confirmed", waits.cashUnconfirmed, "/cash",
                .readPurchases
            ),
            (
                "Disputes that cannot be read", waits.disputesUnreadable,
                "/disputes/unreadable", .readProviders
            ),
            ("Refunds under way", waits.refundsOpen, "/refunds?state=open", .readPurchases),
            ("Refunds that failed", waits.refundsFailed, "/refunds?state=failed", .readPurchases),
            ("Payouts under way", waits.payoutsOpen, "/payouts", .readMoney),
            (
                "Payouts that sellers' banks did not take", waits.bankPayoutsFailed,
                "/bank-payouts?state=failed", .readMoney
            ),
            (
                "Payouts to sellers' banks that cannot be read", waits.bankPayoutsUnread,
                "/bank-payouts/unreadable", .readMoney
            ),
            ("Webhooks that failed", waits.webhooksFailed, "/jobs", .readJobs),
            ("Jobs that were given up", waits.jobsDead, "/jobs", .readJobs),
            ("Blocked listings", waits.listingsBlocked, "/listings?state=blocked", .readCatalogue),
            ("Providers that drain", waits.providersDraining, "/providers", .readProviders),
        ]
        let shown = all.filter { $0.3.isAllowed(to: admin.roles) }
        let table = Table(
            ["What", "How many#"],
            shown.map { name, count, link, _ in
                let many = count >= WhatWaits.countMax
                return [
                    Cell(name, to: link),
                    Cell(
                        many ? "\(WhatWaits.countMax) or more" : "\(count)",
                        count == 0 ? .plain : .waiting, isNumber: true),
                ]
            })
        return DeskPage(
            "What waits for somebody", lead: "It is \(Format.time(now)) in the market.",
            [Block(table: table)]
                + (told.isEmpty
                    ? []
                    : [
                        Block(
                            "What you were told",
                            timeline: told.map { Moment($0.at, $0.sentence) })
                    ]))
    }
}
