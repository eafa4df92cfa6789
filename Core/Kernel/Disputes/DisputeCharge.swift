import Postgres
import Vocabulary

/// How a lost dispute is divided. Pure.
enum DisputeCharge {
    /// What of each share is lost, in minor units: in proportion to what of it is still here, and
    /// never more. What is more than all of it, since it had gone back already, is nobody's share.
    static func lost(
        _ amount: Int64, of kept: [Int64], _ currency: Currency
    ) throws(MoneyError) -> [Int64] {
        let kept = kept.map { max($0, 0) }
        let all = kept.reduce(0, +)
        guard amount > 0, all > 0 else { return kept.map { _ in 0 } }
        return try Money(min(amount, all), currency)
            .allocated(by: kept.map { UInt64($0) }).map(\.amount)
    }

    /// What the shop gives back of what is lost of its share: what it had earned of it.
    static func ofSeller(_ lost: Int64, _ basis: RefundBasis) throws -> Int64 {
        guard lost > 0, basis.left > 0 else { return 0 }
        let wish = RefundWish.amount(Money(min(lost, basis.left), basis.currency))
        return try RefundPlan.make(wish, from: basis).parts.reduce(0) { $0 + $1.shares.seller }
    }

    /// What a shop is to have given back for a dispute: no more than it has left of what it earned.
    /// - Parameter others: what other disputes took of it, in minor units.
    static func wanted(_ lost: Int64, _ basis: RefundBasis, others: Int64) throws -> Int64 {
        let most = basis.parts.reduce(0) { $0 + $1.shares.seller } - others
        return max(0, min(try ofSeller(lost, basis), most))
    }
}

extension Posting {
    /// A shop gives back what it earned of a lost dispute's money, from where the order's money is
    /// now and as a debt from then on; or has it again.
    /// - Parameters:
    ///   - before: what the shop gave back of it so far, in minor units.
    ///   - after: what it is to have given back: less when it gets something again.
    ///   - move: how many changes of it there were with this one. Refunds that end divide the same
    ///     dispute anew, and may come back to an amount that there was before.
    static func disputeCharge(
        _ dispute: Dispute, from before: Int64, to after: Int64, move: Int, of share: LockedShare,
        held: OrderHoldings,
        isReleased: Bool
    ) throws(LedgerError) -> Posting {
        let (order, wallet, change) = (share.order, share.wallet, after - before)
        let fromPending = min(change, held.pending)
        let fromAvailable = min(change - fromPending, held.available)
        let fromFrozen = min(change - fromPending - fromAvailable, held.frozen)
        let fromReserve = min(change - fromPending - fromAvailable - fromFrozen, held.reserved)
        let owed = change - fromPending - fromAvailable - fromFrozen - fromReserve
        let back: LedgerAccount = isReleased ? .sellerAvailable(wallet) : .sellerPending(wallet)
        let sellers =
            change < 0
            ? [LedgerEntry(back, -change, order: order)]
            : [
                LedgerEntry(.sellerPending(wallet), -fromPending, order: order),
                LedgerEntry(.sellerAvailable(wallet), -fromAvailable, order: order),
                LedgerEntry(.sellerFrozen(wallet), -fromFrozen, order: order),
                LedgerEntry(.sellerReserve(wallet), -fromReserve, order: order),
                LedgerEntry(.sellerDebt(wallet), -owed, order: order),
            ]
        return try Posting(
            key: "dispute-charge:\(dispute.id):\(order):\(dispute.version):\(after):\(move)",
            kind: .dispute,
            currency: share.amount.currency,
            entries: sellers + [LedgerEntry(.disputeLosses, change, order: order)])
    }
}

extension Transaction {
    /// Takes from the shops what a dispute lost, or gives it back when it is lost no more. The
    /// payment is locked; its orders and wallets are locked here, in the order that refunds keep.
    /// Of money that came too late, and of what was paid to them, shops have nothing of ours.
    func charge(_ dispute: Dispute, in held: LockedPayment) async throws {
        if held.payment.isDirect || held.payment.state == .late { return }
        let changes = try await chargeChanges(dispute, in: held)
        for (share, _, _) in changes { _ = try await orders.lock(share.order) }
        try await ledger.lock(changes.map(\.share.wallet))
        for (share, before, after) in changes {
            let move = try await disputes.saveCharge(after, by: dispute.id, on: share.order)
            try await ledger.post([
                .disputeCharge(
                    dispute, from: before, to: after, move: move, of: share,
                    held: try await ledger.holdings(of: share.order),
                    isReleased: try await orders.isReleased(share.order))
            ])
        }
    }

    /// Whose charge changes, from how much to how much, in the order of the orders' ids.
    private func chargeChanges(
        _ dispute: Dispute, in held: LockedPayment
    ) async throws -> [(share: LockedShare, before: Int64, after: Int64)] {
        let shares = held.shares.sorted { $0.order.description < $1.order.description }
        let known = try await disputes.charges(by: dispute.id, on: shares.map(\.order))
        let lost = try DisputeCharge.lost(
            dispute.lost, of: shares.map(\.kept), held.payment.amount.currency)
        var changes: [(share: LockedShare, before: Int64, after: Int64)] = []
        for (share, lost) in zip(shares, lost) {
            let basis = try await refunds.basis(of: share)
            let (own, others) = known[share.order] ?? (own: 0, others: 0)
            let wanted = try DisputeCharge.wanted(lost, basis, others: others)
            if wanted != own { changes.append((share: share, before: own, after: wanted)) }
        }
        return changes
    }
}
