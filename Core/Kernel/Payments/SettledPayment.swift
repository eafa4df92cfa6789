import Postgres
import Vocabulary

/// What has become of a payment, and what has to be written because of it.
struct SettledPayment: Sendable {
    /// As it was before, but with the payment as the snapshot left it.
    let held: LockedPayment
    let consequences: [PaymentConsequence]

    fileprivate var postings: [Posting] {
        consequences.flatMap { consequence -> [Posting] in
            guard case .book(let postings) = consequence else { return [] }
            return postings
        }
    }

    fileprivate func has(_ isThat: (PaymentConsequence) -> Bool) -> Bool {
        consequences.contains(where: isThat)
    }
}

extension [SettledPayment] {
    /// How all of it is kept. What several of them want is written by one statement: it costs
    /// PostgreSQL little more than for one of them. What others wait for comes last, in one order
    /// for all: sellers' balances, then stock.
    var statements: [SQL] {
        let paid = filter { $0.has(\.isPay) }.map(\.held)
        let captured = filter { $0.has(\.isCaptureAll) }.map(\.held.payment.id)
        let taken = filter { $0.has(\.isTakeStock) }.map(\.held.purchase)
        var statements = saveStatements
        statements += flatMap { settled in
            settled.consequences.flatMap { $0.ownStatements(for: settled.held) }
        }
        if !captured.isEmpty { statements.append(PaymentStore.captureSharesStatement(captured)) }
        if !paid.isEmpty {
            statements.append(PurchaseStore.payStatement(paid.map(\.purchase.id)))
            statements.append(Announcements.paid(paid))
        }
        statements += LedgerStore.postStatements(flatMap(\.postings))
        let charged = filter(\.held.payment.isDirect).flatMap(\.postings).map(\.key)
        if !charged.isEmpty { statements.append(InvoiceStore.chargeStatement(of: charged)) }
        if !taken.isEmpty { statements.append(ReservationStore.takeStatement(taken)) }
        return statements
    }

    /// The payments become what the snapshots say, and so do the attempts that began them.
    private var saveStatements: [SQL] {
        let saves = flatMap(\.consequences).compactMap(\.save)
        guard !saves.isEmpty else { return [] }
        let save = PaymentStore.saveStatement(saves.map(\.payment))
        let ended = saves.compactMap { save in save.startEnds.map { (save.payment.id, $0) } }
        let waiting = saves.filter { $0.startEnds == nil }.map(\.payment.id)
        return waiting.map(AttemptStore.waitForStartStatement)
            + [
                ended.isEmpty
                    ? save
                    : """
                    with start_settled as (\(AttemptStore.settleStartStatement(of: ended)))
                    \(save)
                    """
            ]
    }
}

extension PaymentConsequence {
    fileprivate var save: (payment: Payment, startEnds: PaymentAttempt.State?)? {
        if case .save(let payment, let end) = self { (payment, end) } else { nil }
    }

    fileprivate var isPay: Bool { if case .pay = self { true } else { false } }
    fileprivate var isTakeStock: Bool { if case .takeStock = self { true } else { false } }
    fileprivate var isCaptureAll: Bool {
        if case .captureAllShares = self { true } else { false }
    }

    /// How it is kept, where nobody else's is written by the same statement.
    fileprivate func ownStatements(for held: LockedPayment) -> [SQL] {
        let payment = held.payment
        switch self {
        case .save, .captureAllShares, .book, .pay, .takeStock: return []
        case .keep(let receipts):
            return [
                AttemptStore.pollStartStatement(of: payment.id),
                ReceiptStore.keepStatement(receipts, of: payment),
            ]
        case .endAttempt(let id): return [AttemptStore.settleStatement(id, .succeeded)]
        case .tellUnpaid:
            return [Announcements.unpaid("purchase.payment-failed", held.purchase)]
        case .waitLonger: return [PurchaseStore.waitLongerStatement(held.purchase.id)]
        case .ask(let kind):
            return [AttemptStore.insertStatement(kind, of: payment.id, payment.amount)]
        case .captureShare(let order):
            return [PaymentStore.captureShareStatement(payment.id, order)]
        case .keepLate(let order, let amount):
            return [PaymentStore.keepLateStatement(payment.id, order, amount)]
        case .giveBack(let order, let amount, let reason):
            return RefundStore.strayStatements(amount, of: order, payment.id, reason: reason)
        case .note(let order, let kind, let text):
            return [OrderStore.noteStatement(order, kind, note: text)]
        }
    }
}
