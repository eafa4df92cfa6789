import Kernel
import Vocabulary
import Web

/// Deliveries that were to be paid at the door, of which nobody said that they were.
struct CashRoutes {
    struct CashQuery: Described {
        /// An order's or a purchase's number.
        let text: String?
        /// `overdue`: those alone that the back office may decide about.
        let state: String?
        let after: String?
        let limit: Int?
        static let rules: [String: [Rule]] = [
            "text": [.length(1...40), .about("An order's or a purchase's number.")],
            "state": [.choice(["overdue"])], "after": [.length(1...400)],
            "limit": [.range(1...100)],
        ]

        var search: CashSearch {
            if let text, !text.isEmpty { return .number(text) }
            return state == "overdue" ? .overdue : .all
        }

        func page() throws -> PageRequest {
            PageRequest(after: try after.map { try Cursor.open($0) }, limit: limit ?? 20)
        }
    }

    let desk: Desk

    func mount() {
        desk.page("/cash", .readPurchases, query: CashQuery.self) { call, admin in
            CashPages.list(
                try await call.marketplace.unconfirmedCash(call.query.search, call.query.page()),
                call.query, mayConfirm: Duty.confirmMoney.isAllowed(to: admin.roles),
                now: try await call.marketplace.marketNow())
        }
        desk.read(
            "/cash", "Deliveries whose cash nobody has confirmed, oldest first", tag: "Purchases",
            .readPurchases, query: CashQuery.self
        ) { call, _ in
            Listed(
                try await call.marketplace.unconfirmedCash(call.query.search, call.query.page())
            ) { CashAnswer($0) }
        }
        desk.act(
            Act<PurchaseRoutes.OrderPath>(
                "/orders/{order}/cash-decision",
                "Decide that a delivery was paid for, of which its seller never said so",
                tag: "Purchases", .confirmMoney, done: "The commission is owed now.",
                back: { _ in "/cash" }), input: Reason.self
        ) { marketplace, path, input, admin in
            try await marketplace.decideCashPaid(
                path.order, reason: input.reason, by: admin.account.id)
            return Nothing()
        }
    }
}

struct CashAnswer: Codable, Sendable {
    let order: ID<Order>
    let orderNumber: String
    let purchase: ID<Purchase>
    let payment: ID<Payment>
    let seller: ID<Seller>
    let sellerName: String
    /// What the customer was to pay, and what of it somebody said that it came.
    let amount: Money
    let received: Money
    /// Commission, its VAT and tax that the seller owes once it is said.
    let owed: Money
    let deliveredAt: Instant
    /// When the seller is reminded.
    let dueAt: Instant
    let remindedAt: Instant?
    /// From when on the back office may decide.
    let overdueAt: Instant

    init(_ cash: UnconfirmedCash) {
        order = cash.order
        orderNumber = cash.orderNumber
        purchase = cash.purchase
        payment = cash.payment
        seller = cash.seller
        sellerName = cash.sellerName
        amount = cash.amount
        received = cash.received
        owed = cash.owed
        deliveredAt = cash.deliveredAt
        dueAt = cash.dueAt
        remindedAt = cash.remindedAt
        overdueAt = cash.overdueAt
    }
}

enum CashPages {
    static func list(
        _ page: Kernel.Page<UnconfirmedCash>, _ query: CashRoutes.CashQuery, mayConfirm: Bool,
        now: Instant
    ) -> DeskPage {
        let rows = page.items.map { cash in
            [
                Cell(data: cash.orderNumber, to: "/orders/\(cash.order)"),
                Cell(data: cash.sellerName, to: Links.seller(cash.seller)), .money(cash.amount),
                .money(cash.received), .money(cash.owed), .time(cash.deliveredAt),
                .time(cash.dueAt), state(cash, now),
            ] as [Cell]
        }
        let kept = [("text", query.text), ("state", query.state)]
            .compactMap { name, value in value.map { (name, $0) } }
        return DeskPage(
            "Cash on delivery",
            lead: """
                Delivered, to be paid at the door, and nobody said that it was: no commission \
                is owed yet. Sellers are reminded when it is due.
                """,
            tabs: DeskPage.Tab.states(["overdue"], of: "/cash", chosen: query.state),
            [
                Block(forms: [
                    .search(
                        "Find", at: "/cash",
                        [
                            .line(
                                "text", "An order's or a purchase's number", query.text ?? "",
                                required: false, type: "search")
                        ])
                ]),
                Block(
                    table: Table(
                        [
                            "Order", "Seller", "To be paid#", "Said#", "Commission and tax#",
                            "Delivered", "Due", "State",
                        ], rows), nothing: "Nothing waits to be said.",
                    more: page.next.map { Links.with("/cash", kept + [("after", Cursor.seal($0))]) }
                ),
            ] + (mayConfirm ? page.items.map { forms($0, now) } : []))
    }

    private static func state(_ cash: UnconfirmedCash, _ now: Instant) -> Cell {
        if cash.overdueAt <= now { return Cell("overdue", .bad) }
        return cash.remindedAt == nil
            ? Cell("waits for the seller", .waiting) : Cell("reminded", .waiting)
    }

    /// What may be said or decided of one delivery.
    private static func forms(_ cash: UnconfirmedCash, _ now: Instant) -> Block {
        let decision = DeskForm.dangerous(
            "Decide that it was paid", to: "/orders/\(cash.order)/cash-decision",
            hint: """
                \(cash.sellerName) never said so. From now on the shop owes \
                \(Format.money(cash.owed)); it is told, with the reason.
                """)
        return Block(
            "Order \(cash.orderNumber)",
            forms: [collected(cash)] + (cash.overdueAt <= now ? [decision] : []))
    }

    /// The form for money that was paid at the door.
    static func collected(_ cash: UnconfirmedCash) -> DeskForm {
        DeskForm(
            "It was paid", to: "/orders/\(cash.order)/delivery-receipts",
            hint: "Say what came and how you know; it cannot be taken back.",
            [
                .amount(
                    "amount.amount", "How much, in \(cash.amount.currency)", in: "amount.currency",
                    cash.missing),
                .hidden("amount.currency", cash.amount.currency.code),
                .line(
                    "receivedOn", "Day (UTC)", help: "Empty: now.", required: false, type: "date"),
                .line("note", "Who says so"),
            ])
    }
}
