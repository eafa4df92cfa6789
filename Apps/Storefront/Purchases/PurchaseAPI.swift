import Kernel
import Vocabulary
import Web

/// What was bought, for programs.
struct PurchaseAPI {
    struct PurchasePath: Described { let purchase: ID<Purchase> }
    struct OrderPath: Described { let order: ID<Order> }
    struct ParcelPath: Described { let shipment: ID<Shipment> }
    struct NewPayment: Described {
        let instanceId: ID<ProviderInstance>
        let method: String
        static let rules: [String: [Rule]] = ["method": [.length(1...200)]]
    }
    struct NewCancellation: Described {
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(1...500)]]
    }

    func mount(on api: API) {
        api.get("/purchases", "Your purchases, newest first", tag: "Purchases")
            .query(ListQuery.self)
            .handle(as: SignedIn.self) { call, person in
                let page = try await call.marketplace.listPurchases(
                    of: person.account.id, call.query.page())
                let outcomes = try await call.marketplace.outcomes(of: page.items.map(\.id))
                return Listed(page) { PurchaseSummaryAnswer($0, outcomes[$0.id]) }
            }
        api.get("/purchases/{purchase}", "A purchase with its orders", tag: "Purchases")
            .path(PurchasePath.self)
            .handle(as: Visitor.self) { call, visitor in
                let id = call.path.purchase
                let detail = try await call.marketplace.findPurchase(id, as: visitor.buyer)
                return PurchaseAnswer(
                    detail, try await call.marketplace.outcomes(of: [id])[id])
            }
        api.get("/purchases/{purchase}/ways-to-pay", "How to pay it otherwise", tag: "Purchases")
            .path(PurchasePath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                WaysToPayAnswer(
                    try await call.marketplace.waysToPay(call.path.purchase, as: visitor.buyer))
            }
        api.post("/purchases/{purchase}/payments", "Pay it another way", tag: "Purchases")
            .path(PurchasePath.self).body(NewPayment.self).refuses(.conflict, .unpaid).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Visitor.self) { call, visitor in
                PlacedAnswer(
                    try await call.marketplace.payPurchase(
                        call.path.purchase,
                        paying: call.request.choice(call.body.instanceId, call.body.method),
                        as: visitor.buyer))
            }
        api.post("/purchases/{purchase}/cancellation", "End it before it is paid", tag: "Purchases")
            .about(
                """
                A payment that waits for you is ended, and what is held for you is for sale again. \
                What is paid already is cancelled order by order.
                """
            )
            .path(PurchasePath.self).refuses(.conflict).onlyOnce()
            .handle(as: Visitor.self) { call, visitor in
                let id = call.path.purchase
                try await call.marketplace.endPurchase(id, as: visitor.buyer)
                return PurchaseAnswer(
                    try await call.marketplace.findPurchase(id, as: visitor.buyer), nil)
            }
        api.post(
            "/purchases/{purchase}/returns", "Ask the provider how it stands", tag: "Purchases"
        )
        .about("What the page does to which the provider sends the customer back.")
        .path(PurchasePath.self).refuses(.conflict)
        .handle(as: Visitor.self) { call, visitor in
            PlacedAnswer(
                try await call.marketplace.returnFromPayment(
                    call.path.purchase, as: visitor.buyer))
        }
        mountOrders(on: api)
    }

    private func mountOrders(on api: API) {
        api.get("/orders/{order}", "One maker's part of a purchase", tag: "Orders")
            .path(OrderPath.self)
            .handle(as: Visitor.self) { call, visitor in
                OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: visitor.buyer))
            }
        api.post("/orders/{order}/delivery", "Confirm that it arrived", tag: "Orders")
            .path(OrderPath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                OrderAnswer(
                    try await call.marketplace.confirmDelivery(
                        call.path.order, as: visitor.buyer))
            }
        api.post("/shipments/{shipment}/delivery", "Confirm that one parcel arrived", tag: "Orders")
            .about(
                """
                With the last parcel of an order that was shipped completely the order is \
                delivered. Saying it twice changes nothing.
                """
            )
            .path(ParcelPath.self).refuses(.conflict)
            .handle(as: Visitor.self) { call, visitor in
                OrderAnswer(
                    try await call.marketplace.confirmParcel(
                        call.path.shipment, as: visitor.buyer))
            }
        api.post("/orders/{order}/cancellation", "Cancel before it is shipped", tag: "Orders")
            .path(OrderPath.self).body(NewCancellation.self).refuses(.conflict).onlyOnce()
            .handle(as: Visitor.self) { call, visitor in
                try await call.marketplace.cancelOrder(
                    call.path.order, reason: call.body.reason, as: .customer(visitor.buyer))
                return OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: visitor.buyer))
            }
    }
}
