import Kernel
import Vocabulary
import Web

/// Orders of all sellers: what a whole shop sold, and what hangs.
struct OrderRoutes {
    struct OrderQuery: Described {
        let state: String?
        let seller: ID<Seller>?
        /// An order's or a purchase's.
        let number: String?
        let after: String?
        let limit: Int?

        static let rules: [String: [Rule]] = [
            "state": [.choice(Order.State.allCases.map(\.rawValue))],
            "number": [.length(1...40), .about("An order's or a purchase's number.")],
            "after": [.length(1...400)], "limit": [.range(1...100)],
        ]

        var filter: OrderFilter {
            OrderFilter(
                state: state.flatMap(Order.State.init(rawValue:)), seller: seller,
                number: number.flatMap { $0.isEmpty ? nil : $0 })
        }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/orders", .readPurchases, query: OrderQuery.self) { call, _ in
            let query = call.query
            return Self.list(
                try await call.marketplace.listOrdersForAdministration(query.filter, query.page()),
                query, of: try await Self.seller(query, call.marketplace))
        }
        desk.read(
            "/orders", "Orders of all sellers, newest first", tag: "Purchases", .readPurchases,
            query: OrderQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.listOrdersForAdministration(
                    call.query.filter, call.query.page())
            ) { OrderRow($0) }
        }
    }

    private static func seller(
        _ query: OrderQuery, _ marketplace: Marketplace
    ) async throws -> Seller? {
        guard let id = query.seller else { return nil }
        return try await marketplace.seller(id)
    }

    private static func list(
        _ page: Kernel.Page<OrderSummary>, _ query: OrderQuery, of seller: Seller?
    ) -> DeskPage {
        let rows = page.items.map { order in
            [
                Cell(data: order.number, to: Links.order(order.id)), .state(order.state),
                Cell(data: order.sellerName, to: Links.seller(order.seller)),
                Cell(data: order.firstTitle), Cell(data: order.recipient), .money(order.total),
                .money(order.sellerShare), .money(order.commission), .time(order.placedAt),
            ] as [Cell]
        }
        let shop = query.seller.map { [("seller", $0.description)] } ?? []
        let kept = [("state", query.state), ("number", query.number)]
            .compactMap { name, value in value.map { (name, $0) } }
        let everything = DeskPage.Tab(
            label: "all", href: Links.with("/orders", shop), isHere: query.state == nil)
        let tabs = Order.State.allCases.map { state in
            DeskPage.Tab(
                label: .data(state.rawValue.inWords),
                href: Links.with("/orders", shop + [("state", state.rawValue)]),
                isHere: query.state == state.rawValue)
        }
        return DeskPage(
            seller.map { "Orders of \($0.name)" } ?? "Orders", tabs: [everything] + tabs,
            [
                Block(
                    facts: seller.map {
                        [Fact("Seller", data: $0.name, to: Links.seller($0.id))]
                    } ?? [],
                    forms: [
                        .search(
                            "Find", at: "/orders",
                            [
                                .line(
                                    "number", "An order's or a purchase's number",
                                    query.number ?? "", type: "search")
                            ])
                    ]),
                Block(
                    table: Table(
                        [
                            "Order", "State", "Seller", "Thing", "Recipient", "Total#",
                            "To the seller#", "Commission#", "Placed",
                        ], rows), nothing: "There is no such order.",
                    more: page.next.map {
                        Links.with("/orders", shop + kept + [("after", Cursor.seal($0))])
                    }),
            ])
    }
}
