import Vocabulary

extension SimMarket {
    /// An administrator freezes every fifth wallet again and again, for five days of twenty.
    func isFrozen(_ wallet: Int) -> Bool {
        !isSettling && wallet % 5 == 1 && now.secondsSince1970 / 86_400 % 20 < 5
    }

    /// What is available of a frozen wallet is put aside, and comes back when the freeze is over.
    mutating func settleFreeze(of wallet: Int) throws {
        let isFrozen = isFrozen(wallet)
        let places = isFrozen ? available[wallet] : frozen[wallet]
        let source: LedgerAccount.Kind = isFrozen ? .sellerAvailable : .sellerFrozen
        var items: [Currency: [PayoutItem]] = [:]
        var seen: Set<ID<Kernel.Order>> = []
        for place in places {
            guard let order = purchases[place.tag]?.orders[place.order],
                seen.insert(order.id).inserted
            else { continue }
            let currency = order.amounts.total.currency
            let amount = Money(ledger.sum(source, of: order.id), currency)
            guard amount.isPositive else { continue }
            items[currency, default: []].append(PayoutItem(order: order.id, amount: amount))
            touched.insert(place.tag)
        }
        for (currency, items) in items.sorted(by: { $0.key.code < $1.key.code }) {
            freezeMoves += 1
            let (freeze, owner) = (freezes[wallet], wallets[wallet])
            try ledger.post(
                isFrozen
                    ? .freeze(freeze, freezeMoves, of: items, wallet: owner, currency)
                    : .thaw(freeze, freezeMoves, of: items, wallet: owner, currency))
        }
        if isFrozen {
            (frozen[wallet], available[wallet]) = (frozen[wallet] + places, [])
        } else {
            (available[wallet], frozen[wallet]) = (available[wallet] + places, [])
        }
        try step()
    }
}
