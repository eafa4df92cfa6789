import Kernel
import Vocabulary
import Web

/// Refunds of all orders, those first that somebody has to do something about.
struct RefundRoutes {
    struct RefundQuery: Described {
        /// `open`: under way. `failed`: not asked for again, and their money is still here.
        let state: String?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "state": [.choice(["open", "failed"])], "after": [.length(1...400)],
            "limit": [.range(1...100)],
        ]

        var search: RefundSearch { state.flatMap(RefundSearch.init(rawValue:)) ?? .all }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    struct ListedRefundAnswer: Codable, Sendable {
        let order: ID<Order>
        let orderNumber: String
        let purchase: ID<Purchase>
        let seller: ID<Seller>
        let sellerName: String
        /// Who gives the money back.
        let instance: ID<ProviderInstance>
        let instanceName: String
        /// Its parts stand with the order.
        let refund: RefundAnswer

        init(_ listed: ListedRefund) {
            order = listed.refund.order
            orderNumber = listed.orderNumber
            purchase = listed.purchase
            seller = listed.seller
            sellerName = listed.sellerName
            instance = listed.instance
            instanceName = listed.instanceName
            refund = RefundAnswer(listed.refund)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/refunds", .readPurchases, query: RefundQuery.self) { call, _ in
            Self.list(
                try await call.marketplace.refunds(call.query.search, call.query.page()),
                call.query)
        }
        desk.read(
            "/refunds", "Refunds of all orders, newest first", tag: "Purchases", .readPurchases,
            query: RefundQuery.self
        ) { call, _ in
            Listed(try await call.marketplace.refunds(call.query.search, call.query.page())) {
                ListedRefundAnswer($0)
            }
        }
    }

    private static func list(
        _ page: Kernel.Page<ListedRefund>, _ query: RefundQuery
    ) -> DeskPage {
        let rows = page.items.map { listed in
            let refund = listed.refund
            let reason = RefundWords.reason(refund.reason, isStray: refund.kind == .stray)
            let why = [reason, refund.failure].compactMap { $0 }.joined(separator: " · ")
            return [
                Cell(data: listed.orderNumber, to: Links.order(refund.order)),
                .state(refund.state), .money(refund.amount),
                Cell(data: RefundPages.asked(refund.kind.rawValue, refund.fundedBy?.rawValue)),
                Cell(data: listed.sellerName, to: Links.seller(listed.seller)),
                Cell(data: listed.instanceName, to: Links.provider(listed.instance)),
                Cell(data: why), .time(refund.requestedAt), .time(refund.settledAt),
            ] as [Cell]
        }
        let kept = query.state.map { [("state", $0)] } ?? []
        return DeskPage(
            "Refunds",
            lead: """
                Money on its way back to customers. What failed is asked for again on the page of \
                its order.
                """,
            tabs: DeskPage.Tab.states(["open", "failed"], of: "/refunds", chosen: query.state),
            [
                Block(
                    table: Table(
                        [
                            "Order", "State", "Amount#", "For", "Seller", "Provider", "Why",
                            "Asked for", "Settled",
                        ], rows), nothing: "There is no such refund.",
                    more: page.next.map {
                        Links.with("/refunds", kept + [("after", Cursor.seal($0))])
                    })
            ])
    }
}
