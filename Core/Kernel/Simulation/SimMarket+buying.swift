import ProviderKit
import Vocabulary

extension SimMarket {
    /// Somebody checks out things of one to four sellers and pays at one of the banks.
    mutating func buy(_ tag: Int, _ event: SimEvent, _ random: inout SplitMix64) throws {
        guard purchases[tag] == nil else { return }
        let cart = SimCart(sellers: sellers, wallets: wallets, at: now, &random)
        let plan = try rules.plan(cart.checkout, cart.terms)
        let total = cart.checkout.totals.total
        guard total.isPositive else { return }
        let orders = plan.orders.map { order in
            Order(
                id: order.id,
                wallet: wallets.firstIndex(of: order.parcel.wallet) ?? 0, amounts: order.amounts,
                parts: order.parts)
        }
        let row = Kernel.Purchase(
            id: plan.id, number: "SIM\(tag)", checkout: cart.checkout.id, account: nil,
            email: "sim@example.com", address: cart.checkout.address, state: .awaitingPayment,
            total: total, placedAt: now, paidAt: nil, expiresAt: now.advanced(by: .seconds(1800)))
        var purchase = Purchase(row: row, expiresAt: row.expiresAt, orders: orders)
        let bank = chooseBank(for: purchase, &random)
        purchase.payments.append(newPayment(of: purchase, at: bank, &random))
        purchases[tag] = purchase
        for index in orders.indices { places[orders[index].id] = (tag, index) }
        active.append(tag)
        touched.insert(tag)
        try step()
        try start(tag, 0, event, &random)
    }

    /// One that pays sellers themselves is there for purchases of one seller.
    private func chooseBank(for purchase: Purchase, _ random: inout SplitMix64) -> Int {
        let known = banks.indices.filter { !banks[$0].paysSellers || purchase.orders.count == 1 }
        return known.randomElement(using: &random) ?? 0
    }

    /// A payment with its shares and its first attempt, written as sent.
    private func newPayment(
        of purchase: Purchase, at bank: Int, _ random: inout SplitMix64
    ) -> Payment {
        let total = purchase.row.total
        let zero = Money.zero(total.currency)
        let row = Kernel.Payment(
            id: ID(), purchase: purchase.row.id, instance: banks[bank].instance, method: "card",
            amount: total, state: .created, authorized: zero, captured: zero, refunded: zero,
            received: zero, excess: zero, reference: nil, next: .none, failureCode: nil,
            failureMessage: nil,
            capture: Bool.random(using: &random) ? .atOrder : .atShipment,
            isDirect: banks[bank].paysSellers,
            createdAt: now, version: 0)
        let shares = purchase.orders.indices.map { index in
            Share(
                order: index, amount: purchase.orders[index].amounts.total, captured: zero,
                refunded: zero, claimed: zero)
        }
        let attempt = Attempt(
            id: ID(), kind: .start, amount: total, state: .sent, tries: 1, createdAt: now)
        return Payment(row: row, shares: shares, attempts: [attempt], bank: bank)
    }

    /// Calls the bank and writes what it says.
    private mutating func start(
        _ tag: Int, _ index: Int, _ event: SimEvent, _ random: inout SplitMix64
    ) throws {
        guard let payment = purchases[tag]?.payments[index] else { return }
        let key = payment.attempts[0].id.description
        let amount = payment.row.amount
        // One in four only reserves, whatever it was asked for.
        let capturesNow =
            Int.random(in: 0..<4, using: &random) > 0 && payment.row.capture == .atOrder
        let paymentID = payment.row.id.description
        if event.fate == .late {
            stragglers.append(
                Straggler(
                    bank: payment.bank, key: key, paymentID: paymentID, amount: amount,
                    capturesNow: capturesNow))
        }
        let behaviour =
            SimBank.Behaviour.allCases[min(3, Int.random(in: 0..<8, using: &random) / 2)]
        let chosen: SimBank.Behaviour = Bool.random(using: &random) ? .agrees : behaviour
        let answer = call(event.fate) { market throws(ProviderError) in
            try market.banks[payment.bank].start(
                key: key, paymentID: paymentID, amount: amount, capturesNow: capturesNow, chosen)
        }
        try step()
        switch answer {
        case .success(let snapshot):
            let told = event.fate == .lie ? Self.lie(snapshot, of: amount, &random) : snapshot
            if try !settle(tag, index, told) {
                try startFailed(tag, index, .ambiguous(message: "it cannot be"))
            }
        case .failure(let error): try startFailed(tag, index, error)
        }
    }

    /// What the caller hears of a call with this fate.
    mutating func call<Value>(
        _ fate: SimEvent.Fate, _ act: (inout SimMarket) throws(ProviderError) -> Value
    ) -> Result<Value, ProviderError> {
        switch fate {
        case .unavailable:
            return .failure(.unavailable(message: "down", retryAfterSeconds: nil))
        case .callLost, .late: return .failure(.ambiguous(message: "no answer"))
        case .answered, .answerLost, .lie: break
        }
        do throws(ProviderError) {
            let value = try act(&self)
            return fate == .answerLost
                ? .failure(.ambiguous(message: "no answer")) : .success(value)
        } catch {
            return .failure(fate == .answerLost ? .ambiguous(message: "no answer") : error)
        }
    }

    /// What `settleFailure` writes.
    /// - Parameter mayStillArrive: the call goes on being looked for although it failed.
    mutating func startFailed(
        _ tag: Int, _ index: Int, _ error: ProviderError, mayStillArrive: Bool = false
    ) throws {
        guard var payment = purchases[tag]?.payments[index],
            payment.row.state == .created || payment.row.state == .unknown
        else { return }
        if rules.startFails(error) {
            payment.row.fail(with: error)
            payment.attempts[0].state =
                mayStillArrive ? .sent : error.isDecline ? .declined : .failed
        } else {
            payment.row.state = .unknown
            payment.attempts[0].state = .unknown
        }
        purchases[tag]?.payments[index] = payment
        touched.insert(tag)
        try step()
    }

    /// The customer pays another way: what waits is ended at its bank first.
    mutating func payAgain(_ tag: Int, _ event: SimEvent, _ random: inout SplitMix64) throws {
        guard let purchase = purchases[tag], purchase.row.state == .awaitingPayment else { return }
        if let live = purchase.payments.firstIndex(where: \.row.state.isLive) {
            let payment = purchase.payments[live]
            guard payment.row.state == .requiresAction, let reference = payment.row.reference
            else { return }
            let answer = call(event.fate) { market throws(ProviderError) in
                try market.banks[payment.bank].void(reference)
            }
            try step()
            switch answer {
            case .success(let snapshot): _ = try settle(tag, live, snapshot)
            case .failure: try lookUp(tag, live, .answered, &random)
            }
        }
        guard var now = purchases[tag], now.row.state == .awaitingPayment,
            now.payments.count < 5, !now.payments.contains(where: \.row.state.isLive)
        else { return }
        let bank = chooseBank(for: now, &random)
        now.payments.append(newPayment(of: now, at: bank, &random))
        purchases[tag] = now
        touched.insert(tag)
        try step()
        try start(tag, now.payments.count - 1, event, &random)
    }

    /// A call that everybody had given up arrives.
    mutating func arrive(_ random: inout SplitMix64) {
        guard !stragglers.isEmpty else { return }
        let late = stragglers.remove(at: Int.random(in: 0..<stragglers.count, using: &random))
        do {
            _ = try banks[late.bank].start(
                key: late.key, paymentID: late.paymentID, amount: late.amount,
                capturesNow: late.capturesNow, .agrees)
        } catch {
            // The bank said no, to nobody.
        }
    }

    /// A snapshot that no payment can have.
    static func lie(
        _ snapshot: PaymentSnapshot, of amount: Money, _ random: inout SplitMix64
    ) -> PaymentSnapshot {
        var told = snapshot
        let currency = snapshot.captured.currency
        switch Int.random(in: 0..<4, using: &random) {
        case 0: told.captured = Money(amount.amount + 1, currency)
        case 1: told.captured = Money(-1, currency)
        case 2:
            let other: Currency = currency == .usd ? .eur : .usd
            told.captured = Money(snapshot.captured.amount, other)
        default:
            told.authorized = Money(snapshot.authorized.amount, currency)
            told.refunded = Money(snapshot.captured.amount + 1, currency)
        }
        return told
    }
}
