import ProviderKit
import Vocabulary

/// What the database would hold and what the operations of the market do with it, each as a
/// sequence of commits and calls. Every decision is one of ``SimulationRules``: the shipped ones.
struct SimMarket {
    struct Order {
        let id: ID<Kernel.Order>
        let wallet: Int
        let amounts: OrderAmounts
        /// What was frozen of each line and of the shipping.
        let parts: [RefundPart]
        var state = Kernel.Order.State.awaitingPayment
        var holdUntil: Instant?
        var isReleased = false
        var refunds: [Refund] = []
    }

    struct Refund {
        let row: Kernel.Refund
        let payment: Int
        var state = Kernel.Refund.State.pending
        var version: Int64 = 0
        /// It failed, and was asked for again.
        var isRetried = false
    }

    struct Share {
        let order: Int
        let amount: Money
        var captured: Money
        var refunded: Money
        /// In refunds that are under way.
        var claimed: Money
    }

    struct Attempt {
        let id: ID<PaymentAttempt>
        let kind: PaymentAttempt.Kind
        /// Indices into the purchase.
        var order: Int?
        var refund: Int?
        let amount: Money
        var state: PaymentAttempt.State
        var tries: Int
        let createdAt: Instant
        var firstSentAt: Instant?
        var keyNumber = 1
        /// Of a capture: whether it is the last one; decided at the first try and kept.
        var isFinal: Bool?
    }

    struct Payment {
        var row: Kernel.Payment
        var shares: [Share]
        var attempts: [Attempt]
        let bank: Int
        var disputes: [Dispute] = []
    }

    struct Purchase {
        var row: Kernel.Purchase
        var expiresAt: Instant
        var orders: [Order]
        var payments: [Payment] = []
        var isStockHeld = true
        /// The bank let go of it: what was not captured then never will be.
        var isReservationLost = false
        /// It has left the stage, until something happens with it once more.
        var isRetired = false
        /// Until when it is on the stage at least; thirty days when it was never off it.
        var staysUntil: Instant?
    }

    struct Payout {
        var row: Kernel.Payout
        var state: Kernel.Payout.State
        var reference: String?
        var tries = 0
        var version: Int64 = 0
        let bank: Int
    }

    /// A call that was held up on its way.
    struct Straggler {
        let bank: Int
        let key: String
        let paymentID: String
        let amount: Money
        let capturesNow: Bool
    }

    let rules: SimulationRules
    let wallets: [ID<Wallet>]
    let sellers: [ID<Seller>]
    var banks: [SimBank]
    var ledger = SimLedger()
    var purchases: [Int: Purchase] = [:]
    var payouts: [Payout] = []
    /// What was paid out for each order and did not come back, in minor units.
    var paidFor: [ID<Kernel.Order>: Int64] = [:]
    /// What disputes that were not lost in the end gave orders again after their release.
    var givenBack: [ID<Kernel.Order>: Int64] = [:]
    var stragglers: [Straggler] = []
    /// Purchases of which something may still happen, oldest first.
    var active: [Int] = []
    /// Orders that were delivered and hold money, as (purchase, index).
    var held: [(tag: Int, order: Int)] = []
    /// Orders of which something is in reserve, and until when.
    var reserved: [(tag: Int, order: Int, until: Instant)] = []
    /// Wallets whose last payout came back, until somebody looks at the account.
    var returned: Set<Int> = []
    /// Orders that have something available, by wallet.
    var available: [[(tag: Int, order: Int)]]
    /// Orders of which something is frozen, by wallet, and how often money was moved for that.
    var frozen: [[(tag: Int, order: Int)]]
    var freezeMoves = 0
    let freezes: [ID<PayoutFreeze>]
    var now = Instant(secondsSince1970: 1_750_000_000)
    /// The story is over: no bank refuses to give money back any more.
    var isSettling = false
    /// Steps left until the process dies.
    var stepsLeft: Int?
    /// Where each order is, for payouts that come back.
    var places: [ID<Kernel.Order>: (tag: Int, order: Int)] = [:]
    /// What this event has touched, for the invariants.
    var touched: Set<Int> = []
    var purses: Set<Purse> = []
    /// Purchases that have left the stage at least once, and those that were disputed.
    var retired: [Int] = []
    var troubled: [Int] = []

    /// What sellers are still to be invoiced for direct sales, by wallet.
    var unbilled: [[Unbilled]]
    var invoices: [Invoice] = []
    /// Orders with a line of their own on an invoice, and what all lines of each come to.
    var ownLines: Set<ID<Kernel.Order>> = []
    var invoiced: [ID<Kernel.Order>: UnbilledCharge] = [:]
    /// In which month each direct sale was booked, and the first month that is not invoiced.
    var soldIn: [ID<Kernel.Order>: Int64] = [:]
    var nextMonth: Int64
    /// Since when each wallet's seller owes something that is due.
    var owingSince: [Instant?]

    /// What each order is worth to its seller, and their sums, counted without the books.
    var contributions: [ID<Kernel.Order>: Int64] = [:]
    var earned: [Purse: Int64] = [:]
    /// What was paid to sellers less what they paid.
    var moved: [Purse: Int64] = [:]
    let accounts: [[LedgerAccount]]

    init(_ rules: SimulationRules, sellers count: Int) {
        self.rules = rules
        wallets = (0..<count).map { _ in ID() }
        sellers = (0..<count).map { _ in ID() }
        banks = [
            SimBank(number: 0), SimBank(number: 1), SimBank(number: 2, paysSellers: true),
        ]
        available = Array(repeating: [], count: count)
        frozen = Array(repeating: [], count: count)
        freezes = (0..<count).map { _ in ID() }
        unbilled = Array(repeating: [], count: count)
        owingSince = Array(repeating: nil, count: count)
        accounts = wallets.map { Self.accounts(of: $0) }
        nextMonth = Self.month(of: now)
    }

    /// Between any two steps the process may die.
    mutating func step() throws {
        guard let left = stepsLeft else { return }
        if left <= 1 { throw SimDeath() }
        stepsLeft = left - 1
    }

    /// Lets one thing happen, whatever it is; what does not apply is no event.
    /// - Throws: ``SimFault`` when something became true that must never be.
    mutating func apply(_ event: SimEvent) throws {
        touched = []
        purses = []
        stepsLeft = event.death
        do {
            try perform(event)
        } catch is SimDeath {
            // What was committed stays, and others go on with it.
        }
        stepsLeft = nil
        for tag in touched.sorted() {
            try check(tag)
            recount(tag)
        }
        for purse in purses.sorted() { try check(purse) }
    }

    private mutating func perform(_ event: SimEvent) throws {
        var random = event.random
        switch event.act {
        case .buy(let tag): try buy(tag, event, &random)
        case .payAgain(let tag): try payAgain(tag, event, &random)
        case .decide(let tag):
            withBankPayment(tag, &random) { bank, reference, random in
                bank.decide(reference, agreed: Int.random(in: 0..<4, using: &random) > 0)
            }
        case .expireReservation(let tag):
            var isLost = false
            withBankPayment(tag, &random) { bank, reference, _ in
                isLost = bank.expire(reference)
            }
            if isLost { purchases[tag]?.isReservationLost = true }
        case .work(let tag): try work(tag, event, &random)
        case .webhook(let tag): try webhook(tag, &random)
        case .straggler: arrive(&random)
        case .ship(let tag): try ship(tag, &random)
        case .deliver(let tag): deliver(tag, &random)
        case .cancel(let tag): try cancel(tag, &random)
        case .refund(let tag):
            revive(tag)
            try requestRefund(tag, &random)
        case .refundReturn(let tag):
            withBankPayment(tag, &random) { bank, reference, random in
                bank.takeBackRefund(of: reference, &random)
            }
        case .dispute(let tag):
            var isDisputed = false
            withBankPayment(tag, &random) { bank, reference, random in
                isDisputed = bank.dispute(reference, &random)
            }
            if isDisputed {
                revive(tag)
                troubled.append(tag)
            }
        case .expire: try expirePurchases(event)
        case .release: try release()
        case .runPayouts: try runPayouts()
        case .sendPayout: try sendPayout(event, &random)
        case .payoutNews: try payoutNews(&random)
        case .payInvoice: try payInvoice(&random)
        case .jump:
            // Somebody has looked at the accounts of payouts that came back.
            returned = []
            now = now.advanced(by: .seconds(Int64.random(in: 60...(86_400 * 3), using: &random)))
            watchDebts()
            try invoiceMonths()
        }
    }

    /// An order of a purchase that chance picks.
    func pick(_ tag: Int, _ random: inout SplitMix64) -> Int? {
        guard let count = purchases[tag]?.orders.count, count > 0 else { return nil }
        return Int.random(in: 0..<count, using: &random)
    }

    private mutating func withBankPayment(
        _ tag: Int, _ random: inout SplitMix64,
        _ act: (inout SimBank, String, inout SplitMix64) -> Void
    ) {
        guard let payments = purchases[tag]?.payments,
            let payment = payments.randomElement(using: &random),
            let start = payment.attempts.first,
            let known = banks[payment.bank].lookup(key: start.id.description)
        else { return }
        act(&banks[payment.bank], known.reference, &random)
    }
}
