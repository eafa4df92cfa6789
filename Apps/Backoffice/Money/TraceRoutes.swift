import Kernel
import Vocabulary
import Web

/// Where the money of an order came from and went.
struct TraceRoutes {
    struct OrderPath: Described { let order: ID<Order> }

    let desk: Desk

    func mount() {
        desk.page("/orders/{order}/money", .readMoney, path: OrderPath.self) { call, _ in
            TracePage.show(
                TraceAnswer(try await call.marketplace.traceMoney(of: call.path.order)))
        }
        desk.read(
            "/orders/{order}/money", "Where each minor unit of an order came from and went",
            tag: "Money", .readMoney, path: OrderPath.self
        ) { call, _ in
            TraceAnswer(try await call.marketplace.traceMoney(of: call.path.order))
        }
    }
}

struct TraceAnswer: Codable {
    struct Line: Codable {
        let title: String
        let quantity: Int
        let total: Money
        let tax: Money
        let taxRatePpm: Int64
        let taxIncluded: Bool
        let commission: Money
        let commissionVat: Money
        let commissionRule: ID<CommissionRule>?
        let commissionExplanation: String
        /// Why this rule and not the others.
        let commissionReasoning: String
        let roundings: [RoundingAnswer]
    }

    struct RoundingAnswer: Codable {
        let what: String
        /// Minor units with three decimals.
        let exact: String
        let kept: Money
        let gainer: String
        let loser: String
    }

    struct Step: Codable {
        let transaction: Int64
        let key: String
        let kind: String
        let bookedAt: Instant
        let moves: [Move]
    }

    struct Move: Codable {
        let account: String
        let owner: String?
        /// Positive is credit.
        let amount: Money
    }

    struct Place: Codable {
        let name: String
        let amount: Money
    }

    let order: ID<Order>
    let number: String
    let purchase: ID<Purchase>
    let seller: ID<Seller>
    let sellerName: String
    let state: String
    let payment: ID<Payment>?
    let instanceName: String?
    let reference: String?
    let total: Money
    let shipping: Money
    let commission: Money
    let taxByPlatform: Money
    let sellerShare: Money
    /// What the customer paid, by the books.
    let paid: Money
    /// Who has it now; adds up to `paid`.
    let places: [Place]
    /// Zero, or the books are wrong.
    let unexplained: Money
    let lines: [Line]
    let steps: [Step]

    init(_ trace: MoneyTrace) {
        let head = trace.head
        order = head.id
        number = head.number
        purchase = head.purchase
        seller = head.seller
        sellerName = head.sellerName
        state = head.state.rawValue
        payment = head.payment
        instanceName = head.instanceName
        reference = head.reference
        total = head.total
        shipping = head.shipping
        commission = head.commission
        taxByPlatform = head.taxByPlatform
        sellerShare = head.sellerShare
        paid = trace.paid
        places = trace.places.map { Place(name: $0.name, amount: $0.amount) }
        unexplained = trace.unexplained
        lines = trace.lines.map { line in
            Line(
                title: line.title, quantity: line.quantity, total: line.total, tax: line.tax,
                taxRatePpm: line.taxRate.value, taxIncluded: line.taxIncluded,
                commission: line.commission, commissionVat: line.commissionVAT,
                commissionRule: line.rule,
                commissionExplanation: line.explanation, commissionReasoning: line.reasoning,
                roundings: line.roundings.map {
                    RoundingAnswer(
                        what: $0.what, exact: $0.exact, kept: $0.kept, gainer: $0.gainer,
                        loser: $0.loser)
                })
        }
        steps = trace.steps.map { step in
            Step(
                transaction: step.transaction, key: step.key, kind: step.kind.rawValue,
                bookedAt: step.bookedAt,
                moves: step.moves.map {
                    Move(account: $0.account.rawValue, owner: $0.owner, amount: $0.amount)
                })
        }
    }
}
