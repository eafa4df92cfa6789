import Logging
import Postgres
import ProviderKit
import Vocabulary

extension Payout {
    /// Whether it was paid although it had failed, when its money was available again: a person
    /// has to book it.
    public var isContradicted: Bool { state == .failed && contradictedAt != nil }

    /// Why the seller's payouts are frozen then, for the seller and for whoever looks into it.
    static func contradiction(of payout: ID<Payout>) -> String {
        contradictionWords + "\(payout)"
    }

    fileprivate static let contradictionWords = "A failed payout was paid: "
}

/// What administrators read of a payout that was paid although it had failed.
private struct ContradictionNotice: Codable, Sendable {
    let payout: ID<Payout>
    let amount: Money
    let note: String
}

extension Transaction {
    /// A locked payout that had failed was paid: the same orders would be paid again. Stops the
    /// seller's payouts until a person has booked it, and tells the administrators; said again, it
    /// changes nothing.
    func contradict(_ payout: Payout, _ snapshot: PayoutSnapshot) async throws {
        guard try await payouts.markContradicted(payout.id, reference: snapshot.reference) else {
            return
        }
        let reason = Payout.contradiction(of: payout.id)
        try await audit.record(
            "payout.contradicted", on: "payout", payout.id.description, by: nil, as: .system,
            for: payout.seller, reason: "It was paid after it had failed.",
            before: String?.none, after: snapshot.reference)
        if try await payoutFreezes.insertUnlessFrozen(payout.seller, reason: reason) {
            try await audit.record(
                "payouts.frozen", on: "seller", payout.seller.description, by: nil, as: .system,
                reason: reason)
            try await outbox.record(
                OutboxEvent(
                    "payouts.frozen", about: "seller", payout.seller, FreezeNotice(reason: reason)
                ).telling(team: payout.seller))
        }
        try await outbox.record(
            OutboxEvent(
                "payout.contradicted", about: "payout", payout.id,
                ContradictionNotice(
                    payout: payout.id, amount: payout.amount,
                    note: "payout \(payout.id) of \(payout.amount) was paid after it had failed, "
                        + "and the seller's payouts are frozen")
            ).tellingAdministrators())
    }

    /// Books a locked payout that was paid after it had failed. Its orders' money may be anywhere
    /// by now, so the seller owes it; what is there pays that as it pays every debt.
    func bookContradicted(_ payout: Payout, reference: String?) async throws -> Payout {
        _ = try await payouts.move(payout.id, from: .failed, to: .paid, reference: reference)
        try await ledger.post([.payoutLate(payout)])
        try await outbox.record(
            OutboxEvent(
                "payout.paid", about: "payout", payout.id,
                PayoutNotice(payout: payout.id, amount: payout.amount, failure: nil)
            ).telling(team: payout.seller))
        return try await payouts.lock(payout.id) ?? payout
    }

    /// Lifts the freeze that a contradiction brought, unless another payout of the seller waits to
    /// be booked. What an administrator froze stays frozen.
    func liftContradictionFreeze(
        of seller: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws {
        guard let freeze = try await payoutFreezes.find(seller), freeze.frozenBy == nil,
            freeze.reason.hasPrefix(Payout.contradictionWords),
            try await !payouts.hasContradicted(of: seller),
            try await payoutFreezes.lift(seller, by: admin)
        else { return }
        try await audit.record(
            "payouts.unfrozen", on: "seller", seller.description, by: admin, reason: reason)
        try await outbox.record(
            OutboxEvent(
                "payouts.unfrozen", about: "seller", seller, FreezeNotice(reason: reason)
            ).telling(team: seller))
    }
}
