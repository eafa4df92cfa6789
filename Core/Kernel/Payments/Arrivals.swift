import ProviderKit
import Vocabulary

/// What came of a payment where the payer sends it, in all and for each share. Pure: what is too
/// much for one share never makes up for what another has too little.
struct Arrivals: Sendable, Equatable {
    let receipts: [Receipt]
    /// As much as an amount can be.
    let received: Money
    /// What came more than was asked for, share by share where each is paid by itself.
    let excess: Money
    /// Empty where what comes counts for the payment as a whole.
    let shares: [ID<Order>: Money]

    init(_ receipts: [Receipt], of payment: Payment, _ parts: [LockedShare]) {
        let currency = payment.amount.currency
        self.receipts = receipts
        received = Self.sum(receipts, currency)
        guard Self.areNamed(receipts) else {
            shares = [:]
            excess = Self.excess(received, over: payment.amount)
            return
        }
        let byOrder = Dictionary(grouping: receipts) { $0.orderID ?? "" }
        var shares: [ID<Order>: Money] = [:]
        var excess = Money.zero(currency)
        for part in parts {
            guard let mine = byOrder[part.order.description] else { continue }
            let came = Self.sum(mine, currency)
            shares[part.order] = came
            excess = Self.capped(excess, Self.excess(came, over: part.amount))
        }
        self.shares = shares
        self.excess = excess
    }

    /// What cannot be believed of receipts, in a few words: one for an order that is not in the
    /// payment, or a capture before every share has come whole and for good.
    static func problem(
        with receipts: [Receipt], captured: Money, _ parts: [LockedShare]
    ) -> String? {
        guard areNamed(receipts) else { return nil }
        let known = Set(parts.map(\.order.description))
        for receipt in receipts {
            guard let order = receipt.orderID else {
                return "\(receipt.id) does not say for which order it came"
            }
            guard known.contains(order) else { return "\(receipt.id) came for another order" }
        }
        guard captured.isPositive else { return nil }
        for part in parts {
            let came = sum(
                receipts.filter { $0.isFinal && $0.orderID == part.order.description },
                part.amount.currency)
            guard came.amount >= part.amount.amount else {
                return "it is captured, and \(came) of \(part.amount) came for \(part.number)"
            }
        }
        return nil
    }

    private static func areNamed(_ receipts: [Receipt]) -> Bool {
        receipts.contains { $0.orderID != nil }
    }

    private static func excess(_ came: Money, over asked: Money) -> Money {
        Money(max(0, came.amount - asked.amount), asked.currency)
    }

    private static func sum(_ receipts: [Receipt], _ currency: Currency) -> Money {
        receipts.reduce(.zero(currency)) { capped($0, $1.amount) }
    }

    private static func capped(_ one: Money, _ other: Money) -> Money {
        let (sum, overflow) = one.amount.addingReportingOverflow(other.amount)
        return Money(overflow ? Money.amountMax : min(sum, Money.amountMax), one.currency)
    }
}

extension Arrivals {
    /// What is written at the orders when money came that nobody asked for, or for a payment that
    /// is over: at those whose sellers have some of it to give back.
    func notes(for held: LockedPayment) -> [PaymentConsequence] {
        guard !shares.isEmpty else {
            return held.shares.map {
                .note($0.order, "money-to-look-at", held.payment.receivedSentence)
            }
        }
        return held.shares.compactMap { share in
            guard let came = shares[share.order], came.isPositive else { return nil }
            let excess = Self.excess(came, over: share.amount)
            guard excess.isPositive || !held.payment.state.isLive else { return nil }
            let sentence = Payment.sentence(came, excess, of: share.amount)
            return .note(
                share.order, "money-to-look-at",
                held.payment.state.isLive
                    ? sentence
                    : sentence + " The purchase was not paid whole: who got it gives it back.")
        }
    }
}

/// How one order's share of a payment stands, where each share is paid by itself.
public struct ShareStand: Hashable, Sendable {
    public let order: ID<Order>
    public let amount: Money
    /// What came for it, more or less than was asked for.
    public let received: Money
    /// What of that can no longer vanish.
    public let certain: Money

    /// Whether all of it came for good.
    public var isPaid: Bool { certain.amount >= amount.amount }
    /// Whether all of it came, and waits to be certain.
    public var isSeen: Bool { !isPaid && received.amount >= amount.amount }
    /// What is still to come, in the payment's currency.
    public var missing: Money {
        Money(max(0, amount.amount - received.amount), amount.currency)
    }
    /// What came more than was asked for.
    public var surplus: Money? {
        received.amount > amount.amount
            ? Money(received.amount - amount.amount, amount.currency) : nil
    }
}
