import Kernel
import Vocabulary
import Web

/// Purchases, orders and payments: finding a case and settling it.
struct PurchaseRoutes {
    struct PurchasePath: Described { let purchase: ID<Purchase> }
    struct OrderPath: Described { let order: ID<Order> }

    struct PurchaseQuery: Described {
        let text: String?
        let state: String?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "text": [
                .length(1...254),
                .about("A purchase's or order's number, an e-mail address, a payment's reference."),
            ],
            "state": [.choice(Purchase.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        var search: PurchaseSearch {
            if let text { return .text(text) }
            return state.flatMap(Purchase.State.init(rawValue:)).map { .inState($0) } ?? .newest
        }
    }

    struct PaymentQuery: Described {
        let state: String?
        let instance: ID<ProviderInstance>?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "state": [.choice(Payment.State.allCases.map(\.rawValue))],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    let desk: Desk

    func mount() {
        pages()
        reads()
        OrderRoutes(desk: desk).mount()
        RefundRoutes(desk: desk).mount()
        desk.act(
            Act<OrderPath>(
                "/orders/{order}/cancellation", "Cancel one order; its siblings stay",
                tag: "Purchases", .settleCases, done: "The order is cancelled.",
                back: { "/orders/\($0.order)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.cancelOrder(
                path.order, reason: input.reason, as: .admin(admin.account.id))
            return try await Self.order(marketplace, path.order)
        }
        desk.act(
            Act<OrderPath>(
                "/orders/{order}/refund", "Give money of an order back", tag: "Purchases",
                .settleCases, done: "The refund is under way.", back: { "/orders/\($0.order)" }),
            input: RefundInput.self
        ) { marketplace, path, input, admin in
            try await marketplace.refundOrder(
                path.order, try input.wish(), restocking: input.restocking.kernel,
                reason: input.reason, as: .admin(admin.account.id))
            return try await Self.order(marketplace, path.order)
        }
        desk.act(
            Act<OrderPath>(
                "/orders/{order}/captures",
                "Ask again for money that the provider refused to give", tag: "Purchases",
                .settleCases, done: "The money is asked for again.",
                back: { "/orders/\($0.order)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.retryCapture(
                path.order, reason: input.reason, as: .admin(admin.account.id))
            return try await Self.order(marketplace, path.order)
        }
        desk.act(
            Act<RefundPath>(
                "/orders/{order}/refunds/{refund}/retries", "Ask again for a refund that failed",
                tag: "Purchases", .settleCases, done: "The refund is asked for again.",
                back: { "/orders/\($0.order)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.retryRefund(
                path.refund, of: path.order, because: input.reason,
                as: .admin(admin.account.id))
            return try await Self.order(marketplace, path.order)
        }
    }

    private func pages() {
        desk.page("/purchases", .readPurchases, query: PurchaseQuery.self) { call, _ in
            let page = try await Self.list(call.marketplace, call.query)
            return PurchasePages.list(page, call.query)
        }
        desk.page("/purchases/{purchase}", .readPurchases, path: PurchasePath.self) {
            call, admin in
            let found = PurchaseAnswer(
                try await call.marketplace.purchaseCase(call.path.purchase))
            var cash: [ID<Order>: UnconfirmedCash] = [:]
            for order in found.orders {
                cash[order.id] = try await call.marketplace.unconfirmedCash(of: order.id)
            }
            return PurchasePages.show(found, cash, admin)
        }
        desk.routes.get("/orders/{order}").path(OrderPath.self)
            .show(as: Administrator.self, needing: Duty.readPurchases.roles) { call, _ in
                let purchase = try await call.marketplace.purchase(ofOrder: call.path.order)
                return .seeOther(Links.purchase(purchase) + "#order-\(call.path.order)")
            }
        desk.page("/payments", .readPurchases, query: PaymentQuery.self) { call, _ in
            PurchasePages.payments(
                try await Self.payments(call.marketplace, call.query), call.query)
        }
    }

    private func reads() {
        desk.read(
            "/purchases", "Purchases, newest first", tag: "Purchases", .readPurchases,
            query: PurchaseQuery.self
        ) { call, _ in
            Listed(try await Self.list(call.marketplace, call.query)) { PurchaseRow($0) }
        }
        desk.read(
            "/purchases/{purchase}", "A purchase with orders, timeline and payments",
            tag: "Purchases", .readPurchases, path: PurchasePath.self
        ) { call, _ in
            PurchaseAnswer(try await call.marketplace.purchaseCase(call.path.purchase))
        }
        desk.read(
            "/orders/{order}", "An order with lines, parcels, refunds and timeline",
            tag: "Purchases", .readPurchases, path: OrderPath.self
        ) { call, _ in try await Self.order(call.marketplace, call.path.order) }
        desk.read(
            "/payments", "Payments, newest first", tag: "Purchases", .readPurchases,
            query: PaymentQuery.self
        ) { call, _ in
            Listed(try await Self.payments(call.marketplace, call.query)) { PaymentAnswer($0) }
        }
    }

    private static func list(
        _ marketplace: Marketplace, _ query: PurchaseQuery
    ) async throws -> Kernel.Page<PurchaseFound> {
        let page = PageRequest(
            after: try query.after.map { try Cursor.open($0) }, limit: query.limit ?? 20)
        return try await marketplace.searchPurchases(query.search, page)
    }

    private static func payments(
        _ marketplace: Marketplace, _ query: PaymentQuery
    ) async throws -> Kernel.Page<PaymentCase> {
        let page = PageRequest(
            after: try query.after.map { try Cursor.open($0) }, limit: query.limit ?? 20)
        return try await marketplace.searchPayments(
            in: query.state.flatMap(Payment.State.init(rawValue:)), at: query.instance, page)
    }

    private static func order(
        _ marketplace: Marketplace, _ id: ID<Order>
    ) async throws -> OrderAnswer {
        let found = try await marketplace.purchaseCase(marketplace.purchase(ofOrder: id))
        guard let order = found.orders.first(where: { $0.id == id }) else {
            throw CaseRefusal.unknown
        }
        return OrderAnswer(
            order, sentByHand: Set(found.payments.filter(\.isConfirmable).map(\.id)))
    }
}
