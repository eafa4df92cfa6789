import Postgres
import Vocabulary

extension Marketplace {
    /// Sends the application in: `applied` or `rejected` → `submitted`.
    /// - Throws: ``SellerRefusal`` when the legal name, the address or every document is
    ///   missing, or the state is another.
    @discardableResult
    public func submitSeller(as member: SellerMember) async throws -> Seller {
        try member.require(.editProfile)
        return try await move(member.seller, to: .submitted, by: member.account, as: .seller) {
            (seller, tx) in
            guard seller.legalName != nil else { throw SellerRefusal.legalNameMissing }
            guard seller.origin != nil else { throw SellerRefusal.originMissing }
            guard try await tx.sellerDocuments.hasAny(of: seller.id) else {
                throw SellerRefusal.documentsMissing
            }
            // Each application is looked at afresh.
            try await tx.checklist.withdraw(for: seller.id)
        }
    }

    /// `submitted` → `verified`: from now on its published listings are for sale.
    /// - Parameter reason: kept in the trail; the seller does not read it.
    /// - Throws: ``SellerRefusal``, ``ChecklistRefusal/open(text:)`` while a required row of the
    ///   checklist is not ticked.
    @discardableResult
    public func verifySeller(
        _ id: ID<Seller>, reason: String? = nil, by admin: ID<Account>
    ) async throws -> Seller {
        let reason = try reason.map {
            try InputText.paragraphs($0, field: "reason", lengths: 0...1000)
        }
        return try await move(id, to: .verified, noted: reason, by: admin) { seller, tx in
            guard seller.state == .submitted else { throw SellerRefusal.wrongState }
            try await tx.requireChecklist(of: seller)
        }
    }

    /// `submitted` → `rejected`, with a reason that the seller reads; it may be sent in again.
    @discardableResult
    public func rejectSeller(
        _ id: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws -> Seller {
        let reason = try checkedReason(reason)
        return try await move(id, to: .rejected, reason: reason, by: admin) { _, _ in }
    }

    /// `verified` → `suspended`: its listings leave the shop at once. Orders that are paid go on;
    /// for those that are not, no payment begins any more.
    @discardableResult
    public func suspendSeller(
        _ id: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws -> Seller {
        let reason = try checkedReason(reason)
        return try await move(id, to: .suspended, reason: reason, by: admin) { _, _ in }
    }

    /// `suspended` → `verified`.
    @discardableResult
    public func reinstateSeller(
        _ id: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws -> Seller {
        let reason = try checkedReason(reason)
        return try await move(id, to: .verified, reason: reason, by: admin) { seller, _ in
            guard seller.state == .suspended else { throw SellerRefusal.wrongState }
        }
    }

    /// Any state → `closed`, for good.
    /// - Throws: ``SellerRefusal/ordersOpen``, ``SellerRefusal/balanceOpen``.
    @discardableResult
    public func closeSeller(
        _ id: ID<Seller>, reason: String, by admin: ID<Account>
    ) async throws -> Seller {
        let reason = try checkedReason(reason)
        return try await move(id, to: .closed, reason: reason, by: admin, guardedBy: mayClose)
    }

    /// The owner closes the shop, as ``closeSeller(_:reason:by:)``.
    @discardableResult
    public func closeShop(as member: SellerMember) async throws -> Seller {
        try member.require(.manageTeam)
        return try await move(
            member.seller, to: .closed, reason: "closed by its owner", by: member.account,
            as: .seller, guardedBy: mayClose)
    }

    /// How many days after delivery the seller's money becomes available, for orders from now on.
    public func setHoldDays(
        of id: ID<Seller>, to days: Int, reason: String, by admin: ID<Account>
    ) async throws {
        let reason = try checkedReason(reason)
        guard (0...180).contains(days) else {
            throw InputRefusal(.wrong("The hold is 0 to 180 days."), field: "holdDays")
        }
        try await database.transaction { tx in
            let before = try await tx.audit.before("seller", id.description)
            guard try await tx.sellers.saveHoldDays(id, days) else { throw SellerRefusal.unknown }
            try await tx.audit.record(
                "seller.hold-changed", on: "seller", id.description, by: admin,
                reason: "\(days) days: \(reason)", before: before)
        }
    }

    private func mayClose(_ seller: Seller, in tx: Transaction) async throws {
        guard try await !tx.sellers.hasOpenOrders(seller.id) else {
            throw SellerRefusal.ordersOpen
        }
        guard try await !tx.sellers.hasOpenBalance(seller.id) else {
            throw SellerRefusal.balanceOpen
        }
    }

    private func checkedReason(_ reason: String) throws -> String {
        try InputText.paragraphs(reason, field: "reason", lengths: 3...1000)
    }

    private func move(
        _ id: ID<Seller>, to next: Seller.State, reason: String? = nil, noted note: String? = nil,
        by actor: ID<Account>, as actorKind: ActorKind = .admin,
        guardedBy check: (Seller, Transaction) async throws -> Void
    ) async throws -> Seller {
        try await database.transaction { tx in
            guard let seller = try await tx.sellers.lock(id) else { throw SellerRefusal.unknown }
            guard seller.state.next.contains(next) else { throw SellerRefusal.wrongState }
            try await check(seller, tx)
            let before = try await tx.audit.before("seller", id.description)
            guard try await tx.sellers.saveState(id, from: seller.state, to: next) else {
                throw SellerRefusal.wrongState
            }
            try await tx.sellers.insertTransition(
                id, from: seller.state, to: next, reason: reason, by: actor)
            _ = try await tx.batch([
                AuditStore.statement(
                    "seller.\(next.rawValue)", on: "seller", id.description, by: actor,
                    as: actorKind, for: actorKind == .seller ? id : nil,
                    reason: reason ?? note, before: before)
            ])
            guard let moved = try await tx.sellers.find(id) else { throw SellerRefusal.unknown }
            if actorKind == .admin {
                try await tx.outbox.record(
                    OutboxEvent(
                        "seller.\(next.rawValue)", about: "seller", id,
                        DecisionNotice(reason: reason)
                    ).telling(team: id))
            }
            return moved
        }
    }
}

/// What a shop's team reads of a decision on it.
private struct DecisionNotice: Codable, Sendable {
    let reason: String?
}
