import Kernel
import Vocabulary
import Web

/// One search over everything that somebody may read.
struct SearchRoutes {
    struct SearchQuery: Described {
        let text: String?
        static let rules: [String: [Rule]] = [
            "text": [
                .length(1...254),
                .about(
                    """
                    A number, a whole e-mail address, a shop's or a listing's name, a provider's \
                    reference, or an id.
                    """),
            ]
        ]
    }

    struct FindingAnswer: Codable, Sendable {
        /// `purchase`, `seller`, `account`, `listing`, `payout` or `dispute`.
        let kind: String
        /// A dispute's is that of its purchase.
        let id: String
        let name: String
        let detail: String
        let state: String?
        let amount: Money?
        let at: Instant

        init(_ finding: Finding) {
            kind = finding.kind.rawValue
            id = finding.id
            name = finding.name
            detail = finding.detail
            state = finding.state
            amount = finding.amount
            at = finding.at
        }
    }

    struct FindingsAnswer: Codable, Sendable {
        /// Ten of each kind at most, kind by kind.
        let items: [FindingAnswer]
    }

    let desk: Desk

    func mount() {
        desk.page("/search", .lookAround, query: SearchQuery.self) { call, admin in
            Self.page(
                call.query.text, try await Self.find(call.query.text, call.marketplace, admin))
        }
        desk.read(
            "/search", "Whatever a number, a name or a reference leads to", tag: "Dashboard",
            .lookAround, query: SearchQuery.self
        ) { call, admin in
            let found = try await Self.find(call.query.text, call.marketplace, admin)
            return FindingsAnswer(items: found.map { FindingAnswer($0) })
        }
    }

    private static func find(
        _ text: String?, _ marketplace: Marketplace, _ admin: Administrator
    ) async throws -> [Finding] {
        guard let text else { return [] }
        let kinds = Finding.Kind.allCases.filter { $0.duty.isAllowed(to: admin.roles) }
        return try await marketplace.find(text, among: Set(kinds))
    }

    private static func page(_ text: String?, _ found: [Finding]) -> DeskPage {
        DeskPage(
            "Search",
            lead: """
                A number, a whole e-mail address, a shop's or a listing's name, a provider's \
                reference, or an id.
                """,
            [
                Block(forms: [
                    .search("Search", at: "/search", [.line("text", "Search for", text ?? "")])
                ]),
                Block(
                    table: Table(
                        ["What", "Name", "Of", "State", "Amount#", "Since"],
                        found.map { finding in
                            [
                                Cell(finding.kind.words),
                                Cell(data: finding.name, to: finding.link),
                                Cell(data: finding.detail), finding.state?.stateCell ?? Cell(""),
                                finding.amount.map { .money($0) } ?? Cell(""),
                                .time(finding.at),
                            ]
                        }),
                    nothing: text == nil
                        ? nil : "There is nothing of this name, number or reference."),
            ])
    }
}

extension Finding.Kind {
    /// Who may see it.
    fileprivate var duty: Duty {
        switch self {
        case .purchase, .dispute: .readPurchases
        case .seller: .readSellers
        case .account: .impersonate
        case .listing: .readCatalogue
        case .payout: .readMoney
        }
    }

    fileprivate var words: Phrase {
        switch self {
        case .purchase: "Purchase"
        case .seller: "Seller"
        case .account: "Account"
        case .listing: "Listing"
        case .payout: "Payout"
        case .dispute: "Dispute"
        }
    }
}

extension Finding {
    fileprivate var link: String {
        switch kind {
        case .purchase, .dispute: "/purchases/\(id)"
        case .seller: "/sellers/\(id)"
        case .account: "/accounts/\(id)"
        case .listing: "/listings/\(id)"
        case .payout: "/payouts/\(id)"
        }
    }
}
