import Kernel
import Vocabulary
import Web

/// Taking a payout back out of the seller's account at its provider.
struct TakeBackRoutes {
    struct TakeBack: Described {
        let reason: String
        /// Also stops the seller's payouts, so that the money does not go out again.
        let freeze: Bool?
        static let rules: [String: [Rule]] = [
            "reason": [.length(3...500), .about("The seller reads it when payouts are frozen.")]
        ]
    }

    let desk: Desk

    func mount() {
        desk.read(
            "/payouts/{payout}/take-back", "What taking a payout back would do, and what was tried",
            tag: "Money", .readMoney, path: MoneyRoutes.PayoutPath.self
        ) { call, _ in
            TakeBackAnswer(try await call.marketplace.payoutTakeBack(of: call.path.payout))
        }
        desk.act(
            Act<MoneyRoutes.PayoutPath>(
                "/payouts/{payout}/reversals", "Take a paid payout back as a whole, once",
                tag: "Money", .runPayouts, done: "The provider is asked to take it back.",
                back: { "/payouts/\($0.payout)" }), input: TakeBack.self
        ) { marketplace, path, input, admin in
            try await marketplace.takeBackPayout(
                path.payout, reason: input.reason, freezing: input.freeze ?? false,
                by: admin.account.id)
            return TakeBackAnswer(try await marketplace.payoutTakeBack(of: path.payout))
        }
    }
}

/// What taking a payout back would do.
struct TakeBackAnswer: Codable, Sendable {
    struct Reversal: Codable, Sendable {
        let id: ID<PayoutReversal>
        let state: String
        let reason: String
        /// The provider's own id of it.
        let reference: String?
        /// Why the provider refused.
        let failure: String?
        let requestedAt: Instant
        let settledAt: Instant?
    }

    /// What leaves the seller's account and comes back to the market.
    let amount: Money
    /// How many orders' money is available to the seller again.
    let orders: Int
    /// What the seller owes, which the next payout takes first.
    let owed: Money
    let isFrozen: Bool
    /// Why it cannot be taken back; absent when it can.
    let refusal: String?
    let reversals: [Reversal]

    init(_ takeBack: PayoutTakeBack) {
        amount = takeBack.payout.amount
        orders = takeBack.orders
        owed = takeBack.owed
        isFrozen = takeBack.isFrozen
        refusal = takeBack.refusal?.explanation
        reversals = takeBack.tried.map {
            Reversal(
                id: $0.id, state: $0.state.rawValue, reason: $0.reason, reference: $0.reference,
                failure: $0.failure, requestedAt: $0.requestedAt, settledAt: $0.settledAt)
        }
    }
}

enum TakeBackPages {
    /// What taking it back would do, the form for it, and what was tried; nothing for a payout
    /// that was never paid.
    static func blocks(of payout: PayoutAnswer, _ answer: TakeBackAnswer, mayDo: Bool) -> [Block] {
        guard payout.state == "paid" || !answer.reversals.isEmpty else { return [] }
        let rows = answer.reversals.map { reversal in
            [
                .time(reversal.requestedAt), reversal.state.stateCell, Cell(data: reversal.reason),
                Cell(data: reversal.reference ?? ""), Cell(data: reversal.failure ?? ""),
                .time(reversal.settledAt),
            ] as [Cell]
        }
        let table = Table(["Asked", "State", "Why", "Reference", "Refused", "Settled"], rows)
        if let refusal = answer.refusal {
            return [
                Block("Taking it back", text: .data(localized(sentence: refusal)), table: table)
            ]
        }
        let amount = Format.money(answer.amount)
        let facts = [
            Fact("Leaves the seller's account at the provider", data: amount),
            Fact("Comes back to the market's balance there", data: amount),
            Fact(
                "Available to the seller again",
                "\(amount) of \(Format.count(answer.orders, "order", "orders"))"),
            Fact("Taken of it for what the seller owes", data: Format.money(answer.owed)),
            Fact(
                "Goes out again with the next payout",
                answer.isFrozen ? "no, the payouts are frozen" : "yes, unless you freeze them"),
        ]
        return [
            Block(
                "Taking it back", text: "All of it, once. This is what happens:", facts: facts,
                table: table, forms: mayDo ? [form(payout, answer)] : [])
        ]
    }

    private static func form(_ payout: PayoutAnswer, _ answer: TakeBackAnswer) -> DeskForm {
        let freeze = Input.choice(
            "freeze", "The seller's other payouts",
            [
                (key: "true", text: "freeze them, with this reason"),
                (key: "false", text: "let them go on"),
            ], chosen: "true")
        return .dangerous(
            "Take \(Format.money(answer.amount)) back", to: "/payouts/\(payout.id)/reversals",
            hint: "The provider is asked for all of it, once; what happens stands above.",
            answer.isFrozen ? [] : [freeze])
    }
}
