import Postgres
import ProviderKit
import Vocabulary

extension Payout {
    /// What a provider says of a payout that it paid and of which somebody there took a part back.
    static let partTakenBackCode = "reversed_in_part"
    /// What its page says then.
    static let partTakenBackWords =
        "A part of it was taken back at the provider. In the books it is still paid in full."
}

extension PayoutSnapshot {
    var isTakenBackInPart: Bool {
        status == .succeeded && failureCode == Payout.partTakenBackCode
    }
}

/// What administrators read of a payout of which a part was taken back at its provider.
private struct PartTakenBackNotice: Codable, Sendable {
    let payout: ID<Payout>
    let amount: Money
}

extension Transaction {
    /// Of a locked payout that is paid a part was taken back at its provider. The market takes back
    /// whole payouts only, so no posting says it: its page does, and the administrators are told.
    func notePartTakenBack(_ payout: Payout, _ snapshot: PayoutSnapshot) async throws -> Payout {
        try await payouts.note(
            payout.id, failure: Payout.partTakenBackWords, version: snapshot.version)
        try await audit.record(
            "payout.part-taken-back", on: "payout", payout.id.description, by: nil, as: .system,
            for: payout.seller, reason: Payout.partTakenBackWords, before: String?.none,
            after: snapshot.reference)
        try await outbox.record(
            OutboxEvent(
                "payout.part-taken-back", about: "payout", payout.id,
                PartTakenBackNotice(payout: payout.id, amount: payout.amount)
            ).tellingAdministrators())
        return try await payouts.lock(payout.id) ?? payout
    }
}
