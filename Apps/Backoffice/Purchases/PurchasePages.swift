import Kernel
import Vocabulary
import Web

enum PurchasePages {
    static func list(
        _ page: Kernel.Page<PurchaseFound>, _ query: PurchaseRoutes.PurchaseQuery
    ) -> DeskPage {
        let rows = page.items.map { purchase in
            [
                Cell(data: purchase.number, to: Links.purchase(purchase.id)),
                state(purchase.state.rawValue, purchase.outcome.rawValue),
                Cell(data: purchase.recipient), Cell(data: purchase.email),
                .number(purchase.orderCount), .money(purchase.total), .time(purchase.placedAt),
            ]
        }
        let kept = [("text", query.text), ("state", query.state)]
            .compactMap { name, value in value.map { (name, $0) } }
        let more = page.next.map {
            Links.with("/purchases", kept + [("after", Cursor.seal($0))])
        }
        return DeskPage(
            "Purchases",
            tabs: DeskPage.Tab.states(
                Purchase.State.allCases.map(\.rawValue), of: "/purchases", chosen: query.state),
            [
                Block(forms: [
                    .search(
                        "Find", at: "/purchases",
                        [
                            .line(
                                "text", "Number, e-mail address or payment reference",
                                query.text ?? "", type: "search")
                        ])
                ]),
                Block(
                    table: Table(
                        ["Number", "State", "Recipient", "E-mail", "Orders#", "Total#", "Placed"],
                        rows), nothing: "There is no such purchase.", more: more),
            ])
    }

    static func show(
        _ found: PurchaseAnswer, _ cash: [ID<Order>: UnconfirmedCash], _ admin: Administrator
    ) -> DeskPage {
        let maySettle = Duty.settleCases.isAllowed(to: admin.roles)
        let mayConfirm = Duty.confirmMoney.isAllowed(to: admin.roles)
        let purchase = found.purchase
        let facts = Block(facts: [
            Fact("State", state(purchase.state, purchase.outcome)),
            Fact("Total", data: Format.money(purchase.total)),
            Fact(
                "E-mail", data: purchase.email,
                to: Duty.impersonate.isAllowed(to: admin.roles)
                    ? found.account.map(Links.account) : nil),
            Fact("To", data: found.address.oneLine),
            Fact("Placed", data: Format.time(purchase.placedAt)),
            Fact("Paid", found.paidAt.map(Phrase.time) ?? "not yet"),
        ])
        return DeskPage(
            "Purchase \(purchase.number)",
            [facts]
                + found.orders.flatMap { part in
                    order(part, maySettle, mayConfirm)
                        + (mayConfirm ? cash[part.id].map { [paidAtDoor($0)] } ?? [] : [])
                }
                + found.payments.flatMap {
                    [payment($0, maySettle)] + ReceiptPages.receipts(of: $0, mayConfirm: mayConfirm)
                })
    }

    /// What became of what was paid says more than that it was.
    private static func state(_ state: String, _ outcome: String) -> Cell {
        switch PurchaseOutcome(rawValue: outcome) {
        case .stands, nil: state.stateCell
        case .notCharged: Cell("cancelled, nothing was charged", .bad)
        case .returning: Cell("cancelled, money on its way back", .bad)
        case .returned: Cell("cancelled, money returned", .bad)
        case .refunded: Cell("money returned", .bad)
        case .cancelled: Cell("cancelled", .bad)
        }
    }

    private static func paidAtDoor(_ cash: UnconfirmedCash) -> Block {
        Block(
            "Order \(cash.orderNumber) is paid at its delivery",
            text: "Nobody said yet that it was paid. All such deliveries are under Cash.",
            forms: [CashPages.collected(cash)])
    }

    private static func order(
        _ order: OrderAnswer, _ maySettle: Bool, _ mayConfirm: Bool
    ) -> [Block] {
        var facts = [
            Fact("Seller", data: order.sellerName, to: Links.seller(order.seller)),
            Fact("State", state: order.state),
            Fact("Ships with", data: localized(name: order.shippingName)),
            Fact("Goods", data: Format.money(order.amounts.items)),
            Fact("Shipping", data: Format.money(order.amounts.shipping)),
            Fact("Tax on top", data: Format.money(order.amounts.tax)),
            Fact("Tax inside", data: Format.money(order.amounts.taxIncluded)),
            Fact("Total", data: Format.money(order.amounts.total)),
            Fact("Commission", data: Format.money(order.amounts.commission)),
            Fact("VAT on the commission", data: Format.money(order.amounts.commissionVat)),
            Fact("To the seller", data: Format.money(order.amounts.sellerShare)),
            Fact("Its money", "trace", to: "/orders/\(order.id)/money"),
        ]
        if let until = order.holdUntil {
            facts.append(Fact("Held until", data: Format.time(until)))
        }
        facts += order.parcels.map { parcel in
            Fact(
                "Parcel",
                parcel.trackingNumber.map { "\(parcel.carrier) \($0)" }
                    ?? "\(parcel.carrier) without a number",
                to: parcel.trackingUrl)
        }
        let lines = Table(
            [
                "Thing", "SKU", "Pieces#", "Shipped#", "Refunded before#", "Each#", "Total#",
                "Commission#", "Why",
            ],
            order.lines.map { line in
                [
                    Cell(
                        data: line.title + (line.options.isEmpty ? "" : " (\(line.options))")),
                    Cell(data: line.sku ?? ""), .number(line.quantity), .number(line.shipped),
                    .number(line.withheld), .money(line.unitPrice),
                    .money(line.total), .money(line.commission),
                    Cell(
                        data: line.commissionExplanation.workedOut + ". "
                            + line.commissionReasoning.reasoned),
                ]
            })
        return [
            Block("Order \(order.number)", facts: facts, table: lines).at("order-\(order.id)"),
            RefundPages.refunds(of: order, maySettle, mayConfirm: mayConfirm),
            Block(timeline: order.events.map(moment), forms: maySettle ? forms(order) : []),
        ]
    }

    private static func moment(_ event: OrderAnswer.Event) -> Moment {
        let step = event.to.map { $0 == event.kind ? "" : " → \($0.inWords)" } ?? ""
        return Moment(
            event.at, event.kind.inWords + step, by: event.actorName,
            EventNote.said(event.note, of: event.kind))
    }

    private static func forms(_ order: OrderAnswer) -> [DeskForm] {
        switch order.state {
        case "awaiting_payment", "paid":
            [
                .dangerous(
                    "Cancel this order", to: "/orders/\(order.id)/cancellation",
                    hint: "Its stock goes back, and its money if it was paid. Siblings stay.")
            ]
                + RefundPages.forms(of: order)
        case "cancelled": []
        default: (isMoneyRefused(order) ? [askAgain(order)] : []) + RefundPages.forms(of: order)
        }
    }

    private static func isMoneyRefused(_ order: OrderAnswer) -> Bool {
        order.events.last { $0.kind.hasPrefix("capture") }?.kind == "capture-failed"
    }

    private static func askAgain(_ order: OrderAnswer) -> DeskForm {
        .reasoned(
            "Ask for the money again", to: "/orders/\(order.id)/captures",
            hint: "The provider refused to give it. We ask by ourselves for two weeks.")
    }

    private static func payment(_ payment: PaymentAnswer, _ maySettle: Bool) -> Block {
        Block(
            "Payment by \(localized(name: payment.methodName))",
            facts: paymentFacts(payment),
            table: Table(
                ["When", "What", "Order", "Amount#", "State", "Tries#", "Error"],
                payment.attempts.map { attempt in
                    [
                        .time(attempt.at), Cell(data: attempt.kind.inWords),
                        Cell(data: attempt.orderNumber ?? ""),
                        .money(attempt.amount), attempt.state.stateCell, .number(attempt.tries),
                        Cell(data: attempt.error ?? ""),
                    ]
                }), forms: maySettle ? [askNow(payment)] : [],
            nothing: "Nothing was asked of the provider yet."
        ).at("payment-\(payment.id)")
    }

    private static func askNow(_ payment: PaymentAnswer) -> DeskForm {
        .reasoned(
            "Ask the provider now", to: "/payments/\(payment.id)/look-ups",
            hint: """
                What it says takes effect at once: a payment that nobody told of is found, and \
                money that came too late goes back or is kept to be looked at.
                """)
    }

    private static func paymentFacts(_ payment: PaymentAnswer) -> [Fact] {
        [
            Fact("State", state: payment.state),
            Fact("Provider", data: payment.instanceName, to: Links.provider(payment.instance)),
            Fact("Reference", data: payment.reference ?? "—"),
            Fact("Amount", data: Format.money(payment.amount)),
            Fact("Authorized", data: Format.money(payment.authorized)),
            Fact("Captured", data: Format.money(payment.captured)),
            Fact("Refunded", data: Format.money(payment.refunded)),
            Fact("Failure", data: payment.failure ?? "—"),
            Fact("Begun", data: Format.time(payment.createdAt)),
        ]
    }

    static func payments(
        _ page: Kernel.Page<PaymentCase>, _ query: PurchaseRoutes.PaymentQuery
    ) -> DeskPage {
        let rows = page.items.map { payment in
            [
                Cell(data: payment.purchaseNumber, to: Links.purchase(payment.purchase)),
                .state(payment.state),
                Cell(data: payment.instanceName, to: Links.provider(payment.instance)),
                Cell(data: localized(name: payment.methodName)), .money(payment.amount),
                .money(payment.captured),
                .money(payment.refunded), Cell(data: payment.reference ?? ""),
                .time(payment.createdAt),
            ]
        }
        let kept = [("state", query.state), ("instance", query.instance?.description)]
            .compactMap { name, value in value.map { (name, $0) } }
        let more = page.next.map { Links.with("/payments", kept + [("after", Cursor.seal($0))]) }
        return DeskPage(
            "Payments",
            tabs: DeskPage.Tab.states(
                Payment.State.allCases.map(\.rawValue), of: "/payments", chosen: query.state),
            [
                Block(facts: [Fact("Money to look at", "list", to: "/payments/to-review")]),
                Block(
                    table: Table(
                        [
                            "Purchase", "State", "Provider", "Method", "Amount#", "Captured#",
                            "Refunded#", "Reference", "Begun",
                        ], rows), nothing: "There is no such payment.", more: more),
            ])
    }
}
