import Postgres
import Vocabulary

extension Marketplace {
    /// The checklist for one seller; see ``ChecklistEntry``.
    public func checklist(of seller: ID<Seller>) async throws -> [ChecklistEntry] {
        let found = try await self.seller(seller)
        return try await database.checklist(for: found)
    }

    /// Ticks a row for a seller whose application is being looked at. Ticked again, the new note
    /// takes the place of the old one, which is kept.
    /// - Throws: ``SellerRefusal/unknown``, ``SellerRefusal/wrongState`` when nothing is to be
    ///   decided, ``ChecklistRefusal/unknown`` for a row that is not for this seller.
    public func tick(
        _ row: ID<ChecklistRow>, of seller: ID<Seller>, note: String?, by admin: ID<Account>
    ) async throws {
        let note = try InputText.optionalLine(note, field: "note", lengthMax: 500)
        try await database.transaction { tx in
            let found = try await tx.lockSubmitted(seller)
            guard let wanted = try await tx.checklist.lock(row), wanted.isFor(found.country)
            else { throw ChecklistRefusal.unknown }
            let before = try await tx.checklist.ticks(of: seller).first { $0.row == row }
            try await tx.checklist.withdraw(row, for: seller)
            try await tx.checklist.insert(wanted, for: seller, note: note, by: admin)
            try await tx.audit.record(
                "seller.checklist-ticked", on: "seller", seller.description, by: admin,
                reason: note, before: before.map { TickedRow(text: $0.text, isTicked: true) },
                after: TickedRow(text: wanted.text, isTicked: true))
        }
    }

    /// Takes a tick back; that it was there is kept.
    /// - Throws: as ``tick(_:of:note:by:)``, and ``ChecklistRefusal/notTicked``.
    public func untick(
        _ row: ID<ChecklistRow>, of seller: ID<Seller>, reason: String?, by admin: ID<Account>
    ) async throws {
        let reason = try InputText.optionalLine(reason, field: "reason", lengthMax: 500)
        try await database.transaction { tx in
            _ = try await tx.lockSubmitted(seller)
            guard try await tx.checklist.lock(row) != nil else { throw ChecklistRefusal.unknown }
            guard
                let before = try await tx.checklist.ticks(of: seller).first(where: {
                    $0.row == row
                }), try await tx.checklist.withdraw(row, for: seller) > 0
            else { throw ChecklistRefusal.notTicked }
            try await tx.audit.record(
                "seller.checklist-unticked", on: "seller", seller.description, by: admin,
                reason: reason, before: TickedRow(text: before.text, isTicked: true),
                after: TickedRow(text: before.text, isTicked: false))
        }
    }
}

/// What the trail tells of a tick.
private struct TickedRow: Codable, Sendable {
    let text: String
    let isTicked: Bool
}

extension Queryable {
    fileprivate func checklist(for seller: Seller) async throws -> [ChecklistEntry] {
        let ticks = try await checklist.ticks(of: seller.id)
        return ChecklistEntry.list(try await checklist.list(), ticks, for: seller)
    }

    /// - Throws: ``ChecklistRefusal/open(text:)`` for a seller who may not be verified yet.
    func requireChecklist(of seller: Seller) async throws {
        let open = try await checklist(for: seller).first { $0.isRequired && $0.tick == nil }
        if let open { throw ChecklistRefusal.open(text: open.text) }
    }
}

extension Transaction {
    fileprivate func lockSubmitted(_ id: ID<Seller>) async throws -> Seller {
        guard let seller = try await sellers.lock(id) else { throw SellerRefusal.unknown }
        guard seller.state == .submitted else { throw SellerRefusal.wrongState }
        return seller
    }
}
