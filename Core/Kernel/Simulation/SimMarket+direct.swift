import Vocabulary

extension SimMarket {
    /// The seller of a direct sale gives money back and writes it down: the platform refunds
    /// nothing of it.
    mutating func recordRefund(
        _ plan: RefundPlan, _ tag: Int, _ index: Int, _ order: Int
    ) throws {
        guard var purchase = purchases[tag], plan.fundedBy != .platform else { return }
        let row = Kernel.Refund(
            id: ID(), payment: purchase.payments[index].row.id, order: purchase.orders[order].id,
            kind: plan.kind, fundedBy: plan.fundedBy, amount: plan.amount,
            goodwill: plan.goodwill, reason: "chance", state: .succeeded, failure: nil,
            retries: nil, requestedAt: now, settledAt: now, version: 0, parts: plan.parts)
        purchase.orders[order].refunds.append(
            Refund(row: row, payment: index, state: .succeeded))
        var payment = purchase.payments[index]
        let share = payment.shares[order].refunded
        payment.shares[order].refunded = try share.adding(plan.amount)
        payment.row.refunded = try payment.row.refunded.adding(plan.amount)
        purchase.payments[index] = payment
        purchases[tag] = purchase
        touched.insert(tag)
        try postDirect(try rules.directRefund(row, wallets[purchase.orders[order].wallet]))
        try step()
    }

    /// What a seller owes for direct sales is taken from what its other sales made available.
    mutating func netReceivables(of wallet: Int) throws {
        let account = LedgerAccount.sellerReceivable(wallets[wallet])
        let orders = claimable(of: wallet)
        for currency in orders.keys.sorted(by: { $0.code < $1.code }) {
            let owed = -ledger.balance(account, currency)
            let taken = Marketplace.taken(owed, from: orders[currency]?.map(\.item) ?? [])
            guard !taken.isEmpty else { continue }
            purses.insert(Purse(wallet: wallet, currency: currency))
            try ledger.post(
                try rules.netting(taken, wallets[wallet], currency))
            guard ledger.balance(account, currency) <= 0 else {
                throw SimFault("more was taken of a seller than it owed")
            }
        }
    }

    /// Whether an order was paid to its seller.
    func isDirect(_ order: Order, _ purchase: Purchase) -> Bool {
        purchase.payments.contains { payment in
            payment.row.isDirect && payment.row.state == .captured
                && payment.shares.contains {
                    purchase.orders[$0.order].id == order.id && $0.captured.isPositive
                }
        }
    }

    /// What must hold of an order that was paid to its seller, or was not.
    func checkDirect(_ order: Order, _ purchase: Purchase) throws(SimFault) {
        let owed = -ledger.sum(.sellerReceivable, of: order.id)
        guard isDirect(order, purchase) else {
            if owed != 0 { throw SimFault("\(owed) is owed of a sale that was not direct") }
            return
        }
        let back = RefundShares.sum(
            order.refunds.filter { $0.state == .succeeded }.map(\.row.shares))
        let amounts = order.amounts
        let due =
            amounts.commission.amount + amounts.commissionVAT.amount
            + amounts.taxByPlatform.amount - (back.total - back.seller)
        guard owed == due else {
            throw SimFault("\(owed) is owed of a direct sale, not \(due)")
        }
        try checkInvoiced(order)
        for kind in [LedgerAccount.Kind.providerClearing, .sellerPending, .sellerAvailable] {
            guard ledger.sum(kind, of: order.id) == 0 else {
                throw SimFault("of a direct sale the platform holds something")
            }
        }
    }
}
