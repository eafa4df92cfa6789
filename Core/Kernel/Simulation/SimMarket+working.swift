import ProviderKit
import Vocabulary

extension SimMarket {
    /// A worker goes on with one open attempt of a purchase, as `perform` does.
    mutating func work(_ tag: Int, _ event: SimEvent, _ random: inout SplitMix64) throws {
        var open: [(payment: Int, attempt: Int)] = []
        for (index, payment) in (purchases[tag]?.payments ?? []).enumerated() {
            for (place, attempt) in payment.attempts.enumerated() where attempt.state.isOpen {
                open.append((index, place))
            }
        }
        guard let chosen = open.randomElement(using: &random) else { return }
        try perform(tag, chosen.payment, chosen.attempt, event.fate, &random)
    }

    mutating func perform(
        _ tag: Int, _ index: Int, _ place: Int, _ fate: SimEvent.Fate,
        _ random: inout SplitMix64
    ) throws {
        guard var payment = purchases[tag]?.payments[index] else { return }
        // Claimed: the next try is another one.
        payment.attempts[place].tries += 1
        payment.attempts[place].firstSentAt = payment.attempts[place].firstSentAt ?? now
        if payment.attempts[place].state == .intent { payment.attempts[place].state = .sent }
        purchases[tag]?.payments[index] = payment
        touched.insert(tag)
        try step()
        switch payment.attempts[place].kind {
        case .start:
            let attempt = payment.attempts[place]
            let ageMax =
                payment.row.reference == nil
                ? Marketplace.lateArrivalAgeMax : Marketplace.attemptAgeMax
            if !payment.row.state.isLive, attempt.createdAt.advanced(by: ageMax) < now {
                purchases[tag]?.payments[index].attempts[place].state = .failed
            } else {
                try lookUp(tag, index, fate, &random)
            }
        case .capture, .void:
            let attempt = payment.attempts[place]
            if attempt.tries > 1, isOlder(attempt, than: Marketplace.attemptAgeMax) {
                guard try mayBeSentAgain(tag, index, place, fate) else { return }
                if attempt.kind == .capture { return askAnew(tag, index, place) }
            }
            attempt.kind == .void
                ? try void(tag, index, place, fate)
                : try capture(tag, index, place, fate, &random)
        case .refund: try refund(tag, index, place, fate, &random)
        }
    }

    /// Asks how a payment stands; what the bank never heard of has failed.
    mutating func lookUp(
        _ tag: Int, _ index: Int, _ fate: SimEvent.Fate, _ random: inout SplitMix64
    ) throws {
        guard let payment = purchases[tag]?.payments[index] else { return }
        let key = payment.attempts[0].id.description
        let answer = call(fate) { market throws(ProviderError) in
            payment.row.reference.map { market.banks[payment.bank].lookup(reference: $0) }
                ?? market.banks[payment.bank].lookup(key: key)
        }
        try step()
        switch answer {
        case .success(let snapshot?):
            let told = fate == .lie ? Self.lie(snapshot, of: payment.row.amount, &random) : snapshot
            if try !settle(tag, index, told), payment.attempts[0].state.isOpen {
                purchases[tag]?.payments[index].attempts[0].state = .unknown
            }
        case .success(nil):
            guard payment.row.reference == nil else { return }
            guard payment.row.state.isLive else {
                if payment.attempts[0].state.isOpen {
                    purchases[tag]?.payments[index].attempts[0].state = .sent
                }
                return
            }
            try startFailed(
                tag, index, .unavailable(message: "never heard of", retryAfterSeconds: nil),
                mayStillArrive: true)
        case .failure:
            if payment.attempts[0].state.isOpen {
                purchases[tag]?.payments[index].attempts[0].state = .unknown
            }
        }
    }

    private mutating func capture(
        _ tag: Int, _ index: Int, _ place: Int, _ fate: SimEvent.Fate,
        _ random: inout SplitMix64
    ) throws {
        guard let purchase = purchases[tag], let row = attemptRow(tag, index, place),
            let reference = purchase.payments[index].row.reference
        else { return }
        let payment = purchase.payments[index]
        let isFinal =
            payment.attempts[place].isFinal
            ?? rules.isLast(
                row,
                payment.shares.map { share in
                    (
                        order: purchase.orders[share.order].id,
                        isNeeded: share.captured.isZero && share.amount.isPositive
                            && purchase.orders[share.order].state != .cancelled
                    )
                })
        purchases[tag]?.payments[index].attempts[place].isFinal = isFinal
        let key = rules.key(row)
        let answer = call(fate) { market throws(ProviderError) in
            try market.banks[payment.bank].capture(
                key: key, reference, row.amount, isFinal: isFinal)
        }
        try step()
        switch answer {
        case .success(let snapshot):
            // The host's guard does not believe an answer that cannot be.
            if fate == .lie {
                try failed(tag, index, place, .ambiguous(message: "it cannot be"))
            } else if try !settle(tag, index, snapshot, after: place) {
                throw SimFault("a true snapshot of purchase \(tag) was quarantined")
            }
        case .failure(let error):
            let isExpected = purchase.isReservationLost || !Self.isRefusal(error)
            guard isExpected else {
                throw SimFault("the bank refused a capture of purchase \(tag): \(error)")
            }
            try failed(tag, index, place, error)
        }
    }

    private mutating func void(
        _ tag: Int, _ index: Int, _ place: Int, _ fate: SimEvent.Fate
    ) throws {
        guard let payment = purchases[tag]?.payments[index],
            let reference = payment.row.reference
        else { return }
        let answer = call(fate) { market throws(ProviderError) in
            try market.banks[payment.bank].void(reference)
        }
        try step()
        switch answer {
        case .success(let snapshot): try settle(tag, index, snapshot, after: place)
        case .failure(let error): try failed(tag, index, place, error)
        }
    }

    private mutating func refund(
        _ tag: Int, _ index: Int, _ place: Int, _ fate: SimEvent.Fate,
        _ random: inout SplitMix64
    ) throws {
        guard let purchase = purchases[tag], let row = attemptRow(tag, index, place),
            let reference = purchase.payments[index].row.reference,
            let order = purchase.payments[index].attempts[place].order,
            let number = purchase.payments[index].attempts[place].refund
        else { return }
        let bank = purchase.payments[index].bank
        let refund = purchase.orders[order].refunds[number]
        let key = rules.key(row)
        let fails = Int.random(in: 0..<10, using: &random) == 0 && !isSettling
        let isKnown = row.tries > 1 && banks[bank].lookupRefund(key: key) != nil
        if !isKnown {
            switch standing(tag) {
            case .none: break
            case .open: return
            case .lost: return try endRefund(tag, order, number)
            }
        }
        let answer = call(fate) { market throws(ProviderError) in
            if row.tries > 1, let known = market.banks[bank].lookupRefund(key: key) { return known }
            return try market.banks[bank].refund(
                key: key, refundID: refund.row.id.description, reference, refund.row.amount,
                fails: fails)
        }
        try step()
        switch answer {
        case .success(let snapshot):
            try settleRefund(tag, order, number, snapshot)
        case .failure(let error):
            switch rules.verdict(error) {
            case .ends:
                guard !Self.isRefusal(error) else {
                    throw SimFault("the bank refused a refund of purchase \(tag): \(error)")
                }
                try endRefund(tag, order, number)
            case .triesAgain(let state):
                purchases[tag]?.payments[index].attempts[place].state = state
            }
        }
    }

    /// What `mayBeSentAgain` finds out of a capture or a void that was sent before.
    private mutating func mayBeSentAgain(
        _ tag: Int, _ index: Int, _ place: Int, _ fate: SimEvent.Fate
    ) throws -> Bool {
        guard let payment = purchases[tag]?.payments[index],
            let row = attemptRow(tag, index, place), let reference = payment.row.reference
        else { return true }
        let answer = call(fate) { market throws(ProviderError) in
            market.banks[payment.bank].lookup(reference: reference)
        }
        try step()
        if fate != .lie, case .success(let snapshot?) = answer {
            let sums = CaptureSums(
                booked: payment.shares.reduce(0) { $0 + $1.captured.amount },
                open: payment.attempts.filter {
                    $0.kind == .capture && $0.state.isOpen
                }.map {
                    CaptureSums.Open(
                        id: $0.id, amount: $0.amount.amount,
                        isForgotten: $0.tries > 1 && isOlder($0, than: Marketplace.forgottenAge),
                        isBooked: isBooked($0, in: payment))
                })
            switch rules.outcome(snapshot, row, sums) {
            case .notDone: return true
            case .done:
                try settle(tag, index, snapshot, after: place)
                return false
            case .unclear: break
            }
        }
        purchases[tag]?.payments[index].attempts[place].state = .unknown
        return false
    }

    private func isOlder(_ attempt: Attempt, than age: Duration) -> Bool {
        attempt.firstSentAt.map { $0.advanced(by: age) < now } ?? false
    }

    private func isBooked(_ attempt: Attempt, in payment: Payment) -> Bool {
        payment.shares.contains {
            $0.captured.isPositive && (attempt.order == nil || attempt.order == $0.order)
        }
    }

    /// What `askAnew` writes.
    private mutating func askAnew(_ tag: Int, _ index: Int, _ place: Int) {
        guard var attempt = purchases[tag]?.payments[index].attempts[place] else { return }
        if isOlder(attempt, than: Marketplace.forgottenAge) {
            attempt.state = .intent
            attempt.tries = 0
            attempt.firstSentAt = nil
            attempt.isFinal = nil
            attempt.keyNumber += 1
        } else {
            attempt.state = .unknown
        }
        purchases[tag]?.payments[index].attempts[place] = attempt
    }

    private static func isRefusal(_ error: ProviderError) -> Bool {
        switch error {
        case .invalidRequest, .declined: true
        default: false
        }
    }

    /// What `failed` writes of a capture or a void.
    private mutating func failed(
        _ tag: Int, _ index: Int, _ place: Int, _ error: ProviderError
    ) throws {
        switch rules.verdict(error) {
        case .ends:
            guard let attempt = purchases[tag]?.payments[index].attempts[place] else { return }
            if attempt.tries > 1, try !mayBeSentAgain(tag, index, place, .answered) { return }
            purchases[tag]?.payments[index].attempts[place].state = .failed
            if attempt.kind == .capture, attempt.order == nil {
                release(tag, index, because: error)
            }
        case .triesAgain(let state):
            purchases[tag]?.payments[index].attempts[place].state = state
        }
        touched.insert(tag)
        try step()
    }

    /// What `giveBack` writes when what was reserved cannot be taken.
    private mutating func release(_ tag: Int, _ index: Int, because error: ProviderError) {
        guard let purchase = purchases[tag], purchase.row.state == .awaitingPayment,
            purchase.payments[index].row.state == .authorized
        else { return }
        let void = newAttempt(.void, purchase.payments[index].row.amount)
        purchases[tag]?.payments[index].row.fail(with: error)
        purchases[tag]?.payments[index].attempts.append(void)
    }

    /// Writes what a bank says of a refund: once, whoever brings it.
    mutating func settleRefund(
        _ tag: Int, _ order: Int, _ number: Int, _ snapshot: RefundSnapshot
    ) throws {
        guard var purchase = purchases[tag] else { return }
        let refund = purchase.orders[order].refunds[number]
        switch rules.refundNews(snapshot, refund.state, refund.version) {
        // One that had failed and then succeeds is quarantined: its amount is free again.
        case .nothing, .pending, .contradicts: return
        case .fails: return try endRefund(tag, order, number, version: snapshot.version)
        case .returned: return try takeBackRefund(tag, order, number, version: snapshot.version)
        case .succeeds: break
        }
        guard snapshot.amount == refund.row.amount else { return }
        let index = refund.payment
        purchase.orders[order].refunds[number].state = .succeeded
        purchase.orders[order].refunds[number].version = snapshot.version
        var payment = purchase.payments[index]
        payment.row.refunded = try payment.row.refunded.adding(refund.row.amount)
        try unclaim(&payment.shares[order], refund.row.amount, isGone: true)
        Self.end(&payment, refundOf: order, number, .succeeded)
        purchase.payments[index] = payment
        purchases[tag] = purchase
        touched.insert(tag)
        guard let held = locked(tag, index) else { return }
        if refund.row.kind == .stray {
            try ledger.post(
                try Bookkeeping.strayReturned(refund.row.id, refund.row.amount, of: held))
        } else {
            try ledger.post(
                try rules.refund(
                    refund.row, wallets[purchase.orders[order].wallet], payment.row.instance,
                    ledger.holdings(of: refund.row.order),
                    refund.row.goodwill == 0
                        && refund.row.amount == payment.shares[order].captured
                        && !ledger.isReversed(Posting.saleKey(refund.row.order))))
        }
        try step()
    }

    /// The claimed amount went back, or it is free again.
    private func unclaim(_ share: inout Share, _ amount: Money, isGone: Bool) throws {
        share.claimed = try share.claimed.subtracting(amount)
        if isGone { share.refunded = try share.refunded.adding(amount) }
    }

    /// The money stays where it is, and may be asked back again.
    mutating func endRefund(
        _ tag: Int, _ order: Int, _ number: Int, version: Int64 = 0
    ) throws {
        guard var purchase = purchases[tag],
            purchase.orders[order].refunds[number].state.isOpen
        else { return }
        purchase.orders[order].refunds[number].state = .failed
        purchase.orders[order].refunds[number].version = version
        let refund = purchase.orders[order].refunds[number]
        let index = refund.payment
        try unclaim(&purchase.payments[index].shares[order], refund.row.amount, isGone: false)
        Self.end(&purchase.payments[index], refundOf: order, number, .failed)
        purchases[tag] = purchase
        touched.insert(tag)
        try chargeLostDisputes(tag, index)
        try step()
    }

    /// The customer's bank sent it back: the books have it again, and it may be asked for again.
    private mutating func takeBackRefund(
        _ tag: Int, _ order: Int, _ number: Int, version: Int64
    ) throws {
        guard var purchase = purchases[tag] else { return }
        let refund = purchase.orders[order].refunds[number]
        let index = refund.payment
        let amount = refund.row.amount
        purchase.orders[order].refunds[number].state = .failed
        purchase.orders[order].refunds[number].version = version
        let share = purchase.payments[index].shares[order].refunded
        purchase.payments[index].shares[order].refunded = try share.subtracting(amount)
        let gone = purchase.payments[index].row.refunded
        purchase.payments[index].row.refunded = try gone.subtracting(amount)
        purchases[tag] = purchase
        touched.insert(tag)
        guard let held = locked(tag, index) else { return }
        if refund.row.kind == .stray {
            try ledger.post(try Bookkeeping.strayCameBack(refund.row.id, amount, of: held))
        } else {
            try ledger.post(
                try rules.refundReturn(
                    refund.row, wallets[purchase.orders[order].wallet],
                    held.payment.instance, purchase.orders[order].isReleased))
            if purchase.orders[order].isReleased { makeAvailable(refund.row.order) }
        }
        try chargeLostDisputes(tag, index)
        try step()
    }

    private static func end(
        _ payment: inout Payment, refundOf order: Int, _ number: Int,
        _ state: PaymentAttempt.State
    ) {
        for place in payment.attempts.indices
        where payment.attempts[place].kind == .refund && payment.attempts[place].order == order
            && payment.attempts[place].refund == number && payment.attempts[place].state.isOpen
        {
            payment.attempts[place].state = state
        }
    }
}
