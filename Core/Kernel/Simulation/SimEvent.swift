import Vocabulary

/// One thing that happens in a simulated market. All that chance decides stands in it, so that a
/// story can be told again, and told shorter.
struct SimEvent: Sendable {
    enum Act: Sendable, Hashable {
        /// Somebody buys; the purchase is known by this number from then on.
        case buy(Int)
        /// The customer of a purchase pays another way.
        case payAgain(Int)
        /// The customer, or the bank's network, decides on a payment that waits.
        case decide(Int)
        /// A reservation ends at the bank.
        case expireReservation(Int)
        /// A worker goes on with something that was asked of a provider.
        case work(Int)
        /// A webhook about a purchase arrives, any of those that were sent.
        case webhook(Int)
        /// A call that everybody had given up arrives at the bank after all.
        case straggler
        case ship(Int), deliver(Int), cancel(Int), refund(Int)
        /// A customer's bank sends a refund back that had succeeded.
        case refundReturn(Int)
        /// A customer disputes a payment of a purchase at the bank, or that goes on there.
        case dispute(Int)
        /// Purchases that nobody paid in time end.
        case expire
        case release
        case runPayouts
        case sendPayout
        /// A bank settles a payout that was pending, or tells of one.
        case payoutNews
        /// A seller who is paid directly pays a commission invoice.
        case payInvoice
        /// The clock jumps.
        case jump
    }

    /// What becomes of the call that the act makes, if it makes one.
    enum Fate: Sendable, Hashable, CaseIterable {
        case answered
        /// The bank acts; nobody hears of it.
        case answerLost
        case callLost
        /// Lost, and arrives later.
        case late
        case unavailable
        /// The answer says something that cannot be.
        case lie
    }

    let act: Act
    var fate = Fate.answered
    /// After how many commits and calls the process dies; nil when it lives.
    var death: Int?
    /// Decides everything else.
    let roll: UInt64

    var random: SplitMix64 { SplitMix64(seed: roll) }
}

extension SimEvent: CustomStringConvertible {
    var description: String {
        var words = act.words
        switch fate {
        case .answered: break
        case .answerLost: words += "; the bank acts and its answer is lost"
        case .callLost: words += "; the call is lost"
        case .late: words += "; the call is held up and arrives later"
        case .unavailable: words += "; the bank is down"
        case .lie: words += "; the bank's answer cannot be"
        }
        if let death { words += "; the process dies after step \(death)" }
        return words
    }
}

extension SimEvent.Act {
    fileprivate var words: String {
        switch self {
        case .buy(let tag): "somebody buys (purchase \(tag))"
        case .payAgain(let tag): "the customer of purchase \(tag) pays another way"
        case .decide(let tag): "the payment of purchase \(tag) is decided at the bank"
        case .expireReservation(let tag): "the bank lets a reservation of purchase \(tag) expire"
        case .work(let tag): "a worker goes on with purchase \(tag)"
        case .webhook(let tag): "a webhook about purchase \(tag) arrives"
        case .straggler: "a call that was given up arrives at its bank"
        case .ship(let tag): "a seller ships an order of purchase \(tag)"
        case .deliver(let tag): "an order of purchase \(tag) arrives"
        case .cancel(let tag): "an order of purchase \(tag) is cancelled"
        case .refund(let tag): "an order of purchase \(tag) is refunded"
        case .refundReturn(let tag): "a refund of purchase \(tag) comes back"
        case .dispute(let tag): "a payment of purchase \(tag) is disputed, or that goes on"
        case .expire: "purchases that nobody paid end"
        case .release: "holds that are over end"
        case .runPayouts: "payouts are run"
        case .sendPayout: "a worker sends a payout"
        case .payoutNews: "a bank tells of a payout"
        case .payInvoice: "a seller pays a commission invoice"
        case .jump: "the clock jumps"
        }
    }
}
