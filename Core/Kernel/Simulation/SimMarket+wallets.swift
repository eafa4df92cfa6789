import Vocabulary

extension SimMarket {
    /// A wallet's money in one currency.
    struct Purse: Hashable, Comparable {
        let wallet: Int
        let currency: Currency

        static func < (left: Purse, right: Purse) -> Bool {
            (left.wallet, left.currency.code) < (right.wallet, right.currency.code)
        }
    }

    /// What a seller has of a wallet, wherever it is, and what it owes.
    static func accounts(of wallet: ID<Wallet>) -> [LedgerAccount] {
        [
            .sellerPending(wallet), .sellerAvailable(wallet), .sellerFrozen(wallet),
            .sellerReserve(wallet), .sellerPaying(wallet), .sellerDebt(wallet),
            .sellerReceivable(wallet),
        ]
    }

    /// Counts anew what sellers earned with a purchase, by its orders, refunds and disputes and not
    /// by the books.
    mutating func recount(_ tag: Int) {
        guard let purchase = purchases[tag] else { return }
        for order in purchase.orders {
            let purse = Purse(wallet: order.wallet, currency: order.amounts.total.currency)
            let now = earned(by: order, in: purchase)
            let was = contributions.updateValue(now, forKey: order.id) ?? 0
            earned[purse, default: 0] += now - was
            purses.insert(purse)
        }
    }

    /// What an order is worth to its seller, in minor units: what it earned and did not give back,
    /// or below zero what it owes for a direct sale.
    private func earned(by order: Order, in purchase: Purchase) -> Int64 {
        let back = RefundShares.sum(
            order.refunds.filter { $0.state == .succeeded && $0.row.kind != .stray }
                .map(\.row.shares))
        let amounts = order.amounts
        if isDirect(order, purchase) {
            return back.total - back.seller - amounts.commission.amount
                - amounts.commissionVAT.amount - amounts.taxByPlatform.amount
        }
        let place = purchase.orders.firstIndex { $0.id == order.id } ?? 0
        let isSold = purchase.payments.contains { payment in
            payment.row.state == .captured && payment.shares[place].captured.isPositive
        }
        guard isSold else { return 0 }
        return amounts.sellerShare.amount - back.seller - charged(place, purchase)
    }

    /// Nothing of a seller's money is lost or made: what it has and owes in all its accounts is
    /// what it earned, less what it was paid, with what it paid itself.
    func check(_ purse: Purse) throws(SimFault) {
        let has = accounts[purse.wallet].reduce(0) { $0 + ledger.balance($1, purse.currency) }
        let due = (earned[purse] ?? 0) - (moved[purse] ?? 0)
        guard has == due else {
            throw SimFault("a seller has \(has) \(purse.currency) and earned \(due)")
        }
    }

    /// Who owes us since when, as `watchDebts` notes it: a debt, or more for direct sales than is
    /// still to be invoiced.
    mutating func watchDebts() {
        for wallet in wallets.indices {
            let isOwing = SimCart.currencies.contains { currency in
                ledger.balance(.sellerDebt(wallets[wallet]), currency) < 0
                    || -ledger.balance(.sellerReceivable(wallets[wallet]), currency)
                        > toInvoice(Purse(wallet: wallet, currency: currency))
            }
            owingSince[wallet] = isOwing ? owingSince[wallet] ?? now : nil
        }
    }

    private func toInvoice(_ purse: Purse) -> Int64 {
        Dictionary(
            grouping: unbilled[purse.wallet].filter { $0.currency == purse.currency },
            by: \.charge.order
        ).values.reduce(0) { sum, charges in
            sum + max(0, charges.reduce(0) { $0 + $1.charge.total })
        }
    }

    /// A debt that outlasted its grace: the seller is paid nothing out.
    func isRestricted(_ wallet: Int) -> Bool {
        owingSince[wallet].map { $0.advanced(days: Seller.debtGraceDays) <= now } ?? false
    }

    /// Something happens with a purchase that had left the stage: a refund or a dispute long after
    /// its seller was paid.
    mutating func revive(_ tag: Int) {
        guard purchases[tag]?.isRetired == true else { return }
        purchases[tag]?.isRetired = false
        purchases[tag]?.staysUntil = now.advanced(days: 10)
        active.append(tag)
    }
}
