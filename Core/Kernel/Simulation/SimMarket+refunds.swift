import Vocabulary

extension PurchasePlan.PlannedOrder {
    /// What was frozen of each line and of the shipping, as the view `order_part` computes it.
    var parts: [RefundPart] {
        var left = RefundShares(
            seller: amounts.sellerShare.amount, commission: amounts.commission.amount,
            commissionVAT: amounts.commissionVAT.amount,
            taxByPlatform: amounts.taxByPlatform.amount)
        var parts: [RefundPart] = []
        for line in lines {
            let (kept, vat) = (line.commission.amount.amount, line.commission.vat.amount)
            let tax = line.tax.byPlatform.amount
            let shares = RefundShares(
                seller: line.line.total.amount + line.tax.onTop.amount - tax - kept - vat,
                commission: kept, commissionVAT: vat, taxByPlatform: tax)
            left = left.less(shares)
            parts.append(
                RefundPart(
                    number: line.number, line: line.id, quantity: line.line.quantity,
                    shares: shares))
        }
        return [RefundPart(number: 0, line: nil, quantity: 0, shares: left)] + parts
    }
}

extension RefundShares {
    func less(_ other: RefundShares) -> RefundShares {
        RefundShares(
            seller: seller - other.seller, commission: commission - other.commission,
            commissionVAT: commissionVAT - other.commissionVAT,
            taxByPlatform: taxByPlatform - other.taxByPlatform)
    }
}

extension SimMarket {
    /// What an order's customer can still be given.
    func basis(_ order: Order, left: Int64) -> RefundBasis {
        let refunds = order.refunds.filter { $0.state != .failed && $0.row.kind != .stray }
        let parts = order.parts.map { part in
            var rest = part
            for gone in refunds.flatMap(\.row.parts) where gone.number == part.number {
                rest.quantity -= gone.quantity
                rest.shares = rest.shares.less(gone.shares)
            }
            return rest
        }
        return RefundBasis(
            currency: order.amounts.total.currency, parts: parts, left: left,
            goodwill: refunds.reduce(0) { $0 + $1.row.goodwill })
    }

    /// Claims the amount and asks for it back.
    func giveBack(
        _ plan: RefundPlan, _ purchase: inout Purchase, _ index: Int, _ order: Int
    ) throws {
        let now = now
        let row = Kernel.Refund(
            id: ID(), payment: purchase.payments[index].row.id, order: purchase.orders[order].id,
            kind: plan.kind, fundedBy: plan.fundedBy, amount: plan.amount,
            goodwill: plan.goodwill, reason: "chance", state: .pending, failure: nil,
            retries: nil, requestedAt: now, settledAt: nil, version: 0, parts: plan.parts)
        purchase.orders[order].refunds.append(Refund(row: row, payment: index))
        purchase.payments[index].shares[order].claimed = try purchase.payments[index]
            .shares[order].claimed.adding(plan.amount)
        purchase.payments[index].attempts.append(
            newAttempt(
                .refund, plan.amount, order: order,
                refund: purchase.orders[order].refunds.count - 1))
    }

    /// Somebody gives back all that is left, some pieces, a part of the price, or goodwill.
    mutating func requestRefund(_ tag: Int, _ random: inout SplitMix64) throws {
        guard let order = pick(tag, &random), let index = paying(tag),
            var purchase = purchases[tag], let held = locked(tag, index),
            let share = held.shares.first(where: { $0.order == purchase.orders[order].id }),
            share.captured.isPositive, share.kept > 0
        else { return }
        let basis = basis(purchase.orders[order], left: share.kept)
        let plan: RefundPlan
        do {
            plan = try rules.refundPlan(wish(basis, &random), basis)
        } catch is RefundRefusal {
            return
        } catch is OrderRefusal {
            return
        }
        guard share.state != .paid || plan.amount.amount < share.kept else { return }
        if held.payment.isDirect { return try recordRefund(plan, tag, index, order) }
        guard standing(tag) == .none else { return }
        try giveBack(plan, &purchase, index, order)
        purchases[tag] = purchase
        touched.insert(tag)
        try step()
    }

    private func wish(_ basis: RefundBasis, _ random: inout SplitMix64) -> RefundWish {
        let amount = Money(Int64.random(in: 1...max(1, basis.left), using: &random), basis.currency)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: return .everything
        case 2: return .amount(amount)
        case 3: return .goodwill(amount, fundedBy: .platform)
        case 4: return .goodwill(amount, fundedBy: .seller)
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

    /// All that came for an order that was over goes back.
    func giveBackStray(
        _ amount: Money, _ purchase: inout Purchase, _ index: Int, _ order: Int
    ) throws {
        try giveBack(
            RefundPlan(kind: .stray, fundedBy: nil, amount: amount, goodwill: 0, parts: []),
            &purchase, index, order)
    }

    /// An administrator asks again for stray money whose return failed.
    mutating func retryStrays(_ tag: Int) throws {
        guard var purchase = purchases[tag], standing(tag) == .none else { return }
        for order in purchase.orders.indices {
            for place in purchase.orders[order].refunds.indices {
                let refund = purchase.orders[order].refunds[place]
                guard refund.row.kind == .stray, refund.state == .failed, !refund.isRetried
                else { continue }
                purchase.orders[order].refunds[place].isRetried = true
                try giveBackStray(refund.row.amount, &purchase, refund.payment, order)
            }
        }
        purchases[tag] = purchase
    }
}
