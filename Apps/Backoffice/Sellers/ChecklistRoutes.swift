import Kernel
import Vocabulary
import Web

/// What is looked at before a seller is verified: the rows that the operator writes, and ticking
/// them for a seller.
struct ChecklistRoutes {
    struct RowPath: Described { let row: ID<ChecklistRow> }

    struct TickPath: Described {
        let seller: ID<Seller>
        let row: ID<ChecklistRow>
    }

    struct RowInput: Described {
        let text: String
        let isRequired: Bool
        let countries: [String]?
        let position: Int
        let isActive: Bool?
        let reason: String

        static let rules: [String: [Rule]] = [
            "text": [.length(3...300)],
            "isRequired": [.about("Whether nobody is verified without it.")],
            "countries": [
                .count(0...250), .each([.length(0...1200)]),
                .about("Of the sellers that it is for, such as DE; none is all."),
            ], "position": [.range(1...10_000), .about("Smaller ones stand first.")],
            "isActive": [.about("False takes it off the list; left out, it is on it.")],
            "reason": [.length(3...500)],
        ]

        var draft: ChecklistDraft {
            ChecklistDraft(
                text: text, isRequired: isRequired,
                // A form has one input for all of them.
                countries: (countries ?? []).flatMap { typed in
                    typed.split { $0 == "," || $0.isWhitespace }.map(String.init)
                }, position: position, isActive: isActive ?? true)
        }
    }

    struct Note: Described {
        let note: String?
        static let rules: [String: [Rule]] = ["note": [.length(0...500)]]
    }

    struct RowAnswer: Codable {
        let id: ID<ChecklistRow>
        let position: Int
        let text: String
        let isRequired: Bool
        /// ISO 3166-1 alpha-2; none is all.
        let countries: [String]
        let isActive: Bool
        let createdAt: Instant

        init(_ row: ChecklistRow) {
            id = row.id
            position = row.position
            text = row.text
            isRequired = row.isRequired
            countries = row.countries
            isActive = row.isActive
            createdAt = row.createdAt
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/checklist", .readSellers) { call, admin in
            ChecklistPages.list(
                try await call.marketplace.checklistRows(),
                mayEdit: Duty.decideOnSellers.isAllowed(to: admin.roles))
        }
        desk.read(
            "/checklist", "What is looked at before a seller is verified", tag: "Sellers",
            .readSellers
        ) { call, _ in
            Listed(
                items: try await call.marketplace.checklistRows().map { RowAnswer($0) }, next: nil)
        }
        desk.act(
            Act<Nothing>(
                "/checklist", "Add a row to the checklist", tag: "Sellers", .decideOnSellers,
                done: "The row is on the list.", back: { _ in "/checklist" }),
            input: RowInput.self
        ) { marketplace, _, input, admin in
            RowAnswer(
                try await marketplace.addChecklistRow(
                    input.draft, reason: input.reason, by: admin.account.id))
        }
        desk.act(
            Act<RowPath>(
                "/checklist/{row}", "Change a row of the checklist", tag: "Sellers",
                .decideOnSellers, done: "The row is changed.", back: { _ in "/checklist" }),
            input: RowInput.self
        ) { marketplace, path, input, admin in
            RowAnswer(
                try await marketplace.editChecklistRow(
                    path.row, input.draft, reason: input.reason, by: admin.account.id))
        }
        ticks()
    }

    private func ticks() {
        desk.act(
            Act<TickPath>(
                "/sellers/{seller}/checklist/{row}/tick", "Tick a row for a seller",
                tag: "Sellers", .decideOnSellers, done: "The row is ticked.",
                back: { Links.seller($0.seller) }), input: Note.self
        ) { marketplace, path, input, admin in
            try await marketplace.tick(
                path.row, of: path.seller, note: input.note, by: admin.account.id)
            return try await SellerFile(marketplace, path.seller)
        }
        desk.act(
            Act<TickPath>(
                "/sellers/{seller}/checklist/{row}/removal", "Take a tick back",
                tag: "Sellers", .decideOnSellers, done: "The tick is taken back.",
                back: { Links.seller($0.seller) }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.untick(
                path.row, of: path.seller, reason: input.reason, by: admin.account.id)
            return try await SellerFile(marketplace, path.seller)
        }
    }
}
