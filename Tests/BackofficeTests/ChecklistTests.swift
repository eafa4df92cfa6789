import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `The checklist of the back office` {
    private static let row = #"""
        {"text": "The papers are readable", "isRequired": true, "position": 1,
         "reason": "The law asks for it."}
        """#

    private static func applicant(_ office: Office) async throws -> ID<Seller> {
        let seller = try await office.market.given.verifiedSeller()
        try await office.market.database.execute(
            "update seller set state = 'submitted' where id = \(seller.id)")
        return seller.id
    }

    @Test func `is written and ticked by programs, and asked for before a seller is verified`()
        async throws
    {
        try await Office.run { office in
            let seller = try await Self.applicant(office)
            let made = try await office.post("/api/v1/checklist", Self.row, as: .catalogue)
            #expect(made.status == 200, "\(made.text)")
            let row = try #require(made.value("id"))
            let path = "/api/v1/sellers/\(seller)"

            let early = try await office.post(path + "/verification", "{}")
            #expect(early.status == 409)
            #expect(early.text.contains("“The papers are readable”"))
            let open = try await office.get(path)
            #expect(open.value("checklist.0.text") == "The papers are readable")
            #expect(open.value("checklist.0.tickedAt") == nil)
            let ticked = try await office.post(
                path + "/checklist/\(row)/tick", #"{"note": "Passport"}"#, as: .catalogue)
            #expect(ticked.value("checklist.0.note") == "Passport")
            #expect(ticked.value("checklist.0.tickedByName") != nil)
            #expect(try await office.post(path + "/verification", "{}").status == 200)
            #expect(
                try await office.post(path + "/checklist/\(row)/tick", "{}").status == 409)
        }
    }

    @Test func `is for those who decide on sellers`() async throws {
        try await Office.run { office in
            let seller = try await Self.applicant(office)
            for role in [AdminRole.support, .finance] {
                #expect(
                    try await office.post("/api/v1/checklist", Self.row, as: role).status == 403)
                #expect(
                    try await office.post(
                        "/api/v1/sellers/\(seller)/checklist/\(ID<ChecklistRow>())/tick", "{}",
                        as: role
                    ).status == 403)
                #expect(try await office.get("/api/v1/checklist", as: role).status == 200)
                let page = try await office.get("/checklist", as: role)
                #expect(page.status == 200 && !page.text.contains("Add the row"))
            }
            let wrong = try await office.post(
                "/api/v1/checklist",
                #"{"text": "Fine", "isRequired": true, "position": 1, "countries": ["X1"], "reason": "Why not."}"#
            )
            #expect(wrong.status == 422)
            #expect(wrong.value("field") == "countries")
        }
    }

    @Test func `is written and ticked on pages, beside the documents`() async throws {
        try await Office.run { office in
            let given = try await office.market.given.verifiedSeller()
            _ = try await office.market.marketplace.addDocument(
                .identity, fileName: "pass.png", bytes: MarketSide.picture, as: given.member)
            try await office.market.database.execute(
                "update seller set state = 'submitted' where id = \(given.id)")
            let added = try await office.submit(
                [
                    ("text", "The papers are readable"), ("isRequired", "true"),
                    ("countries", "DE, AT"), ("position", "1"), ("reason", "The law asks."),
                ], to: "/checklist", on: "/checklist")
            #expect(added.status == 303, "\(added.text)")
            let row = try #require(
                try await office.market.marketplace.checklistRows().first)
            #expect(row.countries == ["AT", "DE"])

            let page = "/sellers/\(given.id)"
            let shown = try await office.get(page)
            #expect(shown.text.contains("Tick “The papers are readable”"))
            #expect(shown.text.contains("<img src=\"/api/v1/sellers/\(given.id)/documents/"))
            let early = try await office.submit([], to: page + "/verification", on: page)
            #expect(early.status == 303)
            #expect(try await office.market.marketplace.seller(given.id).state == .submitted)
            let ticked = try await office.submit(
                [("note", "Passport")], to: page + "/checklist/\(row.id)/tick", on: page)
            #expect(ticked.location == page)
            _ = try await office.submit([], to: page + "/verification", on: page)
            #expect(try await office.market.marketplace.seller(given.id).state == .verified)
            #expect(try await office.get(page).text.contains("✓ ticked"))
        }
    }
}
