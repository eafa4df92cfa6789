import Logging
import Postgres
import Vocabulary

/// An administrator stopped a seller's payouts. What is available lies in an account of its own
/// until the freeze is lifted; what is held goes on earning dates.
public struct PayoutFreeze: Hashable, Sendable {
    public let seller: ID<Seller>
    /// The seller reads it.
    public let reason: String
    /// Nil is the market itself: a failed payout was paid.
    public let frozenBy: ID<Account>?
    public let frozenAt: Instant
}

/// What a seller's team reads of a freeze.
struct FreezeNotice: Codable, Sendable {
    let reason: String
}

extension Marketplace {
    /// Stops every payout of a seller that was not sent yet, with a reason that the seller reads.
    /// - Throws: ``PayoutRefusal/alreadyFrozen``, ``SellerRefusal/unknown``.
    @discardableResult
    public func freezePayouts(
        of seller: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws -> PayoutFreeze {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        let freeze = try await refusing(
            "payout_freeze_once", as: PayoutRefusal.alreadyFrozen
        ) {
            try await database.transaction { tx in
                guard try await tx.sellers.lock(seller) != nil else {
                    throw SellerRefusal.unknown
                }
                try await tx.payoutFreezes.insert(seller, reason: reason, by: admin)
                try await tx.audit.record(
                    "payouts.frozen", on: "seller", seller.description, by: admin, reason: reason)
                try await tx.outbox.record(
                    OutboxEvent(
                        "payouts.frozen", about: "seller", seller, FreezeNotice(reason: reason)
                    ).telling(team: seller))
                guard let freeze = try await tx.payoutFreezes.find(seller) else {
                    throw PayoutRefusal.notFrozen
                }
                return freeze
            }
        }
        await followFreeze(of: seller)
        return freeze
    }

    /// Lets a seller's payouts go on.
    /// - Throws: ``PayoutRefusal/notFrozen``.
    public func liftFreeze(
        of seller: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...500)
        try await database.transaction { tx in
            guard try await tx.payoutFreezes.lift(seller, by: admin) else {
                throw PayoutRefusal.notFrozen
            }
            try await tx.audit.record(
                "payouts.unfrozen", on: "seller", seller.description, by: admin, reason: reason)
            try await tx.outbox.record(
                OutboxEvent(
                    "payouts.unfrozen", about: "seller", seller, FreezeNotice(reason: reason)
                ).telling(team: seller))
        }
        await followFreeze(of: seller)
    }

    /// Moves the money now. What goes wrong changes nothing of the freeze itself, and the worker
    /// follows.
    func followFreeze(of seller: ID<Seller>) async {
        do { try await settleFreezes(of: seller) } catch {
            logger.error(
                "payouts.freeze-not-followed",
                metadata: ["seller": "\(seller)", "error": "\(error)"])
        }
    }

    /// The freeze that holds now, if any.
    public func payoutFreeze(of seller: ID<Seller>) async throws -> PayoutFreeze? {
        try await database.payoutFreezes.find(seller)
    }
}
