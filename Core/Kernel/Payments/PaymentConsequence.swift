import ProviderKit
import Vocabulary

/// One thing that has to be written because of what a provider told us. What is decided stands
/// here and is pure; how and in which order it is kept stands in ``SettledPayment``.
enum PaymentConsequence: Sendable {
    /// The payment becomes what the snapshot says; the attempt that began it ends, or, when there
    /// is no end, is looked at again later.
    case save(Payment, startEnds: PaymentAttempt.State?)
    /// All that came so far, where the payer sends it: nobody tells us of more, so it is asked for.
    case keep([Receipt])
    /// This attempt succeeded.
    case endAttempt(ID<PaymentAttempt>)
    /// The customer is told that the payment failed.
    case tellUnpaid
    /// The customer did their part: the purchase may take days more.
    case waitLonger
    /// The whole payment is to be captured or released.
    case ask(PaymentAttempt.Kind)
    /// Every order's share was captured.
    case captureAllShares
    case captureShare(ID<Order>)
    /// So much came for an order that is over.
    case keepLate(ID<Order>, Money)
    case book([Posting])
    /// So much of an order's share goes back to the customer.
    case giveBack(ID<Order>, Money, reason: String)
    case note(ID<Order>, String, String?)
    /// The purchase and its orders are paid.
    case pay
    /// What was reserved is taken out of stock.
    case takeStock
}

extension Settlement {
    /// Everything that follows, in the order in which it is written. `held` has the payment as the
    /// snapshot left it.
    func consequences(for held: LockedPayment) throws -> [PaymentConsequence] {
        let payment = held.payment
        let end: PaymentAttempt.State =
            state == .failed || state == .voided ? .declined : .succeeded
        var all: [PaymentConsequence] = [.save(payment, startEnds: isOpen ? nil : end)]
        if let arrivals {
            all.append(.keep(arrivals.receipts))
            if effects.contains(.unasked) { all += arrivals.notes(for: held) }
        }
        if state == .failed, held.purchase.state == .awaitingPayment { all.append(.tellUnpaid) }
        if effects.contains(.waitLonger) { all.append(.waitLonger) }
        if effects.contains(.captureAll) { all.append(.ask(.capture)) }
        if effects.contains(.release) { all.append(.ask(.void)) }
        if effects.contains(.sold) { all.append(.captureAllShares) }
        if effects.contains(.returnMoney), payment.isDirect {
            // It is in the seller's hands, and only the seller can give it back.
            all.append(.captureAllShares)
            all += held.shares.map {
                .note(
                    $0.order, "paid-too-late",
                    "The customer paid the seller after the order was over.")
            }
        } else if effects.contains(.returnMoney) {
            let parts = LateMoney.parts(of: held)
            all += parts.map { .keepLate($0.order, $0.amount) }
            all.append(.book([try Bookkeeping.stray(held)]))
            all += parts.map {
                .giveBack($0.order, $0.amount, reason: "It was paid after the order was over.")
            }
        }
        if effects.contains(.authorizationLost) {
            all += held.shares.filter { $0.state != .cancelled }.map {
                .note($0.order, "authorization-lost", payment.failureMessage)
            }
        }
        if effects.contains(.paid) { all.append(.pay) }
        // What others wait for comes last: sellers' balances, then stock.
        if effects.contains(.sold) {
            all.append(.book(try Bookkeeping.sale(of: held.shares, in: held)))
        }
        if effects.contains(.paid) { all.append(.takeStock) }
        return all
    }
}

extension SettledAttempt {
    /// What follows from its success, beside what the snapshot itself means.
    func consequences(for held: LockedPayment) throws -> [PaymentConsequence] {
        var all: [PaymentConsequence] = [.endAttempt(attempt.id)]
        // What is taken for a payment that is over goes back, and is no sale.
        guard held.payment.state.isLive else { return all }
        if attempt.kind == .capture, let order = attempt.order,
            let share = held.shares.first(where: { $0.order == order }), share.captured.isZero
        {
            all.append(.captureShare(order))
            all.append(.book(try Bookkeeping.sale(of: [share], in: held)))
            all.append(.note(order, "captured", "\(share.due)"))
        }
        return all
    }
}
