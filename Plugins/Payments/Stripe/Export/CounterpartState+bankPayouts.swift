import ProviderKit
import Vocabulary

// What goes on from sellers' accounts to their banks.
extension CounterpartState {
    struct BankPayout: Sendable {
        let id: String
        let account: String
        let created: Int64
        var status = "pending"
    }

    /// In the smallest unit; all of them are alike.
    static let bankPayoutAmount: Int64 = 700

    mutating func payOut(_ account: String, _ now: Int64) {
        let payout = BankPayout(id: next("po"), account: account, created: now)
        bankPayouts.append(payout)
        tell("payout.created", body(payout), of: account)
    }

    mutating func bankAnswers(_ id: String, taken: Bool) {
        guard let place = bankPayouts.firstIndex(where: { $0.id == id }) else { return }
        bankPayouts[place].status = taken ? "paid" : "failed"
        let payout = bankPayouts[place]
        tell("payout.\(payout.status)", body(payout), of: payout.account)
    }

    func body(_ payout: BankPayout) -> CounterpartJSON {
        let isFailed = payout.status == "failed"
        return [
            "id": .text(payout.id), "object": "payout", "amount": .number(Self.bankPayoutAmount),
            "currency": "eur", "status": .text(payout.status), "created": .number(payout.created),
            "arrival_date": .number(payout.created + 2 * 86_400), "livemode": false,
            "failure_code": isFailed ? "account_closed" : .null,
            "failure_message": isFailed ? "The bank account has been closed." : .null,
        ]
    }
}

extension StripeCounterpart: CounterpartWithBankPayouts {
    func accountPaysOut() async {
        state.withLock {
            $0.payOut(CounterpartState.readyAccount, Instant.systemNow.secondsSince1970)
        }
    }

    func bankAnswers(_ reference: String, taken: Bool) async {
        state.withLock { $0.bankAnswers(reference, taken: taken) }
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
                    amount: Money(CounterpartState.bankPayoutAmount, .eur),
                    madeAt: Instant(secondsSince1970: payout.created), version: 1)
            }
        }
    }
}
