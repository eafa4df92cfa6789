import ProviderKit
import Synchronization
import Vocabulary

/// What stands behind a ``TestPayments`` instance: keeps payments, refunds and payouts by key, and
/// fails as it is told. Tests ask it what a real bank would know.
public final class TestBank: Sendable {
    /// How the next call ends.
    public enum Fault: Sendable {
        /// It is done, and the answer is lost.
        case answerLost
        /// It never arrived, and nobody can know.
        case callLost
        /// A definite "not now".
        case unavailable
        /// It does not take our credentials.
        case misconfigured
        /// A definite no.
        case declined
        /// We refuse to send it ourselves.
        case notSent
        /// A no to the question itself.
        case invalid
    }

    struct State {
        var payments: [String: PaymentSnapshot] = [:]
        var refunds: [String: RefundSnapshot] = [:]
        var payouts: [String: PayoutSnapshot] = [:]
        var destinations: [String] = []
        /// What was taken back of payouts, by the reversal's key.
        var reversals: [String: ReversalSnapshot] = [:]
        /// What went from sellers' accounts to their banks, by the order's key, and what was made
        /// otherwise.
        var bankPayouts: [String: BankPayoutSnapshot] = [:]
        /// What an account holds, and whether it waits to be asked.
        var accountFunds = AccountFunds(account: "", isManual: true, available: [])
        /// Which payout takes which one back.
        var originals: [String: String] = [:]
        /// Payouts of accounts that the module can make nothing of.
        var oddPayouts: [String] = []
        /// What webhooks tell of payouts of accounts, by the event.
        var toldPayouts: [String: [BankPayoutSnapshot]] = [:]
        /// Why nobody can look whether a webhook is genuine.
        var deafness: ProviderError?
        /// What it paid and got back, in minor units.
        var sentBack: Int64 = 0
        /// What was asked for, by the payment's reference.
        var wanted: [String: PaymentStart] = [:]
        /// Keys of captures, voids and refunds that were done.
        var done: Set<String> = []
        var faults: [Fault] = []
        /// What looking up a payment, a refund or a payout ends with.
        var blindness: ProviderError?
        var calls: [String] = []
        /// What it told of disputes, by the event.
        var disputes: [String: DisputeSnapshot] = [:]
        /// What it knows of disputes whether it told or not, and when each was opened.
        var knownDisputes: [(openedAt: Instant, snapshot: DisputeSnapshot)] = []
        /// Disputes that the module can make nothing of.
        var garbled: Set<String> = []
        var meanwhile: (@Sendable () async -> Void)?
        /// What each capture's key first came with.
        var captures: [String: CaptureRequest] = [:]
        var keysReused = 0
        /// How long looking something up takes.
        var pause: Duration = .zero
        /// The bank's own books, which nothing of ours writes.
        var balance: [BalanceEntry] = []

        mutating func book(
            _ kind: BalanceEntry.Kind, _ amount: Money, _ reference: String,
            at instant: Instant = .systemNow
        ) {
            balance.append(
                BalanceEntry(
                    id: "line-\(balance.count + 1)", kind: kind, reference: reference,
                    gross: amount, fee: .zero(amount.currency), net: amount, at: instant))
        }
    }

    let state = Mutex(State())

    private static let banks = Mutex<[String: TestBank]>([:])

    /// The bank of an instance, by its id.
    public static func of(_ instance: String) -> TestBank {
        banks.withLock { banks in
            if let bank = banks[instance] { return bank }
            let bank = TestBank()
            banks[instance] = bank
            return bank
        }
    }

    public static func of<Subject>(_ instance: ID<Subject>) -> TestBank { of(instance.description) }

    /// The next calls that move money fail like this, one each.
    public func fail(_ faults: Fault...) {
        state.withLock { $0.faults += faults }
    }

    /// Until further notice payments, refunds, payouts and disputes cannot be looked up, for this
    /// reason; nil ends it.
    public func beBlind(_ reason: ProviderError?) { state.withLock { $0.blindness = reason } }

    /// What the bank would send about a dispute.
    public func webhook(_ dispute: DisputeSnapshot) -> WebhookDelivery {
        let event = "\(dispute.reference)-\(dispute.version)"
        state.withLock { $0.disputes[event] = dispute }
        return WebhookDelivery(
            headers: ["x-test-signature": "signed", "x-test-event": event],
            body: Array(event.utf8), receivedAt: .systemNow)
    }

    /// A dispute as the bank has it from now on, of which it tells nobody.
    public func keep(_ dispute: DisputeSnapshot, openedAt: Instant = .systemNow) {
        state.withLock { state in
            let known = state.knownDisputes.firstIndex {
                $0.snapshot.reference == dispute.reference
            }
            if let known {
                state.knownDisputes[known].snapshot = dispute
            } else {
                state.knownDisputes.append((openedAt, dispute))
            }
        }
    }

    /// The module can, or cannot, make anything of a dispute, as in a state that it does not know.
    public func garble(_ reference: String, _ isGarbled: Bool = true) {
        state.withLock { state in
            if isGarbled {
                state.garbled.insert(reference)
            } else {
                state.garbled.remove(reference)
            }
        }
    }

    /// Runs `work` once, while the next payment, refund, list of disputes or look-up of a payout or
    /// of what was taken back waits for the bank's answer.
    public func meanwhile(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.meanwhile = work }
    }

    func passTime() async {
        let work = state.withLock { state in
            defer { state.meanwhile = nil }
            return state.meanwhile
        }
        await work?()
    }

    /// It works again, whatever it was told.
    public func recover() {
        state.withLock { $0.faults = [] }
    }

    /// Every call so far: `start`, `capture`, `refund`, `void`, `pay`, …
    public var calls: [String] { state.withLock { $0.calls } }

    /// How often a key came with another request than before.
    public var keysReused: Int { state.withLock { $0.keysReused } }

    /// It is slow to look things up.
    public func slowDown(by pause: Duration) { state.withLock { $0.pause = pause } }

    /// As providers do after a day: a call that is sent again is made again.
    public func forgetKeys() {
        state.withLock { state in
            state.done = []
            state.captures = [:]
        }
    }

    /// The reservation ends before all of it was taken.
    public func lapse(_ reference: String) {
        state.withLock { state in
            guard let key = state.payments.first(where: { $0.value.reference == reference })?.key
            else { return }
            state.payments[key]?.status = .expired
            state.payments[key]?.version += 1
        }
    }

    /// It takes so much of a reservation after all that it had called over.
    public func take(_ amount: Money, of reference: String) {
        state.withLock { state in
            guard let key = state.payments.first(where: { $0.value.reference == reference })?.key,
                let captured = state.payments[key]?.captured.amount
            else { return }
            state.payments[key]?.captured = Money(captured + amount.amount, amount.currency)
            state.payments[key]?.status = .captured
            state.payments[key]?.version += 1
            state.book(.charge, amount, reference)
        }
    }

    /// A call arrives that everybody had given up: it is charged under its key.
    public func arrive(_ key: String, payment: String, _ amount: Money) {
        state.withLock { state in
            state.payments[key] = PaymentSnapshot(
                reference: "pay_" + key, paymentID: payment, status: .captured,
                authorized: amount, captured: amount, refunded: .zero(amount.currency), version: 1)
            state.book(.charge, amount, "pay_" + key)
        }
    }

    public var payments: [PaymentSnapshot] { state.withLock { Array($0.payments.values) } }

    /// What it took from customers and did not give back, in minor units.
    public var held: Int64 {
        state.withLock { state in
            state.payments.values.reduce(0) { $0 + $1.captured.amount - $1.refunded.amount }
                - state.payouts.values.reduce(0) { $0 + $1.amount.amount } + state.sentBack
        }
    }

    /// The accounts that it paid to, in their order.
    public var destinations: [String] { state.withLock { $0.destinations } }

    /// What it took back of payouts.
    public var reversals: [ReversalSnapshot] { state.withLock { Array($0.reversals.values) } }

    /// A payout comes back to it.
    public func sendBack(_ amount: Money) {
        state.withLock { $0.sentBack += amount.amount }
    }

    /// Does something to the bank's own books.
    public func spoilBalance(_ change: (inout [BalanceEntry]) -> Void) {
        state.withLock { change(&$0.balance) }
    }

    /// Where it was to pay sellers directly, one for each order.
    public var directDestinations: [String?] {
        state.withLock { $0.wanted.values.flatMap(\.shares).map(\.destination) }
    }

    /// What it paid to sellers.
    public var paidOut: [Money] { state.withLock { $0.payouts.values.map(\.amount) } }

    /// The customer comes back from the bank's page having agreed or not, or the bank is done.
    public func finish(_ reference: String, agreed: Bool = true) {
        state.withLock { state in
            guard let found = state.payments.first(where: { $0.value.reference == reference }),
                let wanted = state.wanted[reference],
                [.requiresAction, .processing].contains(found.value.status)
            else { return }
            var snapshot = found.value
            snapshot.status = !agreed ? .failed : wanted.capture == .now ? .captured : .authorized
            if agreed { snapshot.authorized = wanted.amount }
            if agreed, wanted.capture == .now { snapshot.captured = wanted.amount }
            snapshot.version += 1
            state.payments[found.key] = snapshot
            if snapshot.captured.isPositive {
                state.book(.charge, snapshot.captured, snapshot.reference)
            }
        }
    }

    /// The customer's bank sends a refund back that had succeeded.
    /// - Returns: what the bank would send about it.
    public func takeBackRefund(_ refund: String) -> WebhookDelivery? {
        state.withLock { state in
            guard let key = state.refunds.first(where: { $0.value.refundID == refund })?.key,
                var snapshot = state.refunds[key], snapshot.status == .succeeded,
                let payment = state.payments.first(where: {
                    $0.value.reference == snapshot.paymentReference
                })
            else { return nil }
            snapshot.status = .failed
            snapshot.version += 1
            state.refunds[key] = snapshot
            let left = payment.value.refunded.amount - snapshot.amount.amount
            state.payments[payment.key]?.refunded = Money(left, snapshot.amount.currency)
            state.payments[payment.key]?.version += 1
            state.book(.refund, snapshot.amount, snapshot.reference)
            return Self.delivery(of: snapshot)
        }
    }

    private static func delivery(of refund: RefundSnapshot) -> WebhookDelivery {
        WebhookDelivery(
            headers: [
                "x-test-signature": "signed",
                "x-test-event": "\(refund.reference)-\(refund.version)",
            ], body: Array(refund.reference.utf8), receivedAt: .systemNow)
    }

    /// What the bank would send about a payment. `eventID` repeats make it the same event.
    public func webhook(
        _ reference: String, eventID: String? = nil, at instant: Instant = .systemNow
    ) -> WebhookDelivery? {
        state.withLock { state in
            guard let snapshot = state.payments.values.first(where: { $0.reference == reference })
            else { return nil }
            let id = eventID ?? "\(reference)-\(snapshot.version)"
            return WebhookDelivery(
                headers: ["x-test-signature": "signed", "x-test-event": id],
                body: Array(reference.utf8), receivedAt: instant)
        }
    }

    /// Notes the call, fails it as told, and acts once per key.
    func perform<Answer>(
        _ call: String, _ act: (inout State) throws(ProviderError) -> Answer
    ) throws(ProviderError) -> Answer {
        let result: Result<Answer, ProviderError> = state.withLock { state in
            state.calls.append(call)
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            switch fault {
            case .callLost: return .failure(.ambiguous(message: "no answer"))
            case .unavailable:
                return .failure(.unavailable(message: "closed", retryAfterSeconds: nil))
            case .misconfigured: return .failure(.misconfigured(message: "The key is refused."))
            case .declined:
                return .failure(
                    .declined(code: "declined", message: "The bank said no.", mayRetry: true))
            case .notSent:
                return .failure(
                    .invalidRequest(code: "address.not-allowed", message: "a private address"))
            case .invalid:
                return .failure(
                    .invalidRequest(code: "invalid", message: "The bank calls it invalid."))
            case .answerLost, nil: break
            }
            do throws(ProviderError) {
                let answer = try act(&state)
                if fault == nil { return .success(answer) }
                return .failure(.ambiguous(message: "the answer was lost"))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
