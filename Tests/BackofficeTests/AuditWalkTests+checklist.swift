import Kernel
import TestSupport
import Testing
import Vocabulary

extension `The trail of the back office` {
    static let checklist: [String: Case] = [
        "POST /categories/{category}": { scene in
            let made = try await scene.market.marketplace.createCategory(
                named: "Bowls and cups", by: nil)
            return (
                "/categories/\(made.id)",
                #"""
                {"name": "Cups", "slug": "cups", "position": 1, "taxCode": "standard",
                    "reason": "It says it better."}
                """#
            )
        },
        "POST /ratings/{rating}/hiding": { scene in
            ("/ratings/\(try await scene.rating("published"))/hiding", asked)
        },
        "POST /ratings/{rating}/showing": { scene in
            ("/ratings/\(try await scene.rating("hidden"))/showing", asked)
        },
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

    private static let asked = #"{"reason": "It was asked for."}"#

    /// Not required: other cases verify sellers.
    private static let row = #"""
        {"text": "The name fits", "isRequired": false, "position": 7, "reason": "For the walk."}
        """#
}

extension Scene {
    func rating(_ state: String) async throws -> ID<SellerRating> {
        let id = ID<SellerRating>()
        let order = sale.orders[state == "hidden" ? 1 : 0].order
        try await market.database.execute(
            """
            insert into seller_rating (id, order_id, seller_id, author, stars, state)
            values (\(id), \(order.id), \(order.seller), 'Grace', 2, \(state))
            """)
        return id
    }

    func checklistRow() async throws -> ID<ChecklistRow> {
        let admin = try #require(office.accounts[.administrator]).id
        return try await market.marketplace.addChecklistRow(
            ChecklistDraft(text: "There is a web page", isRequired: false), reason: nil, by: admin
        ).id
    }
}
