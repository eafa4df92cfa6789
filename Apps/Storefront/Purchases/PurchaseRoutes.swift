import Kernel
import Vocabulary
import Web

/// What was bought: pay, follow, confirm, cancel.
struct PurchaseRoutes {
    struct PurchasePath: Described { let purchase: ID<Purchase> }
    struct OrderPath: Described { let order: ID<Order> }
    struct ParcelPath: Described { let shipment: ID<Shipment> }
    struct Payment: Described { let way: WayChoice }
    struct Cancellation: Described {
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(1...500)]]
    }

    func mount(on routes: Routes) {
        routes.get("/account").query(ListQuery.self).show(as: SignedIn.self, use: index)
        routes.get("/purchases/{purchase}").path(PurchasePath.self)
            .show(as: Visitor.self, use: show)
        routes.get("/purchases/{purchase}/return").path(PurchasePath.self)
            .closedOnBehalf().show(as: Visitor.self, use: comeBack)
        routes.post("/purchases/{purchase}/payments").path(PurchasePath.self).form(Payment.self)
            .onlyOnceGoingOn().show(as: Visitor.self, again: payAgain) { call, visitor in
                .afterPaying(
                    try await call.marketplace.payPurchase(
                        call.path.purchase,
                        paying: call.request.choice(
                            call.form.way.instance, call.form.way.method),
                        as: visitor.buyer))
            }
        routes.post("/purchases/{purchase}/cancellation").path(PurchasePath.self)
            .onlyOnce().show(as: Visitor.self, use: end)
        routes.post("/orders/{order}/delivery").path(OrderPath.self)
            .show(as: Visitor.self) { call, visitor in
                try await onItsPage(call.path.order, call.marketplace, visitor) { _ in
                    _ = try await call.marketplace.confirmDelivery(
                        call.path.order, as: visitor.buyer)
                    return localized("Good that it is there. You can now say how you like it.")
                }
            }
        routes.post("/shipments/{shipment}/delivery").path(ParcelPath.self)
            .show(as: Visitor.self) { call, visitor in
                let order = try await call.marketplace.confirmParcel(
                    call.path.shipment, as: visitor.buyer)
                return .seeOther(
                    Links.purchase(order.order.purchase),
                    notice: order.order.state == .delivered
                        ? localized("Good that it is there. You can now say how you like it.")
                        : localized("Good that it is there."))
            }
        routes.post("/orders/{order}/cancellation").path(OrderPath.self).form(Cancellation.self)
            .onlyOnce().show(as: Visitor.self) { call, visitor in
                try await onItsPage(call.path.order, call.marketplace, visitor) { order in
                    try await call.marketplace.cancelOrder(
                        call.path.order, reason: call.form.reason, as: .customer(visitor.buyer))
                    return localized("Order \(order.number) is cancelled; its money comes back.")
                }
            }
    }

    /// Does something about an order, and leads to the page of its purchase: with what `work` says,
    /// or with why its state does not allow it, which may have changed since that page was made.
    private func onItsPage(
        _ id: ID<Order>, _ marketplace: Marketplace, _ visitor: Visitor,
        _ work: (Order) async throws -> String
    ) async throws -> PageAnswer {
        let order = try await marketplace.findOrder(id, as: visitor.buyer).order
        let page = Links.purchase(order.purchase)
        do {
            return .seeOther(page, notice: try await work(order))
        } catch let refusal as OrderRefusal where refusal.reason == .conflict {
            return .seeOther(page, warning: refusal.localizedExplanation)
        }
    }

    @Sendable private func end(
        _ call: PageCall<PurchasePath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let page = Links.purchase(call.path.purchase)
        do {
            try await call.marketplace.endPurchase(call.path.purchase, as: visitor.buyer)
            return .seeOther(page, notice: localized("It is ended, and you pay nothing."))
        } catch let refusal as PaymentRefusal {
            return .seeOther(page, warning: refusal.localizedExplanation)
        }
    }

    /// A payment that was not begun, on the page that says how the purchase stands.
    @Sendable private func payAgain(_ again: Again, _ visitor: Visitor) -> PageAnswer {
        .seeOther(
            "/purchases/" + (again.request.parameters["purchase"] ?? ""),
            warning: again.explanation)
    }

    @Sendable private func index(
        _ call: PageCall<Nothing, ListQuery, Nothing>, _ person: SignedIn
    ) async throws -> PageAnswer {
        let page = try await call.marketplace.listPurchases(
            of: person.account.id, call.query.page())
        return .page(
            "account",
            AccountPage(
                person.account, page,
                try await call.marketplace.outcomes(of: page.items.map(\.id)),
                try await call.marketplace.glimpses(of: page.items)),
            title: localized("Your purchases"))
    }

    @Sendable private func show(
        _ call: PageCall<PurchasePath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        let detail: PurchaseDetail
        do {
            detail = try await call.marketplace.findPurchase(
                call.path.purchase, as: visitor.buyer)
        } catch OrderRefusal.purchaseMissing { return .absent(call.path.purchase, visitor) }
        let ways: [WayToPay]
        do {
            ways = try await call.marketplace.waysToPay(call.path.purchase, as: visitor.buyer)
        } catch PaymentRefusal.sellerAway { ways = [] }
        let reviewed = try await call.marketplace.reviewed(in: detail.orders.map(\.order.id))
        let id = detail.purchase.id
        let outcome = try await call.marketplace.outcomes(of: [id])[id] ?? .stands
        let page = PurchasePage(
            detail, outcome, ways, at: try await call.marketplace.marketNow(), reviewed: reviewed)
        var answer = PageAnswer.page(
            "purchase", page, title: localized("Purchase \(detail.purchase.number)"))
        if page.isWatched {
            answer.refresh = PageRefresh(
                seconds: 5, path: Links.purchase(call.path.purchase) + "/return")
        }
        return answer
    }

    @Sendable private func comeBack(
        _ call: PageCall<PurchasePath, Nothing, Nothing>, _ visitor: Visitor
    ) async throws -> PageAnswer {
        do {
            return .afterPaying(
                try await call.marketplace.returnFromPayment(
                    call.path.purchase, as: visitor.buyer))
        } catch OrderRefusal.purchaseMissing { return .absent(call.path.purchase, visitor) }
    }
}
