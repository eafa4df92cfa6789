import ProviderKit
import Vocabulary

extension SimMarket {
    /// A dispute as the market knows it, and what it took of each order, in minor units.
    struct Dispute {
        var row: Kernel.Dispute
        var charges: [Int: Int64] = [:]
        /// How often that changed, by order.
        var moves: [Int: Int] = [:]
    }

    /// Whether a dispute that is not decided holds the money of a purchase's orders.
    func isDisputed(_ tag: Int) -> Bool {
        purchases[tag]?.payments.contains { payment in
            payment.disputes.contains { !$0.row.status.isOver }
        } ?? false
    }

    /// Whether a bank has taken money of a purchase, and whether that is decided.
    func standing(_ tag: Int) -> DisputeStanding {
        let taken = (purchases[tag]?.payments ?? []).flatMap(\.disputes)
            .filter { $0.row.withdrawn.isPositive }.map(\.row.status)
        if taken.contains(where: { $0 == .needsResponse || $0 == .underReview }) { return .open }
        return taken.contains(.lost) ? .lost : .none
    }

    /// Writes what a bank says of a dispute, as `applyDispute` does.
    mutating func applyDispute(
        _ snapshot: DisputeSnapshot, _ tag: Int, _ index: Int
    ) throws {
        guard let payment = purchases[tag]?.payments[index] else { return }
        let known = payment.disputes.firstIndex { $0.row.reference == snapshot.reference }
        let before = known.map { payment.disputes[$0].row }
        if let before, !rules.disputeIsNewer(snapshot, before) { return }
        let others = payment.disputes.filter { $0.row.reference != snapshot.reference }
            .reduce(0) { $0 + $1.row.withdrawn.amount }
        // It came before the news that explains it, and waits for that.
        guard others + snapshot.withdrawn.amount <= payment.row.amount.amount else { return }
        let after = Kernel.Dispute(
            snapshot, id: before?.id ?? ID(), payment: payment.row.id,
            instance: payment.row.instance, openedAt: before?.openedAt ?? now)
        let place = known ?? payment.disputes.count
        if known == nil {
            purchases[tag]?.payments[index].disputes.append(Dispute(row: after))
        } else {
            purchases[tag]?.payments[index].disputes[place].row = after
        }
        try ledger.post(try rules.dispute(before, after))
        if after.lost != before?.lost ?? 0 { try charge(tag, index, place) }
        touched.insert(tag)
        try step()
    }

    /// More of a payment is here again than there was: lost disputes take their part of it.
    mutating func chargeLostDisputes(_ tag: Int, _ index: Int) throws {
        for (place, dispute) in (purchases[tag]?.payments[index].disputes ?? []).enumerated()
        where dispute.row.status == .lost {
            try charge(tag, index, place)
        }
    }

    /// Takes from the shops what a dispute lost, or gives it back when it is lost no more.
    private mutating func charge(_ tag: Int, _ index: Int, _ place: Int) throws {
        guard let purchase = purchases[tag], let held = locked(tag, index),
            !held.payment.isDirect, held.payment.state != .late
        else { return }
        let disputes = purchase.payments[index].disputes
        let lost = try DisputeCharge.lost(
            disputes[place].row.lost, of: held.shares.map(\.kept), held.payment.amount.currency)
        for ((share, lost), order) in zip(
            zip(held.shares, lost), purchase.payments[index].shares.map(\.order))
        {
            let own = disputes[place].charges[order] ?? 0
            let others = disputes.reduce(0) { $0 + ($1.charges[order] ?? 0) } - own
            let wanted = try DisputeCharge.wanted(
                lost, basis(purchase.orders[order], left: share.kept), others: others)
            if wanted == own { continue }
            let move = (disputes[place].moves[order] ?? 0) + 1
            purchases[tag]?.payments[index].disputes[place].moves[order] = move
            purchases[tag]?.payments[index].disputes[place].charges[order] = wanted
            let isReleased = purchase.orders[order].isReleased
            try ledger.post(
                try rules.disputeCharge(
                    DisputeChange(
                        dispute: disputes[place].row, before: own, after: wanted, move: move),
                    share, ledger.holdings(of: share.order), isReleased))
            if wanted < own, isReleased {
                givenBack[share.order, default: 0] += own - wanted
                makeAvailable(share.order)
            }
        }
    }

    /// What all of a purchase's disputes took of an order, in minor units.
    func charged(_ order: Int, _ purchase: Purchase) -> Int64 {
        purchase.payments.flatMap(\.disputes).reduce(0) { $0 + ($1.charges[order] ?? 0) }
    }

    /// What disputes took of an order must be in the books, and with what refunds took back it is
    /// no more than its seller had earned.
    func checkCharges(_ order: Order, _ purchase: Purchase) throws(SimFault) {
        let place = purchase.orders.firstIndex { $0.id == order.id } ?? 0
        let taken = charged(place, purchase)
        let booked = ledger.sum(.disputeLosses, of: order.id)
        guard taken == booked else {
            throw SimFault("disputes took \(taken) of an order, the books say \(booked)")
        }
        let back = order.refunds.filter { $0.state == .succeeded && $0.row.kind != .stray }
            .reduce(0) { $0 + $1.row.shares.seller }
        guard back + taken <= order.amounts.sellerShare.amount else {
            throw SimFault("a seller gave back more than it had earned")
        }
    }

    /// What is disputed and not decided, as the disputes say, must be in the books.
    func checkDisputes() throws(SimFault) {
        var undecided: [Currency: Int64] = [:]
        for purchase in purchases.values {
            for dispute in purchase.payments.flatMap(\.disputes) {
                undecided[dispute.row.withdrawn.currency, default: 0] += dispute.row.undecided
            }
        }
        for currency in SimCart.currencies {
            let booked = -ledger.balance(.disputed, currency)
            guard booked == undecided[currency] ?? 0 else {
                throw SimFault(
                    "\(undecided[currency] ?? 0) \(currency) is disputed, the books say \(booked)")
            }
        }
    }
}

/// What of a dispute's charge to a shop changes, in minor units.
struct DisputeChange: Sendable {
    let dispute: Dispute
    let before: Int64
    let after: Int64
    let move: Int
}
