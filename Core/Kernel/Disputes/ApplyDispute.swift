import Logging
import Postgres
import ProviderKit
import Vocabulary

/// What people read of a dispute that changed.
struct DisputeNotice: Codable, Sendable {
    let dispute: ID<Dispute>
    let status: String
    let amount: Money
    let reason: String
    let respondBy: Instant?
    /// For a shop: one of its orders in it, and what it gave back of a lost one.
    var number: String?
    var charged: Money?
}

extension Marketplace {
    /// Applies what a provider says of a dispute. Whoever brings it, and however often, its money
    /// is in the books once; what is older than what is known changes nothing.
    /// - Returns: false when it is about no payment of ours at that instance.
    @discardableResult
    public func applyDispute(
        _ snapshot: DisputeSnapshot, at instance: ID<ProviderInstance>
    ) async throws -> Bool {
        guard
            let id = try await database.payments.find(
                reference: snapshot.paymentReference, at: instance),
            let payment = try await database.payments.find(id)
        else { return false }
        guard
            [snapshot.amount, snapshot.withdrawn, snapshot.fee].allSatisfy({
                $0.currency == payment.amount.currency && !$0.isNegative
            }), snapshot.withdrawn.amount <= payment.amount.amount
        else {
            throw SnapshotQuarantined(
                payment: id, problem: "a dispute of another amount than its payment")
        }
        return try await database.transaction { tx in
            // The payment's lock is the dispute's: two deliveries about one wait for each other.
            let held = try await tx.payments.lock(id)
            let before = try await tx.disputes.find(
                reference: snapshot.reference, at: instance)
            if let before, before.version >= snapshot.version { return true }
            // Several may each be about a part; together they take no more than was paid.
            let others = try await tx.disputes.withdrawn(of: id, besides: before?.id)
            guard others + snapshot.withdrawn.amount <= payment.amount.amount else {
                throw SnapshotQuarantined(
                    payment: id, problem: "disputes that took more than its payment together",
                    mayBeEarly: true)
            }
            let after = Dispute(
                snapshot, id: before?.id ?? ID(), payment: id, instance: instance,
                openedAt: try await tx.clock.now())
            if before == nil {
                try await tx.disputes.insert(after)
            } else {
                try await tx.disputes.save(after)
            }
            try await tx.ledger.post([.dispute(from: before, to: after)])
            if after.lost != before?.lost ?? 0 { try await tx.charge(after, in: held) }
            if before?.status != after.status { try await tx.tell(of: after) }
            return true
        }
    }

    /// Disputes, newest first; those alone that are not over, or all.
    public func disputes(isOpen: Bool, _ page: PageRequest) async throws -> Page<ListedDispute> {
        try await database.disputes.list(isOpen: isOpen, page)
    }

    /// Disputes about a seller's orders, newest first.
    /// - Throws: ``SellerRefusal`` without the permission to see money.
    public func disputes(
        as member: SellerMember, _ page: PageRequest
    ) async throws -> Page<ListedDispute> {
        try member.require(.readMoney)
        return try await database.disputes.list(of: member.seller, page)
    }
}

extension Transaction {
    /// Each seller whose order it is about, and whoever settles cases.
    fileprivate func tell(of dispute: Dispute) async throws {
        var notice = DisputeNotice(
            dispute: dispute.id, status: dispute.status.rawValue, amount: dispute.amount,
            reason: dispute.reason, respondBy: dispute.respondBy)
        let topic = "dispute.\(dispute.status.rawValue)"
        try await outbox.record(
            OutboxEvent(topic, about: "dispute", dispute.id, notice).tellingAdministrators())
        for part in try await disputes.parts(of: dispute.id) {
            notice.number = part.orderNumber
            notice.charged = Money(part.charged, dispute.amount.currency)
            try await outbox.record(
                OutboxEvent(topic, about: "dispute", dispute.id, notice)
                    .telling(team: part.seller))
        }
    }
}
