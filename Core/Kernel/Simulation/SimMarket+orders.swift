import ProviderKit
import Vocabulary

extension SimMarket {
    /// The payment that paid for a purchase.
    func paying(_ tag: Int) -> Int? {
        purchases[tag]?.payments.firstIndex {
            $0.row.state == .authorized || $0.row.state == .captured
        }
    }

    /// Whether a capture of this order is under way.
    func isCapturing(_ tag: Int, _ order: Int) -> Bool {
        purchases[tag]?.payments.contains { isCapturing($0, order) } ?? false
    }

    private func isCapturing(_ payment: Payment, _ order: Int) -> Bool {
        payment.attempts.contains {
            $0.kind == .capture && $0.state.isOpen && ($0.order == order || $0.order == nil)
        }
    }

    mutating func ship(_ tag: Int, _ random: inout SplitMix64) throws {
        guard let order = pick(tag, &random), var purchase = purchases[tag],
            rules.orderMay(purchase.orders[order].state, .shipped),
            // Refused when the reservation ended before anything was taken.
            let index = paying(tag)
        else { return }
        purchase.orders[order].state = .shipped
        let payment = purchase.payments[index]
        let share = payment.shares[order]
        if payment.row.capture == .atShipment, share.captured.isZero,
            share.amount.isPositive, !isCapturing(payment, order)
        {
            purchase.payments[index].attempts.append(
                newAttempt(.capture, share.amount, order: order))
        }
        purchases[tag] = purchase
        touched.insert(tag)
        try step()
    }

    mutating func deliver(_ tag: Int, _ random: inout SplitMix64) {
        guard let order = pick(tag, &random), let purchase = purchases[tag],
            rules.orderMay(purchase.orders[order].state, .delivered)
        else { return }
        purchases[tag]?.orders[order].state = .delivered
        purchases[tag]?.orders[order].holdUntil = now.advanced(days: 7)
        held.append((tag, order))
        touched.insert(tag)
    }

    /// One paid order is cancelled before it is shipped: its share goes back or is never taken.
    mutating func cancel(_ tag: Int, _ random: inout SplitMix64) throws {
        guard let order = pick(tag, &random), var purchase = purchases[tag],
            purchase.row.state == .paid, rules.orderMay(purchase.orders[order].state, .cancelled)
        else { return }
        if let index = paying(tag), let held = locked(tag, index),
            let share = held.shares.first(where: { $0.order == purchase.orders[order].id })
        {
            guard !isCapturing(purchase.payments[index], order) else { return }
            switch rules.moneyBack(share, held) {
            case .refund:
                // What was paid to the seller is not the platform's to give back, and what a bank
                // took is decided there.
                guard !held.payment.isDirect, standing(tag) != .open else { return }
                if standing(tag) == .lost { break }
                let basis = basis(purchase.orders[order], left: share.kept)
                try giveBack(try rules.refundPlan(.everything, basis), &purchase, index, order)
            case .void: purchase.payments[index].attempts.append(newAttempt(.void, share.amount))
            case .nothing: break
            }
        }
        purchase.orders[order].state = .cancelled
        purchases[tag] = purchase
        touched.insert(tag)
        try step()
    }

    /// Purchases that nobody paid in time: their payments are ended at their banks first.
    mutating func expirePurchases(_ event: SimEvent) throws {
        let due = active.filter { tag in
            purchases[tag].map { $0.row.state == .awaitingPayment && $0.expiresAt <= now } ?? false
        }
        var random = event.random
        for tag in due {
            if let live = purchases[tag]?.payments.firstIndex(where: \.row.state.isLive) {
                try lookUp(tag, live, event.fate, &random)
                if let payment = purchases[tag]?.payments[live], payment.row.state.isPending,
                    purchases[tag]?.row.state == .awaitingPayment,
                    let reference = payment.row.reference
                {
                    let answer = call(event.fate) { market throws(ProviderError) in
                        try market.banks[payment.bank].void(reference)
                    }
                    try step()
                    if case .success(let snapshot) = answer { _ = try settle(tag, live, snapshot) }
                }
            }
            try end(tag)
        }
    }

    private mutating func end(_ tag: Int) throws {
        guard var purchase = purchases[tag], purchase.row.state == .awaitingPayment,
            purchase.expiresAt <= now
        else { return }
        if let live = purchase.payments.firstIndex(where: \.row.state.isLive) {
            let payment = purchase.payments[live]
            if payment.row.state == .authorized {
                // Reserved, and its capture came to nothing.
                guard !payment.attempts.contains(where: { $0.kind == .capture && $0.state.isOpen })
                else { return }
                purchase.payments[live].attempts.append(newAttempt(.void, payment.row.amount))
            } else if !payment.row.state.isPending {
                return
            }
            purchase.payments[live].row.state = .failed
        }
        purchase.row.state = .cancelled
        for place in purchase.orders.indices
        where purchase.orders[place].state == .awaitingPayment {
            purchase.orders[place].state = .cancelled
        }
        purchase.isStockHeld = false
        purchases[tag] = purchase
        touched.insert(tag)
        try step()
    }
}
