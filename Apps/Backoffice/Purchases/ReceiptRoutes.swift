import Kernel
import Vocabulary
import Web

/// Money of which somebody of the back office says that it came, or looks at because nobody asked
/// for it.
struct ReceiptRoutes {
    struct PaymentPath: Described { let payment: ID<Payment> }

    struct PaidBack: Described {
        let paidBackAs: String
        static let rules: [String: [Rule]] = [
            "paidBackAs": [.length(1...100), .about("The bank's reference of the transfer back.")]
        ]
    }

    let desk: Desk

    func mount() {
        desk.page("/payments/to-review", .readPurchases, query: ListQuery.self) { call, admin in
            ReceiptPages.review(
                try await call.marketplace.paymentsToReview(call.query.page()),
                maySettle: Duty.confirmMoney.isAllowed(to: admin.roles))
        }
        desk.read(
            "/payments/to-review", "Payments with money that nobody asked for", tag: "Purchases",
            .readPurchases, query: ListQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.paymentsToReview(call.query.page())) {
                PaymentAnswer($0)
            }
        }
        desk.act(
            Act<PaymentPath>(
                "/payments/{payment}/receipts", "Say that money of a payment came",
                tag: "Purchases", .confirmMoney, done: "It is taken down.",
                back: { "/payments/\($0.payment)" }), input: ReceiptInput.self
        ) { marketplace, path, input, admin in
            try await marketplace.confirmPayment(
                path.payment, try input.draft(), as: .admin(admin.account.id))
            return try await Self.payment(marketplace, path.payment)
        }
        desk.act(
            Act<PaymentPath>(
                "/payments/{payment}/review", "Say what was done about money that did not fit",
                tag: "Purchases", .confirmMoney, done: "It is off the list.",
                back: { _ in "/payments/to-review" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.reviewPayment(
                path.payment, reason: input.reason, as: admin.account.id)
            return try await Self.payment(marketplace, path.payment)
        }
        desk.act(
            Act<RefundPath>(
                "/orders/{order}/refunds/{refund}/confirmation",
                "Say that a refund's money was sent back by hand", tag: "Purchases", .confirmMoney,
                done: "The refund is done.", back: { "/orders/\($0.order)" }), input: PaidBack.self
        ) { marketplace, path, input, admin in
            try await marketplace.confirmRefund(
                path.refund, of: path.order, paidBackAs: input.paidBackAs, as: admin.account.id)
            return Nothing()
        }
        mountPayment()
    }

    private func mountPayment() {
        desk.routes.get("/payments/{payment}").path(PaymentPath.self)
            .show(as: Administrator.self, needing: Duty.readPurchases.roles) { call, _ in
                let purchase = try await call.marketplace.purchase(ofPayment: call.path.payment)
                return .seeOther(Links.purchase(purchase) + "#payment-\(call.path.payment)")
            }
        desk.read(
            "/payments/{payment}", "A payment with what came of it", tag: "Purchases",
            .readPurchases, path: PaymentPath.self
        ) { call, _ in try await Self.payment(call.marketplace, call.path.payment) }
        desk.act(
            Act<PaymentPath>(
                "/payments/{payment}/look-ups", "Ask the provider how a payment stands",
                tag: "Purchases", .settleCases, done: "The provider was asked.",
                back: { "/payments/\($0.payment)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.askHowPaymentStands(
                path.payment, reason: input.reason, by: admin.account.id)
            return try await Self.payment(marketplace, path.payment)
        }
        desk.act(
            Act<PurchaseRoutes.OrderPath>(
                "/orders/{order}/delivery-receipts", "Say that an order was paid at its delivery",
                tag: "Purchases", .confirmMoney, done: "It is taken down.",
                back: { "/orders/\($0.order)" }), input: ReceiptInput.self
        ) { marketplace, path, input, admin in
            try await marketplace.confirmDeliveryPaid(
                path.order, try input.draft(), as: .admin(admin.account.id))
            return Nothing()
        }
        desk.act(
            Act<PurchaseRoutes.OrderPath>(
                "/orders/{order}/refused-delivery", "Say that a delivery was refused, unpaid",
                tag: "Purchases", .settleCases, done: "The order is over.",
                back: { "/orders/\($0.order)" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.refuseDelivery(
                path.order, reason: input.reason, as: .admin(admin.account.id))
            return Nothing()
        }
    }

    private static func payment(
        _ marketplace: Marketplace, _ id: ID<Payment>
    ) async throws -> PaymentAnswer {
        let found = try await marketplace.purchaseCase(marketplace.purchase(ofPayment: id))
        guard let payment = found.payments.first(where: { $0.id == id }) else {
            throw CaseRefusal.unknown
        }
        return PaymentAnswer(payment)
    }
}
