import Kernel
import Vocabulary
import Web

/// A seller's orders, for people.
struct OrderRoutes {
    struct Shipment: Described {
        let carrier: String
        let trackingNumber: String?
        let trackingUrl: String?
        /// How many of each line are in the parcel, in the order of the lines.
        let line: [ID<OrderLine>]?
        let quantity: [Int]?

        static let rules: [String: [Rule]] = [
            "carrier": [.length(1...80)], "trackingNumber": [.length(0...80)],
            "trackingUrl": [.length(0...500)], "line": [.count(0...200)],
            "quantity": [.count(0...200), .each([.range(0...999)])],
        ]
    }

    /// Money that was paid at the delivery, as people write it.
    struct Collected: Described {
        let amount: String
        let currency: Currency
        let note: String?

        static let rules: [String: [Rule]] = [
            "amount": [.length(1...30)], "note": [.length(0...500)],
        ]

        /// - Throws: `InvalidInput` for what is not an amount.
        func draft() throws(InvalidInput) -> ReceiptDraft {
            ReceiptDraft(
                amount: try TypedAmount.read(amount, currency, field: "amount"),
                receivedAt: .systemNow, note: note)
        }
    }

    struct StateQuery: Described {
        let state: OrderAnswer.State?
        /// A number, or how a word of the recipient's name begins.
        let text: String?
        let after: String?
        static let rules: [String: [Rule]] = [
            "text": [.length(0...80)], "after": [.length(1...400)],
        ]
    }

    func mount(on routes: Routes) {
        routes.get("/orders").query(StateQuery.self)
            .show(as: Member.self, needing: [.readOrders], use: index)
        PaperRoutes().mount(on: routes)
        routes.get("/orders/{order}").path(OrderAPI.OrderPath.self)
            .show(as: Member.self, needing: [.readOrders], use: show)
        routes.post("/orders/{order}/shipments").path(OrderAPI.OrderPath.self)
            .form(Shipment.self).onlyOnce()
            .show(as: Member.self, needing: [.shipOrders], use: ship)
        routes.post("/orders/{order}/cancellation").path(OrderAPI.OrderPath.self)
            .form(OrderAPI.Reason.self).onlyOnce()
            .show(as: Member.self, needing: [.shipOrders]) { call, member in
                try await call.marketplace.cancelOrder(
                    call.path.order, reason: call.form.reason, as: .seller(member.membership))
                return .seeOther(
                    "/orders/\(call.path.order)", notice: localized("The order is cancelled."))
            }
        routes.post("/orders/{order}/receipts").path(OrderAPI.OrderPath.self)
            .form(Collected.self).onlyOnce()
            .show(as: Member.self, needing: [.refundOrders]) { call, member in
                // Before what was typed is judged: another shop's order is not there.
                _ = try await call.marketplace.findOrder(
                    call.path.order, as: member.membership)
                let payment = try await call.marketplace.confirmDeliveryPaid(
                    call.path.order, try call.form.draft(), as: .seller(member.membership))
                return .seeOther("/orders/\(call.path.order)", notice: payment.receivedSentence)
            }
        routes.post("/orders/{order}/refused-delivery").path(OrderAPI.OrderPath.self)
            .form(OrderAPI.Reason.self).onlyOnce()
            .show(as: Member.self, needing: [.shipOrders]) { call, member in
                try await call.marketplace.refuseDelivery(
                    call.path.order, reason: call.form.reason, as: .seller(member.membership))
                return .seeOther(
                    "/orders/\(call.path.order)",
                    notice: localized("The order is over. Nobody owes anything for it."))
            }
        routes.post("/orders/{order}/refunds").path(OrderAPI.OrderPath.self)
            .form(RefundForm.self).onlyOnce()
            .show(as: Member.self, needing: [.refundOrders]) { call, member in
                try await OrderAPI.giveBack(
                    call.path.order, try call.form.wish(), call.form.restocking, call.form.reason,
                    paidBackAs: call.form.paidBackAs, call.marketplace, member)
                let order = try await call.marketplace.findOrder(
                    call.path.order, as: member.membership)
                let isCalledOff = order.refunds.last?.state == .calledOff
                return .seeOther(
                    "/orders/\(call.path.order)",
                    notice: isCalledOff
                        ? localized("That is called off and will not be charged.")
                        : localized(
                            "The refund is on its way. This page shows when it has arrived."))
            }
        routes.post("/orders/{order}/captures").path(OrderAPI.OrderPath.self).onlyOnce()
            .show(as: Member.self, needing: [.shipOrders]) { call, member in
                try await call.marketplace.retryCapture(
                    call.path.order, as: .seller(member.membership))
                return .seeOther(
                    "/orders/\(call.path.order)",
                    notice: localized("The money is asked for again. This page shows how it went."))
            }
        routes.post("/orders/{order}/refunds/{refund}/retries").path(RefundPath.self).onlyOnce()
            .show(as: Member.self, needing: [.refundOrders]) { call, member in
                try await call.marketplace.retryRefund(
                    call.path.refund, of: call.path.order, as: .seller(member.membership))
                return .seeOther(
                    "/orders/\(call.path.order)",
                    notice: localized("The refund is asked for again."))
            }
    }

    @Sendable private func index(
        _ call: PageCall<Nothing, StateQuery, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let state = call.query.state?.kernel
        let page = try await call.marketplace.listOrders(
            as: member.membership, OrderFilter(state: state, text: call.query.text),
            ListQuery(after: call.query.after).page())
        let next = Listed(page) { OrderSummaryAnswer($0) }.next
        return .page(
            "orders", OrdersPage(page, state: state, text: call.query.text, next: next),
            title: localized("Orders"))
    }

    @Sendable private func show(
        _ call: PageCall<OrderAPI.OrderPath, Nothing, Nothing>, _ member: Member
    ) async throws -> PageAnswer {
        let detail = try await call.marketplace.findOrder(
            call.path.order, as: member.membership)
        return .page(
            "order", OrderPage(detail, may: member.membership.may),
            title: localized("Order \(detail.order.number)"))
    }

    @Sendable private func ship(
        _ call: PageCall<OrderAPI.OrderPath, Nothing, Shipment>, _ member: Member
    ) async throws -> PageAnswer {
        let parcel = try ShippedParcel(
            carrier: call.form.carrier, trackingNumber: call.form.trackingNumber,
            trackingURL: call.form.trackingUrl)
        let counts = zip(call.form.line ?? [], call.form.quantity ?? [])
        let packed = counts.filter { $0.1 > 0 }.map { ShippedLine(line: $0.0, quantity: $0.1) }
        let detail = try await call.marketplace.shipOrder(
            call.path.order, call.form.line == nil ? nil : packed, in: parcel,
            as: member.membership)
        return .seeOther(
            "/orders/\(call.path.order)",
            notice: detail.order.state == .shipped
                ? localized("Everything is on its way. The customer can follow it.")
                : localized("This parcel is on its way; the rest is still to pack."))
    }
}
