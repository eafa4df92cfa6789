import ProviderKit
import Vocabulary

extension SimMarket {
    /// Writes what a snapshot means, in one commit; false when it is quarantined.
    @discardableResult
    mutating func settle(
        _ tag: Int, _ index: Int, _ snapshot: PaymentSnapshot, after attempt: Int? = nil
    ) throws -> Bool {
        guard var held = locked(tag, index) else { return true }
        var consequences: [PaymentConsequence] = []
        if let attempt, let settled = attemptRow(tag, index, attempt) {
            consequences = try rules.captured(SettledAttempt(attempt: settled), held)
        }
        switch rules.read(snapshot, held.payment, held.purchase) {
        case .stale: break
        case .quarantined: return false
        case .news(let settlement):
            held.payment.take(snapshot, settlement, next: nil)
            consequences += try rules.consequences(settlement, held)
        }
        for consequence in consequences { try write(consequence, tag, index) }
        touched.insert(tag)
        try step()
        return true
    }

    /// What each statement does to the tables.
    private mutating func write(
        _ consequence: PaymentConsequence, _ tag: Int, _ index: Int
    ) throws {
        guard var purchase = purchases[tag] else { return }
        var payment = purchase.payments[index]
        switch consequence {
        case .save(let row, let end):
            guard row.version >= payment.row.version || payment.row.reference == nil else {
                throw SimFault("payment \(tag).\(index) went back from \(payment.row.version)")
            }
            // A payment's refunds are counted with the refunds, never by a snapshot.
            let refunded = payment.row.refunded
            payment.row = row
            payment.row.refunded = refunded
            if payment.attempts[0].state.isOpen { payment.attempts[0].state = end ?? .sent }
        case .endAttempt(let id):
            for place in payment.attempts.indices
            where payment.attempts[place].id == id && payment.attempts[place].state.isOpen {
                payment.attempts[place].state = .succeeded
            }
        case .tellUnpaid, .note, .keep: break
        case .waitLonger:
            purchase.expiresAt = max(purchase.expiresAt, now.advanced(days: 3))
        case .ask(let kind):
            payment.attempts.append(newAttempt(kind, payment.row.amount))
        case .captureAllShares:
            for place in payment.shares.indices {
                payment.shares[place].captured = payment.shares[place].amount
            }
        case .captureShare(let order):
            for place in payment.shares.indices
            where purchase.orders[payment.shares[place].order].id == order {
                payment.shares[place].captured = payment.shares[place].amount
            }
        case .book(let postings):
            for posting in postings {
                try payment.row.isDirect ? postDirect(posting) : ledger.post(posting)
            }
        case .keepLate(let order, let amount):
            for place in payment.shares.indices
            where purchase.orders[payment.shares[place].order].id == order {
                let captured = payment.shares[place].captured
                payment.shares[place].captured = try captured.adding(amount)
            }
        case .giveBack(let order, let amount, _):
            guard let order = purchase.orders.firstIndex(where: { $0.id == order }) else {
                return
            }
            purchase.payments[index] = payment
            try giveBackStray(amount, &purchase, index, order)
            payment = purchase.payments[index]
        case .pay:
            if purchase.row.state == .awaitingPayment { purchase.row.state = .paid }
            for place in purchase.orders.indices
            where purchase.orders[place].state == .awaitingPayment {
                purchase.orders[place].state = .paid
            }
        case .takeStock:
            guard purchase.isStockHeld else {
                throw SimFault("purchase \(tag) took stock that was not held for it")
            }
            purchase.isStockHeld = false
        }
        purchase.payments[index] = payment
        purchases[tag] = purchase
    }

    func newAttempt(
        _ kind: PaymentAttempt.Kind, _ amount: Money, order: Int? = nil, refund: Int? = nil
    ) -> Attempt {
        Attempt(
            id: ID(), kind: kind, order: order, refund: refund, amount: amount, state: .intent,
            tries: 0, createdAt: now)
    }

    /// The rows that a settlement locks.
    func locked(_ tag: Int, _ index: Int) -> LockedPayment? {
        guard let purchase = purchases[tag], purchase.payments.indices.contains(index) else {
            return nil
        }
        let payment = purchase.payments[index]
        return LockedPayment(
            purchase: purchase.row, payment: payment.row,
            shares: payment.shares.map { share in
                let order = purchase.orders[share.order]
                return LockedShare(
                    order: order.id, number: "", seller: sellers[order.wallet],
                    wallet: wallets[order.wallet], state: order.state, amount: share.amount,
                    captured: share.captured, refunded: share.refunded, claimed: share.claimed,
                    calledOff: .zero(share.amount.currency), commission: order.amounts.commission,
                    commissionVAT: order.amounts.commissionVAT,
                    taxByPlatform: order.amounts.taxByPlatform, taxJurisdiction: nil,
                    sellerShare: order.amounts.sellerShare)
            })
    }

    func attemptRow(_ tag: Int, _ index: Int, _ attempt: Int) -> PaymentAttempt? {
        guard let purchase = purchases[tag] else { return nil }
        let payment = purchase.payments[index]
        let row = payment.attempts[attempt]
        return PaymentAttempt(
            id: row.id, payment: payment.row.id, kind: row.kind,
            order: row.order.map { purchase.orders[$0].id },
            refund: row.refund.flatMap { refund in
                row.order.map { purchase.orders[$0].refunds[refund].row.id }
            }, amount: row.amount, state: row.state, tries: row.tries, createdAt: row.createdAt,
            firstSentAt: row.firstSentAt ?? row.createdAt, keyNumber: row.keyNumber)
    }

    /// A webhook about one of the purchase's payments, any of those that were sent, perhaps twice.
    mutating func webhook(_ tag: Int, _ random: inout SplitMix64) throws {
        guard let payments = purchases[tag]?.payments, !payments.isEmpty else { return }
        let index = Int.random(in: 0..<payments.count, using: &random)
        let bank = payments[index].bank
        let key = payments[index].attempts[0].id.description
        guard let known = banks[bank].lookup(key: key),
            let told = banks[bank].news[known.reference]?.randomElement(using: &random)
        else { return }
        let isLie = Int.random(in: 0..<12, using: &random) == 0
        for _ in 0...Int.random(in: 0...1, using: &random) {
            try hear(told, tag, index, lying: isLie, &random)
        }
    }

    mutating func hear(
        _ answer: SimBank.Answer, _ tag: Int, _ index: Int, lying: Bool = false,
        _ random: inout SplitMix64
    ) throws {
        switch answer {
        case .payment(let snapshot):
            try settle(
                tag, index,
                lying
                    ? Self.lie(
                        snapshot, of: purchases[tag]?.row.total ?? snapshot.authorized, &random)
                    : snapshot)
        case .refund(let snapshot):
            guard let found = refund(tag, snapshot.refundID) else { return }
            try settleRefund(tag, found.order, found.refund, snapshot)
        case .dispute(let snapshot): try applyDispute(snapshot, tag, index)
        case .payout: break
        }
    }

    private func refund(_ tag: Int, _ id: String?) -> (order: Int, refund: Int)? {
        guard let id, let orders = purchases[tag]?.orders else { return nil }
        for (place, order) in orders.enumerated() {
            if let refund = order.refunds.firstIndex(where: { $0.row.id.description == id }) {
                return (place, refund)
            }
        }
        return nil
    }
}
