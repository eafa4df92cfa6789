import Kernel
import Vocabulary

extension Seeding {
    /// What is looked at before a shop is verified, unless the operator has rows already.
    func checklist(isFirst: Bool, by admin: ID<Account>) async throws {
        let known = Set(try await marketplace.checklistRows().map(\.text))
        guard known.isEmpty || isFirst else { return }
        for (index, row) in (market.checklist ?? []).enumerated()
        where !known.contains(row.text) {
            try await marketplace.addChecklistRow(
                ChecklistDraft(
                    text: row.text, isRequired: row.isRequired, position: (index + 1) * 10),
                reason: "demo", by: admin)
        }
    }
}
