import Kernel
import Vocabulary
import Web

/// Customers who asked their banks for the money back, as providers tell it.
struct DisputeRoutes {
    struct DisputeQuery: Described {
        /// `open`: those alone that are not over.
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "state": [.choice(["open"])], "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/disputes", .readPurchases, query: DisputeQuery.self) { call, _ in
            Self.list(
                try await call.marketplace.disputes(
                    isOpen: call.query.state == "open", call.query.page()), call.query)
        }
        desk.read(
            "/disputes", "Disputes of payments, newest first", tag: "Money", .readPurchases,
            query: DisputeQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.disputes(
                    isOpen: call.query.state == "open", call.query.page())
            ) { DisputeAnswer($0) }
        }
    }

    private static func list(
        _ page: Kernel.Page<ListedDispute>, _ query: DisputeQuery
    ) -> DeskPage {
        let rows = page.items.map { listed in
            let dispute = listed.dispute
            return [
                Cell(data: dispute.reference), Cell(data: Format.date(dispute.openedAt)),
                Cell(data: listed.purchaseNumber, to: "/purchases/\(listed.purchase)"),
                Cell(data: dispute.reason.inWords), Cell(words(dispute.status)),
                .money(dispute.amount),
                .money(dispute.withdrawn), .money(listed.charged), .money(dispute.fee),
                Cell(data: dispute.respondBy.map { Format.date($0) } ?? "—"),
            ]
        }
        return DeskPage(
            "Disputes",
            lead: """
                Customers who asked their banks for the money back. They are answered at the \
                provider; what it takes, gives back and charges is in the ledger.
                """,
            tabs: DeskPage.Tab.states(["open"], of: "/disputes", chosen: query.state),
            [
                Block(
                    table: Table(
                        [
                            "Dispute", "Opened", "Purchase", "Reason", "State", "Amount#",
                            "Taken#", "Of shops#", "Fee#", "Answer by",
                        ], rows), nothing: "There are none.",
                    more: page.next.map {
                        Links.with(
                            "/disputes",
                            [("state", query.state ?? ""), ("after", Cursor.seal($0))]
                                .filter { !$0.1.isEmpty })
                    })
            ])
    }

    private static func words(_ status: Dispute.Status) -> Phrase {
        switch status {
        case .inquiry: "the bank asks"
        case .needsResponse: "waits for an answer"
        case .underReview: "the bank decides"
        case .won: "won"
        case .lost: "lost"
        case .closed: "closed"
        }
    }
}

struct DisputeAnswer: Codable, Sendable {
    let id: ID<Dispute>
    /// The provider's id.
    let reference: String
    let provider: ID<ProviderInstance>
    let paymentId: ID<Payment>
    let purchaseId: ID<Purchase>
    let purchaseNumber: String
    let status: String
    /// What the customer wants back.
    let amount: Money
    /// What the provider took and did not give back, without its fee.
    let withdrawn: Money
    /// What of it the shops gave back because it was lost; the rest is the market's loss.
    let charged: Money
    let fee: Money
    /// The provider's word: `fraudulent`.
    let reason: String
    let respondBy: Instant?
    let openedAt: Instant

    init(_ listed: ListedDispute) {
        let dispute = listed.dispute
        id = dispute.id
        reference = dispute.reference
        provider = dispute.instance
        paymentId = dispute.payment
        purchaseId = listed.purchase
        purchaseNumber = listed.purchaseNumber
        status = dispute.status.rawValue
        amount = dispute.amount
        withdrawn = dispute.withdrawn
        charged = listed.charged
        fee = dispute.fee
        reason = dispute.reason
        respondBy = dispute.respondBy
        openedAt = dispute.openedAt
    }
}
