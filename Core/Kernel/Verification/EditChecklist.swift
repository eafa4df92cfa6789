import Postgres
import Vocabulary

extension Marketplace {
    /// The operator's checklist in its order, with the rows that are no longer asked.
    public func checklistRows() async throws -> [ChecklistRow] {
        try await database.checklist.list()
    }

    /// Adds a row. Sellers who are verified already stay so.
    /// - Parameter reason: kept in the trail.
    /// - Throws: ``InputRefusal`` that names the field, ``ChecklistRefusal/tooMany``.
    @discardableResult
    public func addChecklistRow(
        _ draft: ChecklistDraft, reason: String?, by admin: ID<Account>
    ) async throws -> ChecklistRow {
        let draft = try draft.checked()
        let id = ID<ChecklistRow>()
        return try await database.transaction { tx in
            try await tx.checklist.lockList()
            guard try await tx.checklist.list().count < ChecklistRow.countMax else {
                throw ChecklistRefusal.tooMany
            }
            return try await save(id, draft, before: nil, reason: reason, by: admin, in: tx)
        }
    }

    /// Changes a row, all of it. What was decided keeps the words of then; an application that is
    /// being looked at has to be looked at anew where the words changed.
    /// - Throws: ``InputRefusal`` that names the field, ``ChecklistRefusal/unknown``.
    @discardableResult
    public func editChecklistRow(
        _ id: ID<ChecklistRow>, _ draft: ChecklistDraft, reason: String?, by admin: ID<Account>
    ) async throws -> ChecklistRow {
        let draft = try draft.checked()
        return try await database.transaction { tx in
            guard let before = try await tx.checklist.lock(id) else {
                throw ChecklistRefusal.unknown
            }
            return try await save(id, draft, before: before, reason: reason, by: admin, in: tx)
        }
    }

    private func save(
        _ id: ID<ChecklistRow>, _ draft: ChecklistDraft, before: ChecklistRow?, reason: String?,
        by admin: ID<Account>, in tx: Transaction
    ) async throws -> ChecklistRow {
        let reason = try InputText.optionalLine(reason, field: "reason", lengthMax: 500)
        try await tx.checklist.save(id, draft)
        guard let after = try await tx.checklist.lock(id) else { throw ChecklistRefusal.unknown }
        try await tx.audit.record(
            before == nil ? "checklist.row-added" : "checklist.row-changed", on: "checklist",
            id.description, by: admin, reason: reason,
            before: before.map { ChecklistDraft($0) }, after: ChecklistDraft(after))
        return after
    }
}
