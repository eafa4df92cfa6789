import Vocabulary

extension SimMarket {
    /// What must hold of a purchase after every event.
    func check(_ tag: Int) throws(SimFault) {
        guard let purchase = purchases[tag] else { return }
        func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(SimFault) {
            if !holds { throw SimFault("purchase \(tag): \(what())") }
        }
        let total = purchase.orders.reduce(0) { $0 + $1.amounts.total.amount }
        try require(total == purchase.row.total.amount, "its orders are not its total")
        let live = purchase.payments.count { $0.row.state.isLive }
        try require(live <= 1, "\(live) payments are live at once")
        let late = purchase.payments.filter { $0.row.state == .late && !$0.row.isDirect }
            .reduce(0) { $0 + $1.row.captured.amount - $1.row.refunded.amount }
        let waiting = ledger.suspense(of: purchase.row.id)
        try require(waiting == late, "\(waiting) in suspense, \(late) to go back")
        for payment in purchase.payments {
            try check(payment) { holds, what throws(SimFault) in try require(holds, what) }
        }
        for order in purchase.orders { try check(order, purchase, tag) }
    }

    private func check(
        _ payment: Payment, _ require: (Bool, String) throws(SimFault) -> Void
    ) throws(SimFault) {
        let row = payment.row
        let sum = payment.shares.reduce(0) { $0 + $1.amount.amount }
        try require(sum == row.amount.amount, "the shares of a payment are not its amount")
        let captured = payment.shares.reduce(0) { $0 + $1.captured.amount }
        let refunded = payment.shares.reduce(0) { $0 + $1.refunded.amount }
        for share in payment.shares {
            try require(
                0 <= share.refunded.amount && 0 <= share.claimed.amount
                    && share.refunded.amount + share.claimed.amount <= share.captured.amount
                    && share.captured.amount <= share.amount.amount,
                "a share gave back more than it took")
        }
        try require(captured <= row.captured.amount, "shares have more than was captured")
        try require(refunded == row.refunded.amount, "shares gave back something else")
        try require(
            row.captured.amount <= row.amount.amount, "more was captured than was owed")
        if let known = banks[payment.bank].lookup(key: payment.attempts[0].id.description) {
            try require(
                row.captured.amount <= known.captured.amount,
                "we have \(row.captured) captured and the bank \(known.captured)")
            // We may not have heard yet of what came back; sellers give back by themselves.
            let cameBack = banks[payment.bank].cameBack[known.reference] ?? 0
            try require(
                row.isDirect || row.refunded.amount <= known.refunded.amount + cameBack,
                "we gave back \(row.refunded) and the bank \(known.refunded)")
        }
    }

    private func check(_ amounts: OrderAmounts, _ tag: Int) throws(SimFault) {
        let total = amounts.total.amount
        guard amounts.items.amount + amounts.shipping.amount + amounts.tax.amount == total else {
            throw SimFault("an order of purchase \(tag): its parts are not its total")
        }
        let kept = amounts.commission.amount + amounts.commissionVAT.amount
        guard amounts.sellerShare.amount + kept + amounts.taxByPlatform.amount == total else {
            throw SimFault("an order of purchase \(tag): its shares are not its total")
        }
    }

    private func check(_ order: Order, _ purchase: Purchase, _ tag: Int) throws(SimFault) {
        func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(SimFault) {
            if !holds { throw SimFault("an order of purchase \(tag): \(what())") }
        }
        let amounts = order.amounts
        try check(amounts, tag)
        let pending = ledger.sum(.sellerPending, of: order.id)
        let available = ledger.sum(.sellerAvailable, of: order.id)
        let frozen = ledger.sum(.sellerFrozen, of: order.id)
        let reserved = ledger.sum(.sellerReserve, of: order.id)
        try require(
            pending >= 0 && available >= 0 && frozen >= 0 && reserved >= 0,
            "\(pending) pending, \(available) available, \(frozen) frozen, "
                + "\(reserved) in reserve")
        let paid = paidFor[order.id] ?? 0
        let cameBack = order.refunds.flatMap {
            ledger.entries(of: Posting.refundReturnKey($0.row.id))
        }.filter { $0.account.kind == .sellerAvailable }.reduce(0) { $0 + $1.amount }
        try require(
            paid <= amounts.sellerShare.amount + cameBack + (givenBack[order.id] ?? 0),
            "\(paid) was paid out for it")
        try checkDirect(order, purchase)
        try checkCharges(order, purchase)
        let isDirect = isDirect(order, purchase)
        // A direct sale without commission and tax is none of ours.
        let sold = isDirect || !ledger.entries(of: Posting.saleKey(order.id)).isEmpty
        let gone = order.refunds.filter { $0.state == .succeeded && $0.row.kind != .stray }
            .map(\.row)
        let back = RefundShares.sum(gone.map(\.shares))
        func kept(_ frozen: Money, _ gone: Int64) -> Int64 { sold ? frozen.amount - gone : 0 }
        try require(
            isDirect
                || -ledger.sum(.providerClearing, of: order.id)
                    == kept(amounts.total, gone.reduce(0) { $0 + $1.amount.amount }),
            "its money at the bank")
        try require(
            ledger.sum(.commission, of: order.id) == kept(amounts.commission, back.commission)
                && ledger.sum(.commissionVAT, of: order.id)
                    == kept(amounts.commissionVAT, back.commissionVAT),
            "its commission is not what was frozen")
        try require(
            ledger.sum(.taxPayable, of: order.id)
                == kept(amounts.taxByPlatform, back.taxByPlatform),
            "its tax is not what was frozen")
        try require(
            back.seller <= amounts.sellerShare.amount
                && back.commission <= amounts.commission.amount
                && back.commissionVAT <= amounts.commissionVAT.amount
                && back.taxByPlatform <= amounts.taxByPlatform.amount,
            "more was taken back of somebody than was frozen")
        if sold, gone.reduce(0, { $0 + $1.amount.amount }) == amounts.total.amount {
            try require(
                gone.reduce(0) { $0 + $1.goodwill } >= 0, "the market earned from a refund")
            try require(
                gone.contains { $0.kind == .goodwill } || back.total == amounts.total.amount,
                "a full refund did not return everything")
        }
        let captured = purchase.payments.contains { payment in
            payment.row.state == .captured
                && payment.shares.contains {
                    purchase.orders[$0.order].id == order.id && $0.captured.isPositive
                }
        }
        try require(sold == captured, "captured \(captured), and in the books \(sold)")
        if order.isReleased {
            try require(pending == 0, "it was released and holds \(pending)")
        }
    }

    /// What must hold of the books as a whole, which is too much after every event: recomputed
    /// from the entries every night.
    func checkWhole() throws(SimFault) {
        let sums = ledger.recomputed()
        guard sums.balances == ledger.balances.filter({ $0.value != 0 }) else {
            throw SimFault("balances are not the sums of their entries")
        }
        for (currency, total) in sums.totals where total != 0 {
            throw SimFault("the books are off by \(total) \(currency)")
        }
        try checkDisputes()
        for purse in earned.keys.sorted() { try check(purse) }
    }

    /// What must hold when everything has settled: nothing open, and every bank's own books agree
    /// with ours to the unit.
    func checkSettled() throws(SimFault) {
        for tag in purchases.keys.sorted() {
            guard let purchase = purchases[tag] else { continue }
            guard purchase.row.state != .awaitingPayment, !purchase.isStockHeld else {
                throw SimFault("purchase \(tag) never ends")
            }
            for payment in purchase.payments {
                if let open = payment.attempts.first(where: \.state.isOpen) {
                    throw SimFault(
                        "purchase \(tag): a \(open.kind.rawValue) never ends, \(payment.row.state)")
                }
                try compare(payment, tag)
            }
            for order in purchase.orders where order.refunds.contains(where: \.state.isOpen) {
                throw SimFault("purchase \(tag): a refund never ends")
            }
        }
        for payout in payouts {
            if payout.state.isOpen { throw SimFault("a payout never ends") }
            let times = banks[payout.bank].paid(payout.row.id.description)
            guard times == (payout.state == .paid ? 1 : 0) else {
                throw SimFault("a payout that is \(payout.state) was paid \(times) times")
            }
        }
        try compareBooks()
    }

    private func compare(_ payment: Payment, _ tag: Int) throws(SimFault) {
        guard let known = banks[payment.bank].lookup(key: payment.attempts[0].id.description) else {
            guard payment.row.captured.isZero else {
                throw SimFault("purchase \(tag): captured, and the bank knows of nothing")
            }
            return
        }
        guard known.captured == payment.row.captured else {
            throw SimFault(
                "purchase \(tag): the bank captured \(known.captured), we \(payment.row.captured)")
        }
        guard payment.row.isDirect || known.refunded == payment.row.refunded else {
            throw SimFault(
                "purchase \(tag): the bank gave \(known.refunded) back, we \(payment.row.refunded)"
            )
        }
        let shares = payment.shares.reduce(0) { $0 + $1.captured.amount }
        guard shares == payment.row.captured.amount else {
            throw SimFault("purchase \(tag): its shares are not what was captured")
        }
        if payment.row.state == .late, !payment.row.isDirect, standing(tag) != .lost,
            payment.row.refunded != payment.row.captured,
            payment.shares.contains(where: \.captured.isPositive)
        {
            throw SimFault("purchase \(tag): money that came late was kept")
        }
    }

    private func compareBooks() throws(SimFault) {
        for bank in banks {
            for currency in SimCart.currencies {
                let theirs = bank.holds[currency] ?? 0
                let ours = -ledger.balance(.providerClearing(bank.instance), currency)
                guard theirs == ours else {
                    throw SimFault("a bank holds \(theirs) \(currency), our books say \(ours)")
                }
            }
        }
        try checkWhole()
        for (account, balance) in ledger.balances {
            if account.account.kind == .sellerPaying, balance != 0 {
                throw SimFault("\(balance) is on its way, and no payout is open")
            }
        }
    }
}
