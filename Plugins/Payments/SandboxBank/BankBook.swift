import ProviderKit
import Vocabulary

/// Everything that the bank knows, and the only one who changes it. Each operation runs to its
/// end before the next, so that ten calls with one key are one effect and nine repetitions.
actor BankBook {
    struct Answer: Sendable {
        var status: Int
        var body: String
        /// The bank acts, or does not, and keeps silent.
        var isWithheld = false
        var object: String?
        var retryAfterSeconds: Int?
    }

    let settings: SandboxBank.Settings
    let faults: BankFaults
    private let address: BankAddress
    private let journal: Journal?
    private var unwritten: [JournalRecord] = []
    private(set) var payments: [String: BankPayment] = [:]
    private(set) var refunds: [String: BankRefund] = [:]
    private(set) var payouts: [String: BankPayout] = [:]
    private(set) var entries: [BalanceEntry] = []
    private(set) var events: [String: BankEvent] = [:]
    private var answers: [String: StoredAnswer] = [:]
    /// Payments and payouts whose result is still to come.
    private var unsettled: Set<String> = []
    private var undelivered: Set<String> = []

    init(
        _ settings: SandboxBank.Settings, address: BankAddress, faults: BankFaults
    ) throws {
        self.settings = settings
        self.faults = faults
        self.address = address
        guard let path = settings.journal else {
            journal = nil
            return
        }
        var records: [JournalRecord] = []
        journal = try Journal(path: path) { records.append($0) }
        for record in records {
            switch record {
            case .payment(let payment):
                payments[payment.id] = payment
                if payment.settlesAt == nil { unsettled.remove(payment.id) }
                if payment.settlesAt != nil { unsettled.insert(payment.id) }
            case .refund(let refund): refunds[refund.id] = refund
            case .payout(let payout):
                payouts[payout.id] = payout
                if payout.settlesAt == nil { unsettled.remove(payout.id) }
                if payout.settlesAt != nil { unsettled.insert(payout.id) }
            case .entry(let entry):
                if entry.number <= entries.count {
                    entries[entry.number - 1] = entry
                } else {
                    entries.append(entry)
                }
            case .event(let event):
                events[event.id] = event
                if event.deliveredAt == nil { undelivered.insert(event.id) }
                if event.deliveredAt != nil { undelivered.remove(event.id) }
            case .answer(let answer): answers[answer.account + "|" + answer.key] = answer
            }
        }
    }

    var bankURL: String { address.url }

    /// Does it once per key and keeps the answer; a repetition gets that answer.
    func perform(_ operation: BankOperation, account: String, key: String) -> Answer {
        let fingerprint = hexadecimal(sha256(Array(Wire.encode(operation).utf8)))
        if let stored = answers[account + "|" + key] {
            guard stored.fingerprint == fingerprint else {
                return Self.refused(
                    BankRefusal(422, "key_reused", "This key was used for something else."))
            }
            return Answer(status: stored.status, body: stored.body, object: stored.object)
        }
        let answer: Answer
        do throws(BankRefusal) {
            answer = try act(operation, account)
        } catch {
            answer = Self.refused(error)
        }
        // Nothing happened: the same key may try again.
        guard let object = answer.object else { return answer }
        let stored = StoredAnswer(
            account: account, key: key, fingerprint: fingerprint, status: answer.status,
            body: answer.body, object: object)
        answers[account + "|" + key] = stored
        write(.answer(stored))
        settings.reached?("bank.\(operation.name).before-journal")
        flush()
        settings.reached?("bank.\(operation.name).journaled")
        return answer
    }

    private func act(_ operation: BankOperation, _ account: String) throws(BankRefusal) -> Answer {
        switch operation {
        case .start(let question): try start(question, account)
        case .capture(let id, let question): try capture(id, question, account)
        case .void(let id): try void(id, account)
        case .refund(let id, let question): try refund(id, question, account)
        case .pay(let question): try pay(question, account)
        }
    }

    static func refused(_ refusal: BankRefusal) -> Answer {
        let problem = ErrorBody.Problem(code: refusal.code, message: refusal.message)
        return Answer(status: refusal.status, body: Wire.encode(ErrorBody(error: problem)))
    }

    /// Too many calls.
    static var busy: Answer {
        var answer = refused(BankRefusal(429, "rate_limited", "Too many calls."))
        answer.retryAfterSeconds = 1
        return answer
    }

    /// What a call with that key made, if anything.
    func object(_ account: String, key: String) -> String? {
        answers[account + "|" + key]?.object
    }

    func save(_ payment: BankPayment) {
        payments[payment.id] = payment
        if payment.settlesAt == nil {
            unsettled.remove(payment.id)
        } else {
            unsettled.insert(payment.id)
        }
        write(.payment(payment))
    }

    func save(_ refund: BankRefund) {
        refunds[refund.id] = refund
        write(.refund(refund))
    }

    func save(_ payout: BankPayout) {
        payouts[payout.id] = payout
        if payout.settlesAt == nil {
            unsettled.remove(payout.id)
        } else {
            unsettled.insert(payout.id)
        }
        write(.payout(payout))
    }

    func save(_ event: BankEvent) {
        events[event.id] = event
        if event.deliveredAt == nil {
            undelivered.insert(event.id)
        } else {
            undelivered.remove(event.id)
        }
        write(.event(event))
    }

    func book(_ kind: BalanceEntry.Kind, _ amount: Money, source: String, account: String) {
        let entry = BalanceEntry(
            number: entries.count + 1, account: account, kind: kind, source: source,
            amount: amount, at: .systemNow)
        entries.append(entry)
        write(.entry(entry))
    }

    /// What the remote control does to the bank's books: a line is mislaid, has another amount, or
    /// is there twice. Nothing for a line that there is not.
    func spoil(_ number: Int, _ mistake: BookMistake) -> BalanceEntry? {
        guard (1...entries.count).contains(number) else { return nil }
        var entry = entries[number - 1]
        switch mistake {
        case .lost: entry.isLost = true
        case .off(let units):
            entry.amount = Money(entry.amount.amount + units, entry.amount.currency)
        case .twice: book(entry.kind, entry.amount, source: entry.source, account: entry.account)
        }
        entries[number - 1] = entry
        write(.entry(entry))
        flush()
        return entry
    }

    /// Everything that was saved since goes to the journal in one write.
    func flush() {
        guard !unwritten.isEmpty else { return }
        journal?.append(unwritten)
        unwritten = []
    }

    private func write(_ record: JournalRecord) {
        if journal != nil { unwritten.append(record) }
    }

    func waiting() -> (unsettled: [String], undelivered: [BankEvent]) {
        (unsettled.sorted(), undelivered.compactMap { events[$0] }.sorted { $0.number < $1.number })
    }

    static func newID(_ prefix: String) -> String { prefix + "_" + hexadecimal(randomBytes(12)) }
}
