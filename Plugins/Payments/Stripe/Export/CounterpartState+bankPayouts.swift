import ProviderKit
import Vocabulary

// What goes on from sellers' accounts to their banks.
extension CounterpartState {
    struct BankPayout: Sendable {
        let id: String
        let account: String
        /// Below zero where it takes another one back.
        let amount: Int64
        let marks: CounterpartJSON
        /// The platform's id of the order; nil for what the schedule made.
        let orderID: String?
        /// The payout that it takes back.
        let original: String?
        let created: Int64
        var status = "pending"
        var reversedBy: String?
    }

    /// In the smallest unit; all that the schedule makes are alike.
    static let bankPayoutAmount: Int64 = 700
    /// What the ready account holds before anything goes to its bank, in cents.
    static let heldAtFirst: Int64 = 50_000_000

    /// What an account holds of euros.
    func held(of account: String) -> Int64 {
        Self.heldAtFirst
            - bankPayouts.reduce(0) { sum, payout in
                let isOver = payout.status == "failed" || payout.status == "canceled"
                return payout.account == account && !isOver ? sum + payout.amount : sum
            }
    }

    mutating func payOut(_ account: String, _ now: Int64) {
        _ = make(
            BankPayout(
                id: next("po"), account: account, amount: Self.bankPayoutAmount, marks: [:],
                orderID: nil, original: nil, created: now))
    }

    /// What the platform asks for on behalf of an account.
    mutating func payOut(
        of account: String?, _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        guard let account, account == Self.readyAccount, form["currency"] == "eur" else {
            throw StripeNo(400, "payouts_not_allowed")
        }
        let amount = try Self.units(form, "amount")
        guard amount <= held(of: account) else { throw StripeNo(400, "balance_insufficient") }
        return make(
            BankPayout(
                id: next("po"), account: account, amount: amount, marks: form.marks("metadata"),
                orderID: form["metadata[guildhall_payout]"], original: nil, created: now))
    }

    private mutating func make(_ payout: BankPayout) -> CounterpartJSON {
        bankPayouts.append(payout)
        tell("payout.created", body(payout), of: payout.account)
        return body(payout)
    }

    mutating func bankAnswers(_ id: String, taken: Bool) {
        guard let place = bankPayouts.firstIndex(where: { $0.id == id }) else { return }
        bankPayouts[place].status = taken ? "paid" : "failed"
        let payout = bankPayouts[place]
        tell("payout.\(payout.status)", body(payout), of: payout.account)
    }

    mutating func giveBack(_ id: String, _ now: Int64) -> String {
        guard let place = bankPayouts.firstIndex(where: { $0.id == id }) else { return "" }
        let paid = bankPayouts[place]
        let back = next("po")
        bankPayouts[place].reversedBy = back
        _ = make(
            BankPayout(
                id: back, account: paid.account, amount: -paid.amount, marks: [:], orderID: nil,
                original: id, created: now))
        return back
    }

    func body(_ payout: BankPayout) -> CounterpartJSON {
        let isFailed = payout.status == "failed"
        return [
            "id": .text(payout.id), "object": "payout", "amount": .number(payout.amount),
            "currency": "eur", "status": .text(payout.status), "created": .number(payout.created),
            "arrival_date": .number(payout.created + 2 * 86_400), "livemode": false,
            "automatic": .flag(payout.orderID == nil), "metadata": payout.marks,
            "original_payout": payout.original.map { .text($0) } ?? .null,
            "reversed_by": payout.reversedBy.map { .text($0) } ?? .null,
            "failure_code": isFailed ? "account_closed" : .null,
            "failure_message": isFailed ? "The bank account has been closed." : .null,
        ]
    }

    /// The account that is ready from the beginning, which pays out when it is told to.
    var readyBody: CounterpartJSON {
        [
            "id": .text(Self.readyAccount), "object": "account", "payouts_enabled": true,
            "details_submitted": true, "capabilities": ["transfers": "active"],
            "requirements": ["currently_due": [], "past_due": [], "disabled_reason": .null],
            "settings": ["payouts": ["schedule": ["interval": "manual"]]], "metadata": [:],
            "created": 0,
        ]
    }
}

extension StripeCounterpart: CounterpartWithOrderedBankPayouts {
    func accountPaysOut() async {
        state.withLock {
            $0.payOut(CounterpartState.readyAccount, Instant.systemNow.secondsSince1970)
        }
    }

    func bankAnswers(_ reference: String, taken: Bool) async {
        state.withLock { $0.bankAnswers(reference, taken: taken) }
    }

    func bankGivesBack(_ reference: String) async -> String {
        state.withLock { $0.giveBack(reference, Instant.systemNow.secondsSince1970) }
    }

    var accountFunds: Money {
        Money(state.withLock { $0.held(of: CounterpartState.readyAccount) }, .eur)
    }

    var orderedBankPayouts: [String] {
        state.withLock { state in
            state.bankPayouts.filter { $0.status != "failed" }.compactMap(\.orderID)
        }
    }

    var bankPayouts: [BankPayoutSnapshot] {
        state.withLock { state in
            state.bankPayouts.map { payout in
                let status: BankPayoutStatus =
                    switch payout.status {
                    case "paid": .paid
                    case "failed": .failed
                    default: .pending
                    }
                return BankPayoutSnapshot(
                    reference: payout.id, account: payout.account, status: status,
                    amount: Money(payout.amount, .eur),
                    madeAt: Instant(secondsSince1970: payout.created), version: 1)
            }
        }
    }
}
