import ProviderKit
import Vocabulary

extension BankBook {
    /// Accounts that begin with FAIL refuse the money; those that begin with DELAY take their
    /// time; all others have it at once.
    func pay(_ question: PayoutQuestion, _ account: String) throws(BankRefusal) -> Answer {
        guard question.amount.amount > 0, question.amount.amount <= Money.amountMax else {
            throw BankRefusal(400, "amount_invalid", "An amount is positive and not absurd.")
        }
        guard !question.destination.account.isEmpty,
            (1...100).contains(question.merchantReference.utf8.count),
            WebAddress(question.webhookURL) != nil
        else { throw BankRefusal(400, "malformed", "A field does not hold what it should.") }
        var payout = BankPayout(
            id: Self.newID("po"), account: account, merchantReference: question.merchantReference,
            amount: question.amount, destination: question.destination,
            statement: question.statement, webhookURL: question.webhookURL, createdAt: .systemNow,
            status: .pending)
        if question.destination.account.hasPrefix("DELAY") {
            payout.settlesAt = Instant.systemNow.advanced(by: settings.delay)
            save(payout)
        } else {
            payout.version = 0
            settle(&payout)
        }
        return answer(payout, status: 201)
    }

    func settle(_ payout: inout BankPayout) {
        payout.settlesAt = nil
        payout.version += 1
        if payout.destination.account.hasPrefix("FAIL") {
            payout.status = .failed
            payout.failureCode = "account_closed"
        } else {
            payout.status = .paid
            let negative = Money(-payout.amount.amount, payout.amount.currency)
            book(.payout, negative, source: payout.id, account: payout.account)
        }
        save(payout)
        let settled = payout
        emit("payout.\(payout.status.rawValue)", to: payout.webhookURL, account: payout.account) {
            $0.payout = PayoutBody(settled)
        }
    }

    func payout(_ id: String, _ account: String) throws(BankRefusal) -> BankPayout {
        guard let payout = payouts[id], payout.account == account else {
            throw BankRefusal(404, "not_found", "There is no such payout.")
        }
        return payout
    }

    func refund(_ id: String, _ account: String) throws(BankRefusal) -> BankRefund {
        guard let refund = refunds[id], refund.account == account else {
            throw BankRefusal(404, "not_found", "There is no such refund.")
        }
        return refund
    }

    func answer(_ payout: BankPayout, status: Int) -> Answer {
        Answer(status: status, body: Wire.encode(PayoutBody(payout)), object: payout.id)
    }

    /// A page of a merchant's balance, oldest first; of a time, or from the beginning.
    func entries(
        _ account: String, after number: Int, from: Instant? = nil, until: Instant? = nil
    ) -> EntriesBody {
        let limit = 100
        let rest = entries.dropFirst(max(0, min(number, entries.count)))
            .lazy.filter { entry in
                entry.account == account && entry.isLost != true
                    && (from.map { entry.at >= $0 } ?? true)
                    && (until.map { entry.at < $0 } ?? true)
            }.prefix(limit + 1)
        let page = Array(rest)
        return EntriesBody(
            items: page.prefix(limit).map {
                EntriesBody.Item(
                    number: $0.number, kind: $0.kind.rawValue, source: $0.source,
                    amount: $0.amount, at: $0.at)
            },
            next: page.count > limit ? page[limit - 1].number : nil)
    }
}
