import Kernel
import TestSupport
import Testing
import Vocabulary

extension `The trail of the back office` {
    static let checklist: [String: Case] = [
        "POST /checklist": { _ in ("/checklist", row) },
        "POST /checklist/{row}": { scene in
            ("/checklist/\(try await scene.checklistRow())", row)
        },
        "POST /sellers/{seller}/checklist/{row}/tick": { scene in
            let seller = try await scene.seller("submitted").id
            return ("/sellers/\(seller)/checklist/\(try await scene.checklistRow())/tick", "{}")
        },
        "POST /sellers/{seller}/checklist/{row}/removal": { scene in
            let seller = try await scene.seller("submitted").id
            let row = try await scene.checklistRow()
            _ = try await scene.office.post(
                "/api/v1/sellers/\(seller)/checklist/\(row)/tick", "{}")
            return (
                "/sellers/\(seller)/checklist/\(row)/removal", #"{"reason": "Looked again."}"#
            )
        },
    ]

    /// Not required: other cases verify sellers.
    private static let row = #"""
        {"text": "The name fits", "isRequired": false, "position": 7, "reason": "For the walk."}
        """#
}

extension Scene {
    func checklistRow() async throws -> ID<ChecklistRow> {
        let admin = try #require(office.accounts[.administrator]).id
        return try await market.marketplace.addChecklistRow(
            ChecklistDraft(text: "There is a web page", isRequired: false), reason: nil, by: admin
        ).id
    }
}
