import Vocabulary

extension MoneyProperties {
    /// Refunds of one order by line, quantity, shipping, amount and whole, some of which fail,
    /// until everything went back: then everybody has given back exactly what they got.
    static func givesBack(_ random: inout SplitMix64) throws {
        let cart = SimCart(
            sellers: [ID()], wallets: [ID()], at: Instant(secondsSince1970: 1_750_000_000),
            &random)
        guard let order = try PurchasePlan(cart.checkout, by: cart.terms).orders.first else {
            return
        }
        let frozen = RefundShares.sum(order.parts.map(\.shares))
        var parts = order.parts
        var left = order.amounts.total.amount
        var gone: [RefundShares] = []
        for round in 0..<6 {
            let basis = RefundBasis(
                currency: cart.checkout.currency, parts: parts, left: left, goodwill: 0)
            guard left > 0 else { break }
            let plan: RefundPlan
            do {
                let isLast = round == 5
                plan = try RefundPlan.make(
                    isLast ? .everything : wish(basis, &random), from: basis)
            } catch is RefundRefusal {
                continue
            } catch is OrderRefusal {
                continue
            }
            guard (1...left).contains(plan.amount.amount) else {
                throw SimFault("\(plan.amount) of \(left) that were left")
            }
            // One in four fails, and leaves no trace.
            if round < 5, Int.random(in: 0..<4, using: &random) == 0 { continue }
            left -= plan.amount.amount
            for part in plan.parts {
                guard let index = parts.firstIndex(where: { $0.number == part.number }) else {
                    throw SimFault("a part that is not the order's")
                }
                parts[index].quantity -= part.quantity
                parts[index].shares = parts[index].shares.less(part.shares)
                gone.append(part.shares)
            }
            let rest = parts.map(\.shares).flatMap {
                [$0.seller, $0.commission, $0.commissionVAT, $0.taxByPlatform]
            }
            guard rest.allSatisfy({ $0 >= 0 }), parts.allSatisfy({ $0.quantity >= 0 }) else {
                throw SimFault("more was taken back than was left")
            }
        }
        guard left == 0 else { throw SimFault("\(left) was left after all of it went back") }
        guard RefundShares.sum(gone) == frozen else {
            throw SimFault("all went back, and \(RefundShares.sum(gone)) is not \(frozen)")
        }
    }

    private static func wish(_ basis: RefundBasis, _ random: inout SplitMix64) -> RefundWish {
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return .amount(
                Money(Int64.random(in: 1...basis.left, using: &random), basis.currency))
        default:
            let lines = basis.parts.filter { $0.quantity > 0 && Bool.random(using: &random) }
                .compactMap { part in
                    part.line.map {
                        RefundedLine(
                            line: $0, quantity: Int.random(in: 1...part.quantity, using: &random))
                    }
                }
            return .lines(lines, shipping: Bool.random(using: &random))
        }
    }
}
