import ProviderKit
import Vocabulary

extension SimMarket {
    /// Holds that are over end: what was pending becomes available, less the reserve; then what
    /// was in reserve long enough. Each order once.
    mutating func release() throws {
        var waiting: [(tag: Int, order: Int)] = []
        for place in held {
            guard let order = purchases[place.tag]?.orders[place.order] else { continue }
            let isDue = order.holdUntil.map { $0 <= now } ?? false
            guard isDue, !order.refunds.contains(where: \.state.isOpen),
                !isCapturing(place.tag, place.order), !isDisputed(place.tag)
            else {
                waiting.append(place)
                continue
            }
            purchases[place.tag]?.orders[place.order].isReleased = true
            touched.insert(place.tag)
            let pending = Money(
                ledger.sum(.sellerPending, of: order.id), order.amounts.total.currency)
            guard pending.isPositive else { continue }
            let kept = try reserve(of: order.wallet).kept(of: pending)
            try ledger.post(try rules.release(order.id, pending, kept, wallets[order.wallet]))
            available[order.wallet].append(place)
            if kept.isPositive {
                let days = reserve(of: order.wallet).days
                reserved.append((place.tag, place.order, now.advanced(days: days)))
            }
        }
        held = waiting
        try step()
        try releaseReserves()
    }

    /// Every third wallet keeps a tenth for a month.
    private func reserve(of wallet: Int) -> ReservePolicy {
        wallet % 3 == 0 ? ReservePolicy(rate: PartsPerMillion(percent: 10), days: 30) : .none
    }

    private mutating func releaseReserves() throws {
        var waiting: [(tag: Int, order: Int, until: Instant)] = []
        for place in reserved {
            guard let order = purchases[place.tag]?.orders[place.order] else { continue }
            guard place.until <= now, !order.refunds.contains(where: \.state.isOpen),
                !isDisputed(place.tag)
            else {
                waiting.append(place)
                continue
            }
            let kept = ledger.sum(.sellerReserve, of: order.id)
            if kept > 0 {
                try ledger.post(
                    try rules.reserveRelease(
                        order.id, Money(kept, order.amounts.total.currency),
                        wallets[order.wallet]))
                available[order.wallet].append((place.tag, place.order))
            }
            touched.insert(place.tag)
        }
        reserved = waiting
        try step()
    }

    /// One payout for each wallet, currency and bank, each wallet in a commit of its own.
    mutating func runPayouts() throws {
        for wallet in wallets.indices {
            try settleFreeze(of: wallet)
            try netReceivables(of: wallet)
            let orders = claimable(of: wallet)
            for currency in orders.keys.sorted(by: { $0.code < $1.code }) {
                try payOut(orders[currency] ?? [], wallet, currency)
            }
            try step()
        }
    }

    /// What is available of a wallet's orders, and not held by a refund or a dispute.
    mutating func claimable(of wallet: Int) -> [Currency: [ClaimableOrder]] {
        var byCurrency: [Currency: [ClaimableOrder]] = [:]
        var left: [ID<Kernel.Order>: (tag: Int, order: Int)] = [:]
        for place in available[wallet] {
            guard let purchase = purchases[place.tag] else { continue }
            let order = purchase.orders[place.order]
            let currency = order.amounts.total.currency
            let amount = Money(ledger.sum(.sellerAvailable, of: order.id), currency)
            guard amount.isPositive, left.updateValue(place, forKey: order.id) == nil,
                !order.refunds.contains(where: \.state.isOpen), !isDisputed(place.tag)
            else { continue }
            byCurrency[currency, default: []].append(
                ClaimableOrder(
                    item: PayoutItem(order: order.id, amount: amount),
                    instance: purchase.payments.first { $0.row.state == .captured }?.row.instance))
        }
        available[wallet] = left.values.sorted { ($0.tag, $0.order) < ($1.tag, $1.order) }
        return byCurrency
    }

    /// The wallet as the database would give it to a run.
    private func position(
        _ orders: [ClaimableOrder], _ wallet: Int, _ currency: Currency
    ) -> WalletPosition {
        WalletPosition(
            wallet: FundedWallet(
                account: 0, wallet: wallets[wallet], seller: sellers[wallet], currency: currency,
                minimum: 1,
                details: WalletDetails(holder: "Sim", iban: "DE89370400440532013000"),
                sellerState: .verified, isFrozenAccount: false, isFrozen: isFrozen(wallet),
                isRestricted: isRestricted(wallet), detailsChangedAt: nil,
                returnedAt: returned.contains(wallet) ? now : nil),
            orders: orders, owed: -ledger.balance(.sellerDebt(wallets[wallet]), currency))
    }

    private mutating func payOut(
        _ orders: [ClaimableOrder], _ wallet: Int, _ currency: Currency
    ) throws {
        purses.insert(Purse(wallet: wallet, currency: currency))
        let payers = Dictionary(uniqueKeysWithValues: banks.map { ($0.instance, $0.instance) })
        let plan = try rules.payoutPlan(
            position(orders, wallet, currency),
            PayoutTerms(payers: payers, approvalLimits: [:], now: now))
        if !plan.recovery.isEmpty {
            try ledger.post(
                .recovery(ID(), from: plan.recovery, wallet: wallets[wallet], currency))
        }
        for line in plan.lines where line.isPaid {
            guard let bank = banks.firstIndex(where: { $0.instance == line.instance }) else {
                throw SimFault("a payout at no bank")
            }
            guard ledger.balance(.sellerDebt(wallets[wallet]), currency) == 0,
                !isRestricted(wallet), !isFrozen(wallet)
            else { throw SimFault("a seller is paid who owes, is restricted or frozen") }
            let row = Kernel.Payout(
                line, at: banks[bank].instance, seller: sellers[wallet], createdAt: now)
            try ledger.post(try rules.payoutHold(row))
            payouts.append(Payout(row: row, state: .held, bank: bank))
        }
    }

    /// A worker takes one open payout a step further.
    mutating func sendPayout(_ event: SimEvent, _ random: inout SplitMix64) throws {
        let open = payouts.indices.suffix(400).filter { payouts[$0].state.isOpen }
        guard let index = open.randomElement(using: &random) else { return }
        try send(index, event.fate, &random)
    }

    mutating func send(
        _ index: Int, _ fate: SimEvent.Fate, _ random: inout SplitMix64
    ) throws {
        let payout = payouts[index]
        let wasAsked = payout.state != .held
        if !wasAsked, payout.row.items.contains(where: { isDisputed(places[$0.order]?.tag ?? 0) }) {
            return try endPayout(index, .failed)
        }
        if payout.state == .held || payout.state == .unknown {
            payouts[index].state = .sent
            payouts[index].tries += 1
        }
        try step()
        let id = payout.row.id.description
        let (pends, fails) = (
            Int.random(in: 0..<4, using: &random) == 0, Int.random(in: 0..<8, using: &random) == 0
        )
        let answer = call(fate) { market throws(ProviderError) in
            if wasAsked, let known = market.banks[payout.bank].lookupPayout(key: id) {
                return known
            }
            return try market.banks[payout.bank].pay(
                key: market.rules.payoutKey(payout.row, payout.tries), payoutID: id,
                payout.row.amount, pends: pends, fails: fails)
        }
        try step()
        switch answer {
        case .success(let snapshot): try settlePayout(index, snapshot)
        case .failure(let error):
            switch rules.payoutAfter(error, wasAsked) {
            case .failed: try endPayout(index, .failed)
            case let state: payouts[index].state = state
            }
        }
    }

    mutating func settlePayout(_ index: Int, _ snapshot: PayoutSnapshot) throws {
        let payout = payouts[index]
        guard snapshot.amount == payout.row.amount else { return }
        switch rules.payoutNews(snapshot, payout.state, payout.version) {
        case .nothing, .contradicts, .partTakenBack: return
        case .pending: payouts[index].state = .sent
        case .ends(let state): try endPayout(index, state)
        }
        payouts[index].reference = snapshot.reference
        payouts[index].version = snapshot.version
    }

    /// Ends a payout, or takes back its end: the ledger, its items and its state together.
    private mutating func endPayout(_ index: Int, _ end: Kernel.Payout.State) throws {
        let payout = payouts[index]
        guard rules.payoutMay(payout.state, end) || payout.state.isOpen else {
            throw SimFault("a payout went from \(payout.state) to \(end)")
        }
        payouts[index].state = end
        switch end {
        case .paid:
            try ledger.post(try rules.payoutPost(payout.row))
            for item in payout.row.items { paidFor[item.order, default: 0] += item.amount.amount }
            count(payout, payout.row.amount.amount)
        case .returned:
            try ledger.post(try rules.payoutReturn(payout.row))
            for item in payout.row.items { paidFor[item.order, default: 0] -= item.amount.amount }
            count(payout, -payout.row.amount.amount)
            if let wallet = wallets.firstIndex(of: payout.row.wallet) { returned.insert(wallet) }
        default: try ledger.post(try rules.payoutVoid(payout.row))
        }
        if end != .paid {
            for item in payout.row.items { makeAvailable(item.order) }
        }
        try step()
    }

    /// So much was paid to a seller, in minor units, or came back.
    private mutating func count(_ payout: Payout, _ amount: Int64) {
        guard let wallet = wallets.firstIndex(of: payout.row.wallet) else { return }
        let purse = Purse(wallet: wallet, currency: payout.row.amount.currency)
        moved[purse, default: 0] += amount
        purses.insert(purse)
    }

    mutating func makeAvailable(_ id: ID<Kernel.Order>) {
        guard let place = places[id],
            let wallet = purchases[place.tag]?.orders[place.order].wallet
        else { return }
        available[wallet].append(place)
    }

    /// A bank settles a payout that was pending, sends one back, or tells of one again.
    mutating func payoutNews(_ random: inout SplitMix64) throws {
        let bank = Int.random(in: 0..<banks.count, using: &random)
        if let pending = banks[bank].pendingPayouts.randomElement(using: &random) {
            banks[bank].settlePayout(
                pending, fails: Int.random(in: 0..<4, using: &random) == 0)
        }
        guard let index = payouts.indices.suffix(40).randomElement(using: &random) else { return }
        let payout = payouts[index]
        let id = payout.row.id.description
        guard let known = banks[payout.bank].lookupPayout(key: id) else { return }
        if Int.random(in: 0..<10, using: &random) == 0 {
            banks[payout.bank].sendBack(known.reference)
        }
        let told = banks[payout.bank].news[known.reference]?.randomElement(using: &random)
        guard case .payout(let snapshot)? = told else { return }
        try settlePayout(index, snapshot)
    }
}

extension Payout {
    /// A payout as a run claims it.
    init(
        _ line: PlannedPayout, at instance: ID<ProviderInstance>, seller: ID<Seller>,
        createdAt: Instant
    ) {
        self.init(
            id: ID(), seller: seller, wallet: line.wallet, instance: instance,
            amount: line.amount, state: .held, reference: nil, failure: nil, tries: 0,
            createdAt: createdAt, settledAt: nil, destination: line.destination, plan: nil,
            version: 0, items: line.items)
    }
}
