import ProviderKit
import Vocabulary

/// What a provider's snapshot means for a payment of ours. Pure: the same snapshot for the same
/// payment always means the same, whoever brings it: the answer to a call, a webhook, the poller
/// or a customer who came back.
struct Settlement: Sendable, Equatable {
    enum Effect: Sendable, Hashable {
        /// The money is safe: the purchase is paid.
        case paid
        /// Everything was captured: it belongs into the books.
        case sold
        /// Only reserved yet, though it is to be taken with the order.
        case captureAll
        /// Captured for a purchase that is over: it goes back.
        case returnMoney
        /// Reserved for a purchase that is over: it is released.
        case release
        /// The reservation ended before everything was captured.
        case authorizationLost
        /// The customer did their part, and the money may take days.
        case waitLonger
        /// Money came that nobody asked for, or for a payment that is over: a person looks at it.
        case unasked
    }

    let state: Payment.State
    private(set) var effects: Set<Effect>
    /// Whether the provider may still change its mind, so that it has to be asked again.
    var isOpen = false
    /// What came so far, where the payer sends it. Such a payment is asked for until long after its
    /// end, because nobody can be kept from sending more.
    private(set) var arrivals: Arrivals?

    enum Reading: Sendable, Equatable {
        /// Not newer than what is known.
        case stale
        /// It does not fit the payment, and changes nothing until a person has looked at it.
        case quarantined(String)
        case news(Settlement)
    }

    /// - Parameter shares: of the payment; receipts that name an order need its share.
    static func read(
        _ snapshot: PaymentSnapshot, for payment: Payment, of purchase: Purchase,
        _ shares: [LockedShare] = []
    ) -> Reading {
        if let problem = problem(with: snapshot, for: payment)
            ?? Arrivals.problem(
                with: snapshot.receipts ?? [], captured: snapshot.captured, shares)
        {
            return .quarantined(problem)
        }
        let isFirst = payment.reference == nil
        guard isFirst || snapshot.version > payment.version else { return .stale }
        guard snapshot.captured.amount >= payment.captured.amount else {
            return .quarantined("\(payment.captured) was captured, and now \(snapshot.captured)")
        }
        let isOver =
            payment.state == .late || purchase.state == .cancelled || !payment.state.isLive
            || (purchase.state == .paid && payment.state.isPending)
        let meaning = isOver ? late(snapshot, payment) : settlement(snapshot, payment, purchase)
        guard let receipts = snapshot.receipts else { return .news(meaning) }
        return .news(meaning.keeping(Arrivals(receipts, of: payment, shares), of: payment))
    }

    private func keeping(_ arrivals: Arrivals, of payment: Payment) -> Settlement {
        var settlement = self
        settlement.arrivals = arrivals
        settlement.isOpen = true
        let isMore = arrivals.excess.amount > payment.excess.amount
        let endsWithPart = arrivals.received.isPositive && payment.state.isLive && !state.isLive
        if isMore || (endsWithPart && state != .late) { settlement.effects.insert(.unasked) }
        return settlement
    }

    private static func problem(
        with snapshot: PaymentSnapshot, for payment: Payment
    ) -> String? {
        let amount = payment.amount
        for total in [snapshot.authorized, snapshot.captured, snapshot.refunded]
        where total.currency != amount.currency {
            return "\(total) is not in \(amount.currency)"
        }
        if let reference = payment.reference, reference != snapshot.reference {
            return "it is known as \(reference), not as \(snapshot.reference)"
        }
        guard snapshot.captured.amount <= amount.amount,
            snapshot.authorized.amount <= amount.amount,
            snapshot.refunded.amount <= snapshot.captured.amount,
            !snapshot.captured.isNegative, !snapshot.authorized.isNegative,
            !snapshot.refunded.isNegative
        else { return "\(snapshot.authorized), \(snapshot.captured) do not fit \(amount)" }
        let isWhole =
            payment.capture == .atShipment || snapshot.captured == amount
            || snapshot.status != .captured
        guard isWhole else { return "\(snapshot.captured) was captured instead of \(amount)" }
        if snapshot.status == .authorized, snapshot.authorized != amount {
            return "\(snapshot.authorized) was authorized instead of \(amount)"
        }
        return nil
    }

    private static func settlement(
        _ snapshot: PaymentSnapshot, _ payment: Payment, _ purchase: Purchase
    ) -> Settlement {
        let isFresh = purchase.state == .awaitingPayment
        if snapshot.captured.isPositive {
            guard payment.state != .captured else {
                return Settlement(state: .captured, effects: [])
            }
            var effects: Set<Effect> = isFresh ? [.paid] : []
            // A provider that took all at once, though asked to wait, sold all at once.
            if payment.capture != .atShipment || (isFresh && snapshot.captured == payment.amount) {
                effects.insert(.sold)
            }
            return Settlement(state: .captured, effects: effects)
        }
        switch snapshot.status {
        case .requiresAction where payment.state == .authorized,
            .processing where payment.state == .authorized:
            // What is reserved stays reserved until the provider says otherwise.
            return Settlement(state: .authorized, effects: [], isOpen: true)
        case .requiresAction:
            return Settlement(state: .requiresAction, effects: [], isOpen: true)
        case .processing:
            return Settlement(state: .processing, effects: [.waitLonger], isOpen: true)
        case .authorized, .captured:
            let isNew = payment.state != .authorized
            let effect: Effect = payment.capture == .atOrder ? .captureAll : .paid
            return Settlement(state: .authorized, effects: isNew ? [effect] : [])
        case .voided, .failed, .expired:
            return Settlement(
                state: snapshot.status == .voided ? .voided : .failed,
                effects: isFresh ? [] : [.authorizationLost])
        }
    }

    /// News of a payment whose purchase is over, or was paid by another one.
    private static func late(_ snapshot: PaymentSnapshot, _ payment: Payment) -> Settlement {
        if snapshot.captured.isPositive {
            // One share may come after another; what a seller has is told once.
            let isKnown =
                payment.isDirect
                ? payment.captured.isPositive : snapshot.captured == payment.captured
            return Settlement(state: .late, effects: isKnown ? [] : [.returnMoney])
        }
        switch snapshot.status {
        case .authorized, .captured:
            return Settlement(state: .late, effects: payment.state == .late ? [] : [.release])
        case .voided, .failed, .expired:
            let isEnded = payment.state == .failed || payment.state == .voided
            let ended: Payment.State = snapshot.status == .voided ? .voided : .failed
            return Settlement(state: isEnded ? payment.state : ended, effects: [])
        case .requiresAction, .processing:
            // Nothing has come yet, and what comes will be given back.
            let isPending = payment.state.isPending
            return Settlement(
                state: isPending ? .failed : payment.state, effects: [], isOpen: true)
        }
    }
}
