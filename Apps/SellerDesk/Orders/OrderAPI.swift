import Kernel
import Vocabulary
import Web

/// A seller's orders, for programs.
struct OrderAPI {
    struct OrderPath: Described { let order: ID<Order> }

    struct OrdersQuery: Described {
        let state: OrderAnswer.State?
        /// An order's or purchase's number.
        let number: String?
        /// Such a number, or how a word of the recipient's name begins, in the newest orders.
        let text: String?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "number": [.length(1...20)],
            "text": [
                .length(1...80),
                .about("A number, or how a word of the recipient's name begins: of 5,000 orders."),
            ], "after": [.length(1...400)], "limit": [.range(1...100)],
        ]
    }

    struct NewShipment: Described {
        struct Packed: Described {
            let lineId: ID<OrderLine>
            let quantity: Int
            static let rules: [String: [Rule]] = ["quantity": [.range(1...999)]]
        }
        let carrier: String
        let trackingNumber: String?
        let trackingUrl: String?
        /// What is in the parcel; without it, everything that is left.
        let lines: [Packed]?

        static let rules: [String: [Rule]] = [
            "carrier": [.length(1...80)], "trackingNumber": [.length(1...80)],
            "trackingUrl": [.length(1...500)], "lines": [.count(1...200)],
        ]
    }

    struct Reason: Described {
        let reason: String
        static let rules: [String: [Rule]] = ["reason": [.length(1...500)]]
    }

    func mount(on api: API) {
        let tag = "Orders"
        api.get("/orders", "Your orders, newest first", tag: tag)
            .query(OrdersQuery.self)
            .handle(as: Member.self, needing: [.readOrders]) { call, member in
                let page = try await call.marketplace.listOrders(
                    as: member.membership,
                    OrderFilter(
                        state: call.query.state?.kernel, number: call.query.number,
                        text: call.query.text),
                    ListQuery(after: call.query.after, limit: call.query.limit).page())
                return Listed(page) { OrderSummaryAnswer($0) }
            }
        api.get("/orders/{order}", "One order", tag: tag)
            .path(OrderPath.self)
            .handle(as: Member.self, needing: [.readOrders]) { call, member in
                OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: member.membership))
            }
        api.post("/orders/{order}/shipments", "Hand over a parcel", tag: tag)
            .path(OrderPath.self).body(NewShipment.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.shipOrders], use: ship)
        api.post("/orders/{order}/cancellation", "Cancel before anything is shipped", tag: tag)
            .path(OrderPath.self).body(Reason.self).refuses(.conflict).onlyOnce()
            .handle(as: Member.self, needing: [.shipOrders]) { call, member in
                try await call.marketplace.cancelOrder(
                    call.path.order, reason: call.body.reason, as: .seller(member.membership))
                return OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: member.membership))
            }
        api.post(
            "/orders/{order}/captures", "Ask again for money that the provider refused to give",
            tag: tag
        )
        .path(OrderPath.self).refuses(.conflict).onlyOnce()
        .handle(as: Member.self, needing: [.shipOrders]) { call, member in
            try await call.marketplace.retryCapture(
                call.path.order, as: .seller(member.membership))
            return OrderAnswer(
                try await call.marketplace.findOrder(call.path.order, as: member.membership))
        }
        mountDoor(on: api, tag)
        mountRefunds(on: api, tag)
    }

    /// What is paid, or not, where the parcel is handed over.
    private func mountDoor(on api: API, _ tag: String) {
        api.post("/orders/{order}/receipts", "Say that it was paid at its delivery", tag: tag)
            .path(OrderPath.self).body(ReceiptInput.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.refundOrders]) { call, member in
                try await call.marketplace.confirmDeliveryPaid(
                    call.path.order, try call.body.draft(), as: .seller(member.membership))
                return OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: member.membership))
            }
        api.post("/orders/{order}/refused-delivery", "Say that it was refused, unpaid", tag: tag)
            .path(OrderPath.self).body(Reason.self).refuses(.conflict).onlyOnce()
            .handle(as: Member.self, needing: [.shipOrders]) { call, member in
                try await call.marketplace.refuseDelivery(
                    call.path.order, reason: call.body.reason, as: .seller(member.membership))
                return OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: member.membership))
            }
    }

    private func mountRefunds(on api: API, _ tag: String) {
        api.post("/orders/{order}/refunds", "Give money back", tag: tag)
            .path(OrderPath.self).body(RefundInput.self).refuses(.conflict).onlyOnce()
            .succeeds(with: .created)
            .handle(as: Member.self, needing: [.refundOrders]) { call, member in
                try await Self.giveBack(
                    call.path.order, try call.body.wish(), call.body.restocking, call.body.reason,
                    paidBackAs: call.body.paidBackAs, call.marketplace, member)
                return OrderAnswer(
                    try await call.marketplace.findOrder(call.path.order, as: member.membership))
            }
        api.post(
            "/orders/{order}/refunds/{refund}/retries", "Ask again for one that failed", tag: tag
        )
        .path(RefundPath.self).refuses(.conflict).onlyOnce().succeeds(with: .created)
        .handle(as: Member.self, needing: [.refundOrders]) { call, member in
            try await call.marketplace.retryRefund(
                call.path.refund, of: call.path.order, as: .seller(member.membership))
            return OrderAnswer(
                try await call.marketplace.findOrder(call.path.order, as: member.membership))
        }
    }

    /// Has the market give it back, or writes down that the seller did.
    static func giveBack(
        _ order: ID<Order>, _ wish: RefundWish, _ restocking: RefundInput.Restocking?,
        _ reason: String, paidBackAs reference: String?, _ marketplace: Marketplace,
        _ member: Member
    ) async throws {
        if let reference, !reference.isEmpty {
            try await marketplace.recordRefund(
                order, wish, restocking: restocking.kernel, paidBackAs: reference, reason: reason,
                as: member.membership)
        } else {
            try await marketplace.refundOrder(
                order, wish, restocking: restocking.kernel, reason: reason,
                as: .seller(member.membership))
        }
    }

    @Sendable private func ship(
        _ call: Call<OrderPath, Nothing, NewShipment>, _ member: Member
    ) async throws -> OrderAnswer {
        let body = call.body
        let parcel = try ShippedParcel(
            carrier: body.carrier, trackingNumber: body.trackingNumber,
            trackingURL: body.trackingUrl)
        return OrderAnswer(
            try await call.marketplace.shipOrder(
                call.path.order,
                body.lines?.map { ShippedLine(line: $0.lineId, quantity: $0.quantity) },
                in: parcel, as: member.membership))
    }
}
