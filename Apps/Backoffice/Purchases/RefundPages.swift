import Kernel
import Vocabulary
import Web

/// Refunds on a purchase's page.
enum RefundPages {
    static func refunds(
        of order: OrderAnswer, _ maySettle: Bool, mayConfirm: Bool
    ) -> Block {
        let titles = Dictionary(order.lines.map { ($0.id, $0.title) }) { first, _ in first }
        let retried = Set(order.refunds.compactMap(\.retries))
        return Block(
            order.refunds.isEmpty ? nil : "Refunds of \(order.number)",
            table: Table(
                [
                    "Asked for", "State", "For", "Amount#", "Of the seller#", "Commission#",
                    "Its VAT#", "Tax#", "Goodwill#", "Why",
                ],
                order.refunds.map { row($0, titles) }),
            forms: order.refunds.filter { mayConfirm && order.refundsToSend.contains($0.id) }
                .map { refund in
                    DeskForm(
                        "\(Format.money(refund.amount)) was sent back",
                        to: "/orders/\(order.id)/refunds/\(refund.id)/confirmation",
                        hint: "This provider cannot: send it by hand first.",
                        [.line("paidBackAs", "The bank's reference")])
                }
                + order.refunds.filter {
                    maySettle && $0.state == .failed && !retried.contains($0.id)
                }.map { refund in
                    DeskForm.reasoned(
                        "Ask for \(Format.money(refund.amount)) again",
                        to: "/orders/\(order.id)/refunds/\(refund.id)/retries",
                        hint: """
                            The provider is asked to give the customer as much once more. What \
                            failed before does not go back as well.
                            """)
                })
    }

    private static func row(_ refund: RefundAnswer, _ titles: [ID<OrderLine>: String]) -> [Cell] {
        func sum(_ amount: (RefundAnswer.RefundPartAnswer) -> Money) -> Cell {
            let total = refund.parts.reduce(0) { $0 + amount($1).amount }
            return .money(Money(total, refund.amount.currency))
        }
        let reason = RefundWords.reason(refund.reason, isStray: refund.kind == .stray)
        let why = [reason, refund.failure].compactMap { $0 }.joined(separator: " · ")
        return [
            .time(refund.requestedAt), refund.state.rawValue.stateCell,
            Cell(data: what(refund, titles)), .money(refund.amount), sum(\.sellerShare),
            sum(\.commission), sum(\.commissionVat), sum(\.taxByPlatform), .money(refund.goodwill),
            Cell(data: why),
        ]
    }

    private static func what(_ refund: RefundAnswer, _ titles: [ID<OrderLine>: String]) -> String {
        guard refund.kind == .lines else {
            return asked(refund.kind.rawValue, refund.fundedBy?.rawValue)
        }
        return refund.parts.map { part in
            guard let line = part.lineId else { return localized("shipping") }
            return "\(part.quantity) × \(titles[line] ?? "")"
        }.joined(separator: ", ")
    }

    /// What a refund was asked for, without its lines.
    static func asked(_ kind: String, _ funder: String?) -> String {
        switch funder {
        case "platform": localized("goodwill of the platform")
        case "seller": localized("goodwill of the seller")
        default: kind.inWords
        }
    }

    /// Everything, things and shipping, a part of the price, goodwill.
    static func forms(of order: OrderAnswer) -> [DeskForm] {
        let left = order.refundable.reduce(0) { $0 + $1.amount.amount }
        guard left > 0, order.state != "awaiting_payment" else { return [] }
        let path = "/orders/\(order.id)/refund"
        let currency = order.amounts.total.currency
        let whole = DeskForm.dangerous(
            "Refund all that is left", to: path, hint: "It goes back to the customer.",
            [restocking])
        let amount: [Input] = [
            .amount("amount.amount", "How much, in \(currency.code)", in: "amount.currency"),
            .hidden("amount.currency", currency.code),
        ]
        let funders = Input.choice(
            "fundedBy", "Paid by", [(key: "platform", text: "us"), (key: "seller", text: "seller")])
        return (order.state == "paid" ? [] : [whole]) + [
            .dangerous(
                "Refund things or shipping", to: path,
                hint: "How many pieces of each line.", lines(of: order)),
            .dangerous(
                "Refund a part of the price", to: path,
                hint: "Commission and tax are returned in proportion.",
                [.hidden("kind", "amount")] + amount),
            .dangerous(
                "Give goodwill", to: path, hint: "Commission and tax stay where they are.",
                [.hidden("kind", "goodwill"), funders] + amount),
        ]
    }

    private static func lines(of order: OrderAnswer) -> [Input] {
        var inputs: [Input] = [.hidden("kind", "lines")]
        for (index, line) in order.lines.enumerated() {
            let left = order.refundable.first { $0.lineId == line.id }
            inputs.append(.hidden("lines.\(index).lineId", line.id.description))
            inputs.append(
                .line(
                    "lines.\(index).quantity",
                    "\(line.title), \(left?.quantity ?? 0) left", "0", type: "number"))
        }
        inputs.append(
            .choice(
                "shipping", "Shipping", [(key: "false", text: "stays"), (key: "true", text: "too")])
        )
        return inputs + [restocking]
    }

    private static var restocking: Input {
        .choice(
            "restocking", "On the shelf again",
            [
                (key: "unshipped", text: "what was never shipped"),
                (key: "everything", text: "all of it: what was shipped came back whole"),
                (key: "nothing", text: "none of it"),
            ], help: "When the money has gone back.")
    }
}
