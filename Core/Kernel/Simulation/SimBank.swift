import ProviderKit
import Vocabulary

/// A provider of a simulation, with books of its own: what it says it holds for us is the truth.
/// It keeps one answer for each key, and tells of every change, as real ones do.
struct SimBank {
    enum Answer {
        case payment(PaymentSnapshot)
        case refund(RefundSnapshot)
        case payout(PayoutSnapshot)
        case dispute(DisputeSnapshot)
    }

    /// What a customer's way to pay does at the start.
    enum Behaviour: CaseIterable { case agrees, asks, thinks, declines }

    private struct Held {
        var snapshot: PaymentSnapshot
        let amount: Money
        let capturesNow: Bool
        /// Nothing more can be captured.
        var isClosed = false
    }

    let instance: ID<ProviderInstance>
    /// It holds nothing for us: what it takes is the seller's at once.
    let paysSellers: Bool
    private let number: Int
    private var payments: [String: Held] = [:]
    private var refunds: [String: RefundSnapshot] = [:]
    /// What of each payment's refunds came back, in minor units.
    private(set) var cameBack: [String: Int64] = [:]
    private var payouts: [String: PayoutSnapshot] = [:]
    /// Of each payment.
    private var disputes: [String: [DisputeSnapshot]] = [:]
    /// What each key made.
    private var made: [String: String] = [:]
    private var count = 0
    /// What it holds for us, in minor units.
    private(set) var holds: [Currency: Int64] = [:]
    /// Webhooks that it has to send, by what they are about.
    private(set) var news: [String: [Answer]] = [:]

    init(number: Int, paysSellers: Bool = false) {
        self.number = number
        self.paysSellers = paysSellers
        instance = ID()
    }

    // MARK: - Payments

    mutating func start(
        key: String, paymentID: String, amount: Money, capturesNow: Bool, _ behaviour: Behaviour
    ) throws(ProviderError) -> PaymentSnapshot {
        if let known = made[key].flatMap({ payments[$0] }) { return known.snapshot }
        if behaviour == .declines {
            throw .declined(code: "card_declined", message: "No.", mayRetry: true)
        }
        let zero = Money.zero(amount.currency)
        let reference = newReference("pay", key)
        payments[reference] = Held(
            snapshot: PaymentSnapshot(
                reference: reference, paymentID: paymentID,
                status: behaviour == .asks ? .requiresAction : .processing, authorized: zero,
                captured: zero, refunded: zero, version: 1),
            amount: amount, capturesNow: capturesNow)
        if behaviour == .agrees { authorize(reference) } else { tell(reference) }
        return snapshot(reference)
    }

    /// What the customer, or the network behind the bank, decided.
    mutating func decide(_ reference: String, agreed: Bool) {
        guard let held = payments[reference],
            held.snapshot.status == .requiresAction || held.snapshot.status == .processing
        else { return }
        if agreed { authorize(reference) } else { end(reference, .failed) }
    }

    /// A reservation does not stay for ever.
    /// - Returns: whether there was one that could end.
    mutating func expire(_ reference: String) -> Bool {
        guard payments[reference]?.snapshot.status == .authorized else { return false }
        end(reference, .expired)
        return true
    }

    mutating func capture(
        key: String, _ reference: String, _ amount: Money, isFinal: Bool
    ) throws(ProviderError) -> PaymentSnapshot {
        guard var held = payments[reference] else { throw Self.unknown }
        if made[key] != nil { return held.snapshot }
        let captured = held.snapshot.captured.amount + amount.amount
        guard held.snapshot.status == .authorized || held.snapshot.status == .captured,
            !held.isClosed, amount.amount > 0, captured <= held.snapshot.authorized.amount
        else { throw .invalidRequest(code: "not_capturable", message: "It cannot be captured.") }
        made[key] = reference
        held.snapshot.captured = Money(captured, amount.currency)
        held.snapshot.status = .captured
        held.isClosed = isFinal || captured == held.snapshot.authorized.amount
        payments[reference] = held
        book(amount.amount, amount.currency)
        tell(reference)
        return snapshot(reference)
    }

    mutating func void(_ reference: String) throws(ProviderError) -> PaymentSnapshot {
        guard var held = payments[reference] else { throw Self.unknown }
        switch held.snapshot.status {
        case .voided: return held.snapshot
        case .failed, .expired:
            throw .invalidRequest(code: "not_voidable", message: "It is over.")
        case .captured:
            guard !held.isClosed else {
                throw .invalidRequest(code: "not_voidable", message: "All of it is captured.")
            }
            held.isClosed = true
        case .requiresAction, .processing, .authorized:
            held.snapshot.status = .voided
            held.isClosed = true
        }
        payments[reference] = held
        tell(reference)
        return snapshot(reference)
    }

    func lookup(key: String) -> PaymentSnapshot? { made[key].flatMap { payments[$0]?.snapshot } }
    func lookup(reference: String) -> PaymentSnapshot? { payments[reference]?.snapshot }

    // MARK: - Refunds and payouts

    mutating func refund(
        key: String, refundID: String, _ reference: String, _ amount: Money, fails: Bool
    ) throws(ProviderError) -> RefundSnapshot {
        if let known = made[key].flatMap({ refunds[$0] }) { return known }
        guard var held = payments[reference] else { throw Self.unknown }
        let refunded = held.snapshot.refunded.amount + amount.amount
        guard amount.amount > 0, refunded <= held.snapshot.captured.amount else {
            throw .invalidRequest(code: "amount_invalid", message: "More than was captured.")
        }
        let name = newReference("ref", key)
        let refund = RefundSnapshot(
            reference: name, paymentReference: reference, refundID: refundID,
            status: fails ? .failed : .succeeded, amount: amount, version: 1)
        refunds[name] = refund
        if !fails {
            held.snapshot.refunded = Money(refunded, amount.currency)
            payments[reference] = held
            book(-amount.amount, amount.currency)
            tell(reference)
        }
        news[reference, default: []].append(.refund(refund))
        return refund
    }

    /// The customer's bank does not take a refund, which comes back: it failed after all.
    mutating func takeBackRefund(of reference: String, _ random: inout SplitMix64) {
        let done = refunds.values
            .filter { $0.paymentReference == reference && $0.status == .succeeded }
            .sorted { $0.reference < $1.reference }
        guard var refund = done.randomElement(using: &random), var held = payments[reference] else {
            return
        }
        refund.status = .failed
        refund.version += 1
        refunds[refund.reference] = refund
        held.snapshot.refunded = Money(
            held.snapshot.refunded.amount - refund.amount.amount, refund.amount.currency)
        payments[reference] = held
        cameBack[reference, default: 0] += refund.amount.amount
        book(refund.amount.amount, refund.amount.currency)
        tell(reference)
        news[reference, default: []].append(.refund(refund))
    }

    func lookupRefund(key: String) -> RefundSnapshot? { made[key].flatMap { refunds[$0] } }

    mutating func pay(
        key: String, payoutID: String, _ amount: Money, pends: Bool, fails: Bool
    ) throws(ProviderError) -> PayoutSnapshot {
        if let known = made[key].flatMap({ payouts[$0] }) { return known }
        guard amount.amount > 0, amount.amount <= holds[amount.currency] ?? 0 else {
            throw .declined(code: "no_funds", message: "Not so much is here.", mayRetry: false)
        }
        let name = newReference("po", key)
        payouts[name] = PayoutSnapshot(
            reference: name, payoutID: payoutID, status: .pending, amount: amount, version: 1)
        if !pends { settlePayout(name, fails: fails) }
        return payouts[name] ?? Self.noPayout(name, amount)
    }

    /// The end of a payout that was pending.
    mutating func settlePayout(_ reference: String, fails: Bool) {
        guard var payout = payouts[reference], payout.status == .pending else { return }
        payout.status = fails ? .failed : .succeeded
        payout.version += 1
        payouts[reference] = payout
        if !fails { book(-payout.amount.amount, payout.amount.currency) }
        news[reference, default: []].append(.payout(payout))
    }

    /// A payout that had been paid comes back.
    mutating func sendBack(_ reference: String) {
        guard var payout = payouts[reference], payout.status == .succeeded else { return }
        payout.status = .failed
        payout.version += 1
        payouts[reference] = payout
        book(payout.amount.amount, payout.amount.currency)
        news[reference, default: []].append(.payout(payout))
    }

    func lookupPayout(key: String) -> PayoutSnapshot? { made[key].flatMap { payouts[$0] } }

    /// How many payouts to this id of ours it has paid.
    func paid(_ payoutID: String) -> Int {
        payouts.values.count { $0.payoutID == payoutID && $0.status == .succeeded }
    }

    var pendingPayouts: [String] {
        payouts.values.filter { $0.status == .pending }.map(\.reference).sorted()
    }

    // MARK: - Disputes

    /// A customer disputes a payment, or part of it, or a dispute goes on: money is taken, it is
    /// decided, and now and then it is decided otherwise afterwards.
    /// - Returns: whether something is disputed.
    mutating func dispute(_ reference: String, _ random: inout SplitMix64) -> Bool {
        guard let held = payments[reference], !paysSellers else { return false }
        let room = roomToDispute(held, reference)
        let isNew =
            disputes[reference, default: []].isEmpty || Int.random(in: 0..<6, using: &random) == 0
        if isNew, room > 0, disputes[reference, default: []].count < 3 {
            count += 1
            let currency = held.amount.currency
            let zero = Money.zero(currency)
            // Half of them are about all that is left.
            let amount =
                Bool.random(using: &random) ? room : Int64.random(in: 1...room, using: &random)
            disputes[reference, default: []].append(
                DisputeSnapshot(
                    reference: "du-\(number)-\(count)", paymentReference: reference,
                    status: .inquiry, amount: Money(amount, currency), withdrawn: zero, fee: zero,
                    reason: "chance", version: 0))
            let place = disputes[reference, default: []].count - 1
            set(reference, place, Bool.random(using: &random) ? .needsResponse : .inquiry)
            return true
        }
        guard let place = disputes[reference, default: []].indices.randomElement(using: &random)
        else { return false }
        if Int.random(in: 0..<4, using: &random) == 0 {
            // It tells the same again, and calls it newer.
            set(reference, place, disputes[reference, default: []][place].status)
            return true
        }
        let chance = Int.random(in: 0..<4, using: &random)
        switch disputes[reference, default: []][place].status {
        case .inquiry: set(reference, place, chance == 0 ? .closed : .needsResponse)
        case .needsResponse:
            set(reference, place, chance == 0 ? .underReview : chance == 1 ? .won : .lost)
        case .underReview: set(reference, place, chance < 2 ? .won : .lost)
        case .lost: if chance == 0 { set(reference, place, .won) }
        case .won: if chance < 2 { set(reference, place, .lost) }
        case .closed: break
        }
        return true
    }

    /// Every dispute of a payment is decided.
    mutating func decideDisputes(of reference: String) {
        for place in disputes[reference, default: []].indices {
            switch disputes[reference, default: []][place].status {
            case .inquiry: set(reference, place, .closed)
            case .needsResponse, .underReview: set(reference, place, place == 0 ? .lost : .won)
            case .won, .lost, .closed: break
            }
        }
    }

    /// What can be taken of a payment for disputes beside what they have.
    private func roomToDispute(_ held: Held, _ reference: String) -> Int64 {
        let taken = disputes[reference]?.reduce(0) { $0 + $1.withdrawn.amount } ?? 0
        return max(0, held.snapshot.captured.amount - held.snapshot.refunded.amount - taken)
    }

    private mutating func set(_ reference: String, _ place: Int, _ status: DisputeStatus) {
        guard let held = payments[reference], var dispute = disputes[reference]?[place] else {
            return
        }
        let (was, fee) = (dispute.withdrawn.amount, dispute.fee.amount)
        let currency = dispute.amount.currency
        let isTaken = status == .needsResponse || status == .underReview || status == .lost
        let most = roomToDispute(held, reference) + was
        dispute.status = status
        dispute.withdrawn = Money(isTaken ? min(dispute.amount.amount, most) : 0, currency)
        if dispute.withdrawn.isPositive { dispute.fee = Money(15, currency) }
        dispute.version += 1
        disputes[reference]?[place] = dispute
        book(was + fee - dispute.withdrawn.amount - dispute.fee.amount, currency)
        news[reference, default: []].append(.dispute(dispute))
    }

    // MARK: - Its own books

    /// Somebody pays into our account there.
    mutating func receive(_ amount: Money) { book(amount.amount, amount.currency) }

    private mutating func authorize(_ reference: String) {
        guard var held = payments[reference] else { return }
        held.snapshot.authorized = held.amount
        held.snapshot.status = .authorized
        if held.capturesNow {
            held.snapshot.captured = held.amount
            held.snapshot.status = .captured
            held.isClosed = true
            book(held.amount.amount, held.amount.currency)
        }
        payments[reference] = held
        tell(reference)
    }

    private mutating func end(_ reference: String, _ status: PaymentStatus) {
        payments[reference]?.snapshot.status = status
        payments[reference]?.isClosed = true
        tell(reference)
    }

    private mutating func tell(_ reference: String) {
        guard var held = payments[reference] else { return }
        held.snapshot.version += 1
        payments[reference] = held
        news[reference, default: []].append(.payment(held.snapshot))
    }

    private mutating func book(_ amount: Int64, _ currency: Currency) {
        if !paysSellers { holds[currency, default: 0] += amount }
    }

    private mutating func newReference(_ kind: String, _ key: String) -> String {
        count += 1
        let reference = "\(kind)-\(number)-\(count)"
        made[key] = reference
        return reference
    }

    private func snapshot(_ reference: String) -> PaymentSnapshot {
        payments[reference]?.snapshot
            ?? PaymentSnapshot(
                reference: reference, status: .failed, authorized: .zero(.eur),
                captured: .zero(.eur), refunded: .zero(.eur), version: 0)
    }

    private static func noPayout(_ reference: String, _ amount: Money) -> PayoutSnapshot {
        PayoutSnapshot(reference: reference, status: .failed, amount: amount, version: 0)
    }

    private static let unknown = ProviderError.invalidRequest(
        code: "not_found", message: "There is no such payment.")
}
