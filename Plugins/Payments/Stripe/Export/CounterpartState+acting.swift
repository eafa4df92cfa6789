import ProviderKit
import Vocabulary

extension CounterpartState {
    mutating func act(
        _ route: [String], _ form: CounterpartForm, of account: String?, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        switch (route.first, route.count, route.last) {
        case ("payment_intents", 1, _): return try pay(form, now)
        case ("payment_intents", 3, "capture"): return try capture(route[1], form, now)
        case ("payment_intents", 3, "cancel"): return try cancel(route[1])
        case ("checkout", 2, "sessions"): return try open(form, now)
        case ("checkout", 4, "expire"): return try expire(route[2])
        case ("refunds", 1, _): return try refund(form, now)
        case ("transfers", 1, _): return try transfer(form, now)
        case ("transfers", 3, "reversals"): return try reverse(route[1], form, now)
        case ("payouts", 1, _): return try payOut(of: account, form, now)
        case ("accounts", 1, _): return openAccount(form, now)
        default: throw StripeNo(404, "url")
        }
    }

    static func units(_ form: CounterpartForm, _ key: String) throws(StripeNo) -> Int64 {
        guard let amount = form.number(key), (1...99_999_999).contains(amount) else {
            throw StripeNo(400, "parameter_invalid_integer")
        }
        return amount
    }

    private static func check(_ amount: Int64, _ currency: String) throws(StripeNo) {
        if ["eur", "usd"].contains(currency), amount < 50 {
            throw StripeNo(400, "amount_too_small")
        }
        if ["kwd", "bhd", "jod", "omr", "tnd"].contains(currency), amount % 10 != 0 {
            throw StripeNo(400, "parameter_invalid_integer")
        }
    }

    private mutating func pay(
        _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        let (amount, currency) = (try Self.units(form, "amount"), form["currency"] ?? "")
        try Self.check(amount, currency)
        var payment = Payment(
            id: next("pi"), amount: amount, currency: currency,
            isManual: form["capture_method"] == "manual", marks: form.marks("metadata"),
            paymentID: form["metadata[guildhall_payment]"], created: now)
        guard form["payment_method"] == "pm_card_visa" else {
            payments.append(payment)
            tell("payment_intent.payment_failed", intent(payment))
            throw StripeNo(402, "card_declined")
        }
        payment.status = "requires_capture"
        payments.append(payment)
        if !payment.isManual { settle(payments.count - 1, amount, now) }
        return intent(payments[payments.count - 1])
    }

    private mutating func settle(_ index: Int, _ amount: Int64, _ now: Int64) {
        payments[index].status = "succeeded"
        payments[index].received = amount
        let payment = payments[index]
        movements.append(
            Movement(
                id: next("txn"), type: "charge", amount: amount, currency: payment.currency,
                source: charge(payment), created: now))
        tell("payment_intent.succeeded", intent(payment))
    }

    private mutating func capture(
        _ id: String, _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        guard let index = payments.firstIndex(where: { $0.id == id }) else {
            throw StripeNo(404, "resource_missing")
        }
        guard payments[index].status == "requires_capture" else {
            throw StripeNo(400, "payment_intent_unexpected_state")
        }
        let amount = try Self.units(form, "amount_to_capture")
        guard amount <= payments[index].amount else { throw StripeNo(400, "amount_too_large") }
        settle(index, amount, now)
        return intent(payments[index])
    }

    private mutating func cancel(_ id: String) throws(StripeNo) -> CounterpartJSON {
        guard let index = payments.firstIndex(where: { $0.id == id }) else {
            throw StripeNo(404, "resource_missing")
        }
        guard !["succeeded", "canceled"].contains(payments[index].status) else {
            throw StripeNo(400, "payment_intent_unexpected_state")
        }
        payments[index].status = "canceled"
        tell("payment_intent.canceled", intent(payments[index]))
        return intent(payments[index])
    }

    private mutating func open(
        _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        let price = "line_items[0][price_data]"
        let amount = try Self.units(form, "\(price)[unit_amount]")
        let currency = form["\(price)[currency]"] ?? ""
        try Self.check(amount, currency)
        let data = "payment_intent_data"
        sessions.append(
            Session(
                id: next("cs_test"), amount: amount, currency: currency,
                isManual: form["\(data)[capture_method]"] == "manual",
                marks: form.marks("metadata"), intentMarks: form.marks("\(data)[metadata]"),
                paymentID: form["metadata[guildhall_payment]"], created: now))
        return session(sessions[sessions.count - 1])
    }

    private mutating func expire(_ id: String) throws(StripeNo) -> CounterpartJSON {
        guard let index = sessions.firstIndex(where: { $0.id == id }) else {
            throw StripeNo(404, "resource_missing")
        }
        guard sessions[index].status == "open" else { throw StripeNo(400, "not_open") }
        sessions[index].status = "expired"
        tell("checkout.session.expired", session(sessions[index]))
        return session(sessions[index])
    }

    /// The customer pays on the page.
    mutating func paySession(_ id: String, _ now: Int64) {
        guard let index = sessions.firstIndex(where: { $0.id == id && $0.status == "open" })
        else { return }
        var payment = Payment(
            id: next("pi"), amount: sessions[index].amount, currency: sessions[index].currency,
            isManual: sessions[index].isManual, marks: sessions[index].intentMarks,
            paymentID: sessions[index].paymentID, created: now)
        payment.session = id
        payment.status = "requires_capture"
        payments.append(payment)
        sessions[index].payment = payment.id
        sessions[index].status = "complete"
        if !payment.isManual { settle(payments.count - 1, payment.amount, now) }
        tell("checkout.session.completed", session(sessions[index]))
    }

    private mutating func refund(
        _ form: CounterpartForm, _ now: Int64
    ) throws(StripeNo) -> CounterpartJSON {
        guard let index = payments.firstIndex(where: { $0.id == form["payment_intent"] }) else {
            throw StripeNo(404, "resource_missing")
        }
        let amount = try Self.units(form, "amount")
        let payment = payments[index]
        guard payment.status == "succeeded", amount <= payment.received - payment.refunded else {
            throw StripeNo(400, "amount_too_large")
        }
        payments[index].refunded += amount
        let refund = Refund(
            id: next("re"), payment: payment.id, amount: amount, currency: payment.currency,
            marks: form.marks("metadata"), refundID: form["metadata[guildhall_refund]"],
            reference: payment.session ?? payment.id, created: now)
        refunds.append(refund)
        movements.append(
            Movement(
                id: next("txn"), type: "refund", amount: -amount, currency: payment.currency,
                source: body(refund), created: now))
        tell("charge.refunded", charge(payments[index]))
        tell("refund.created", body(refund))
        return body(refund)
    }
}
