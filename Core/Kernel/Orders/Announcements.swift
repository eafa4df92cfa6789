import Postgres
import Vocabulary

/// What people are told of, as outbox rows for the transaction in which it happened.
enum Announcements {
    /// What a notice about an order says.
    struct AboutOrder: Codable, Sendable {
        let number: String
        let amount: Money
        var note: String?
    }

    /// Each customer is told once, every seller of their own order.
    static func paid(_ held: [LockedPayment]) -> SQL {
        OutboxStore.recordStatement(held.flatMap(paidEvents))
    }

    private static func paidEvents(_ held: LockedPayment) -> [OutboxEvent<AboutOrder>] {
        let purchase = held.purchase
        let isPromise = held.payment.capture == .atDelivery
        let customer = OutboxEvent(
            isPromise ? "purchase.promised" : "purchase.paid", about: "purchase", purchase.id,
            AboutOrder(number: purchase.number, amount: purchase.total)
        ).telling(account: purchase.account, email: purchase.email)
        let sellers = held.shares.map { share in
            OutboxEvent(
                isPromise ? "order.promised" : "order.paid", about: "order", share.order,
                AboutOrder(number: share.number, amount: share.sellerShare)
            ).telling(team: share.seller)
        }
        return [customer] + sellers
    }

    /// The customer is told that the payment failed, or that the time to pay is over.
    static func unpaid(_ topic: String, _ purchase: Purchase) -> SQL {
        OutboxStore.recordStatement(
            OutboxEvent(
                topic, about: "purchase", purchase.id,
                AboutOrder(number: purchase.number, amount: purchase.total)
            ).telling(account: purchase.account, email: purchase.email))
    }

    /// The customer is told of their order.
    static func customer(
        _ topic: String, _ order: ID<Order>, number: String, _ amount: Money, note: String? = nil,
        of purchase: Purchase
    ) -> SQL {
        OutboxStore.recordStatement(
            OutboxEvent(
                topic, about: "order", order,
                AboutOrder(number: number, amount: amount, note: note)
            ).telling(account: purchase.account, email: purchase.email))
    }

    /// The seller's team and the back office are told that a provider refused to take the money of
    /// an order that is on its way.
    static func captureRefused(_ order: Order, _ amount: Money, note: String) -> SQL {
        OutboxStore.recordStatement(
            OutboxEvent(
                "order.capture-refused", about: "order", order.id,
                AboutOrder(number: order.number, amount: amount, note: note)
            ).telling(team: order.seller).tellingAdministrators())
    }

    /// The seller's team and the back office are told that money did not go back, or came back
    /// from the customer's bank: `order.refund-failed`, `order.refund-returned`.
    static func notRefunded(_ topic: String, _ order: Order, _ amount: Money, note: String) -> SQL {
        OutboxStore.recordStatement(
            OutboxEvent(
                topic, about: "order", order.id,
                AboutOrder(number: order.number, amount: amount, note: note)
            ).telling(team: order.seller).tellingAdministrators())
    }

    /// The seller's team is told of their order.
    static func seller(
        _ topic: String, _ order: Order, note: String? = nil
    ) -> SQL {
        OutboxStore.recordStatement(
            OutboxEvent(
                topic, about: "order", order.id,
                AboutOrder(number: order.number, amount: order.amounts.sellerShare, note: note)
            ).telling(team: order.seller))
    }
}
