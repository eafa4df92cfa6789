import Kernel
import Vocabulary

extension Seeding {
    /// What is looked at before a shop is verified, unless the operator has rows already.
    func checklist(by admin: ID<Account>) async throws {
        guard try await marketplace.checklistRows().isEmpty else { return }
        for (index, row) in (market.checklist ?? []).enumerated() {
            try await marketplace.addChecklistRow(
                ChecklistDraft(
                    text: row.text, isRequired: row.isRequired, position: (index + 1) * 10),
                reason: "demo", by: admin)
        }
    }
}
