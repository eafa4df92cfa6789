import ProviderKit
import Vocabulary

extension CounterpartState {
    /// - Parameter account: of `Stripe-Account`: on whose behalf it is asked.
    func read(
        _ route: [String], _ query: CounterpartForm, for account: String?
    ) -> HTTPResponse {
        let paidOut = bankPayouts.filter { $0.account == account }
        let body: CounterpartJSON? =
            switch (route.first, route.count) {
            case ("balance", 1):
                [
                    "object": "balance", "livemode": false,
                    "available": .list(available(of: account)),
                ]
            case ("balance_transactions", 1): lines(query)
            case ("payment_intents", 1): list(payments.map { ($0.created, intent($0)) }, query)
            case ("payment_intents", 2): payments.first { $0.id == route[1] }.map(intent)
            case ("checkout", 2):
                list(
                    sessions.filter {
                        query["payment_intent"] == nil || $0.payment == query["payment_intent"]
                    }.map { ($0.created, session($0)) }, query)
            case ("checkout", 3): sessions.first { $0.id == route[2] }.map(session)
            case ("refunds", 1):
                list(
                    refunds.filter {
                        query["payment_intent"] == nil || $0.payment == query["payment_intent"]
                    }.map { ($0.created, self.body($0)) }, query)
            case ("refunds", 2): refunds.first { $0.id == route[1] }.map(self.body)
            case ("transfers", 1): list(transfers.map { ($0.created, self.body($0)) }, query)
            case ("transfers", 2): transfers.first { $0.id == route[1] }.map(self.body)
            case ("transfers", 3):
                list(
                    reversals.filter { $0.transfer == route[1] }
                        .map { ($0.created, self.body($0)) }, query)
            case ("transfers", 4): reversals.first { $0.id == route[3] }.map(self.body)
            case ("disputes", 1): list(disputes.map { ($0.created, self.body($0)) }, query)
            case ("disputes", 2): disputes.first { $0.id == route[1] }.map(self.body)
            case ("payouts", 1): list(paidOut.map { ($0.created, self.body($0)) }, query)
            case ("payouts", 2): paidOut.first { $0.id == route[1] }.map(self.body)
            case ("accounts", 1): list(accounts.map { ($0.created, self.body($0)) }, query)
            case ("accounts", 2) where route[1] == Self.readyAccount: readyBody
            case ("accounts", 2): accounts.first { $0.id == route[1] }.map(self.body)
            default: nil
            }
        return body.map {
            HTTPResponse(
                status: 200, headers: ["Content-Type": "application/json"], body: $0.bytes)
        } ?? StripeNo(404, "resource_missing").response
    }

    /// Enough for every payout of the run: what is not there yet is another matter.
    private func available(of account: String?) -> [CounterpartJSON] {
        ["eur", "usd", "jpy", "kwd"].map { currency in
            let held = currency == "eur" ? account.map { self.held(of: $0) } : nil
            return ["amount": .number(held ?? 1_000_000_000), "currency": .text(currency)]
        }
    }

    /// Newest first, page by page.
    private func list(
        _ rows: [(created: Int64, body: CounterpartJSON)], _ query: CounterpartForm
    ) -> CounterpartJSON {
        let from = query.number("created[gte]") ?? 0
        let until = query.number("created[lt]") ?? .max
        let found = rows.reversed().filter { $0.created >= from && $0.created < until }
            .map(\.body)
        let last = query["starting_after"]
        let begin = last.flatMap { last in found.firstIndex { $0.id == last } }.map { $0 + 1 }
        let rest = last == nil ? found[...] : found[(begin ?? found.count)...]
        let page = rest.prefix(Int(query.number("limit") ?? 10))
        return [
            "object": "list", "has_more": .flag(page.count < rest.count), "url": "/v1",
            "data": .list(Array(page)),
        ]
    }

    private func lines(_ query: CounterpartForm) -> CounterpartJSON {
        list(
            movements.map { movement in
                (
                    movement.created,
                    [
                        "id": .text(movement.id), "object": "balance_transaction",
                        "type": .text(movement.type), "amount": .number(movement.amount),
                        "fee": 0, "net": .number(movement.amount),
                        "currency": .text(movement.currency), "source": movement.source,
                        "created": .number(movement.created),
                    ]
                )
            }, query)
    }

    func charge(_ payment: Payment) -> CounterpartJSON {
        [
            "id": .text("ch_of_\(payment.id)"), "object": "charge",
            "amount": .number(payment.amount), "amount_captured": .number(payment.received),
            // What was released counts as given back.
            "amount_refunded": .number(
                payment.status == "succeeded"
                    ? payment.amount - payment.received + payment.refunded : 0),
            "payment_intent": .text(payment.id), "metadata": payment.marks,
        ]
    }

    func intent(_ payment: Payment) -> CounterpartJSON {
        [
            "id": .text(payment.id), "object": "payment_intent", "livemode": false,
            "amount": .number(payment.amount), "amount_received": .number(payment.received),
            "currency": .text(payment.currency), "status": .text(payment.status),
            "metadata": payment.marks, "created": .number(payment.created),
            "latest_charge": payment.isCharged ? charge(payment) : .null,
        ]
    }

    func session(_ session: Session) -> CounterpartJSON {
        let payment = payments.first { $0.id == session.payment }
        return [
            "id": .text(session.id), "object": "checkout.session", "livemode": false,
            "status": .text(session.status), "amount_total": .number(session.amount),
            "currency": .text(session.currency), "metadata": session.marks,
            "created": .number(session.created),
            "url": session.status == "open"
                ? .text("http://stripe.example:12111/c/pay/\(session.id)") : .null,
            "payment_intent": payment.map(intent) ?? .null,
        ]
    }

    func body(_ refund: Refund) -> CounterpartJSON {
        [
            "id": .text(refund.id), "object": "refund", "amount": .number(refund.amount),
            "currency": .text(refund.currency), "status": "succeeded",
            "payment_intent": .text(refund.payment), "metadata": refund.marks,
            "created": .number(refund.created),
        ]
    }
}
