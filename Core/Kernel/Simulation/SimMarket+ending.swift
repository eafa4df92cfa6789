import Vocabulary

extension SimMarket {
    /// Purchases of which nothing more will happen leave the stage; the books keep them.
    mutating func retire() {
        let over = active.filter(isOver)
        guard !over.isEmpty else { return }
        active.removeAll(where: Set(over).contains)
        let known = Set(retired)
        for tag in over {
            purchases[tag]?.isRetired = true
            if !known.contains(tag) { retired.append(tag) }
        }
        let stage = Set(active)
        troubled = Set(troubled).intersection(stage).sorted()
    }

    private func isOver(_ tag: Int) -> Bool {
        guard let purchase = purchases[tag] else { return true }
        if purchase.row.state == .awaitingPayment { return false }
        if purchase.payments.contains(where: { $0.attempts.contains(where: \.state.isOpen) }) {
            return false
        }
        return purchase.orders.allSatisfy { order in
            order.state == .cancelled || (order.state == .delivered && order.isReleased)
        } && now > purchase.staysUntil ?? purchase.row.placedAt.advanced(days: 30)
    }

    /// Lets everything happen that is still to happen: banks answer, every webhook arrives,
    /// workers go on, time passes. Then nothing may be open and the banks' books must agree.
    /// - Returns: how many things happened.
    mutating func settleAll() throws -> Int {
        var random = SplitMix64(seed: 1)
        var count = 0
        isSettling = true
        for tag in purchases.keys.sorted() { try decideDisputes(tag, &count) }
        for late in stragglers.indices.reversed() where late < stragglers.count {
            arrive(&random)
            count += 1
        }
        for _ in 0..<8 {
            for tag in purchases.keys.sorted() { try retryStrays(tag) }
            for tag in purchases.keys.sorted() where isUnsettled(tag) {
                try settle(tag, &count, &random)
            }
            now = now.advanced(days: 8)
            returned = []
            watchDebts()
            try invoiceMonths()
            try apply(SimEvent(act: .expire, roll: 1))
            try apply(SimEvent(act: .release, roll: 1))
            try apply(SimEvent(act: .runPayouts, roll: 1))
            count += 3
            for bank in banks.indices {
                for pending in banks[bank].pendingPayouts {
                    banks[bank].settlePayout(pending, fails: false)
                }
            }
            try hearOfPayouts(&count)
            for index in payouts.indices where payouts[index].state.isOpen {
                try send(index, .answered, &random)
                count += 1
            }
        }
        try hearEverything(&count, &random)
        try hearOfPayouts(&count)
        now = now.advanced(days: 31)
        try invoiceMonths()
        for tag in purchases.keys.sorted() {
            try check(tag)
            recount(tag)
        }
        try checkAllInvoiced()
        try checkSettled()
        return count
    }

    private func isUnsettled(_ tag: Int) -> Bool {
        guard let purchase = purchases[tag] else { return false }
        return purchase.row.state == .awaitingPayment
            || purchase.payments.contains { $0.attempts.contains(where: \.state.isOpen) }
            || purchase.orders.contains { $0.refunds.contains(where: \.state.isOpen) }
    }

    private mutating func settle(
        _ tag: Int, _ count: inout Int, _ random: inout SplitMix64
    ) throws {
        for index in (purchases[tag]?.payments ?? []).indices {
            guard let payment = purchases[tag]?.payments[index] else { continue }
            if let known = banks[payment.bank].lookup(key: payment.attempts[0].id.description) {
                banks[payment.bank].decide(known.reference, agreed: true)
            }
            for place in payment.attempts.indices
            where purchases[tag]?.payments[index].attempts[place].state.isOpen == true {
                try perform(tag, index, place, .answered, &random)
                count += 1
            }
        }
        try check(tag)
        recount(tag)
    }

    /// Disputes are decided at the bank, and heard of.
    private mutating func decideDisputes(_ tag: Int, _ count: inout Int) throws {
        for index in (purchases[tag]?.payments ?? []).indices {
            guard let payment = purchases[tag]?.payments[index],
                let known = banks[payment.bank].lookup(key: payment.attempts[0].id.description)
            else { continue }
            banks[payment.bank].decideDisputes(of: known.reference)
            for told in (banks[payment.bank].news[known.reference] ?? []).reversed() {
                guard case .dispute(let snapshot) = told else { continue }
                try applyDispute(snapshot, tag, index)
                count += 1
            }
        }
        try check(tag)
        recount(tag)
    }

    private mutating func hearOfPayouts(_ count: inout Int) throws {
        for index in payouts.indices {
            let payout = payouts[index]
            let known = banks[payout.bank].lookupPayout(key: payout.row.id.description)
            guard let known, known.version > payout.version else { continue }
            try settlePayout(index, known)
            count += 1
        }
    }

    /// Every webhook that was ever sent arrives, the oldest last.
    private mutating func hearEverything(
        _ count: inout Int, _ random: inout SplitMix64
    ) throws {
        for _ in 0..<3 {
            for tag in purchases.keys.sorted() {
                for index in (purchases[tag]?.payments ?? []).indices {
                    guard let payment = purchases[tag]?.payments[index],
                        let known = banks[payment.bank].lookup(
                            key: payment.attempts[0].id.description)
                    else { continue }
                    for told in (banks[payment.bank].news[known.reference] ?? []).reversed() {
                        try hear(told, tag, index, &random)
                        count += 1
                    }
                    try retryStrays(tag)
                    if isUnsettled(tag) { try settle(tag, &count, &random) }
                }
            }
        }
    }
}
