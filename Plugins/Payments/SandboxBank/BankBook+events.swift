import Vocabulary

extension BankBook {
    /// Webhooks are tried again until they were taken, less and less often, this many times.
    static let triesMax = 25

    /// So many are sent at once; the rest comes at the next look.
    static let dueMax = 100

    func emit(
        _ type: String, to url: String, account: String, _ fill: (inout EventBody) -> Void
    ) {
        let id = Self.newID("evt")
        var body = EventBody(id: id, type: type, createdAt: .systemNow)
        fill(&body)
        save(
            BankEvent(
                id: id, number: events.count + 1, account: account, type: type, url: url,
                body: Wire.encode(body),
                nextAt: Instant.systemNow.advanced(by: .milliseconds(faults.delay()))))
    }

    /// Delayed results whose time has come, or all of them.
    @discardableResult
    func settleDue(at now: Instant, all: Bool = false, account: String? = nil) -> Int {
        var count = 0
        for id in waiting().unsettled {
            if var payment = payments[id], let at = payment.settlesAt, all || at <= now,
                account == nil || account == payment.account
            {
                count += 1
                if payment.token == .delayedDecline {
                    fail(&payment, "card_declined", "The card was declined.")
                } else {
                    authorize(&payment)
                }
            }
            if var payout = payouts[id], let at = payout.settlesAt, all || at <= now,
                account == nil || account == payout.account
            {
                count += 1
                settle(&payout)
            }
        }
        flush()
        return count
    }

    /// Webhooks that are to be sent now. They count as tried, so that nobody sends them twice.
    func takeDue(at now: Instant) -> [BankEvent] {
        var due: [BankEvent] = []
        for var event in waiting().undelivered where event.nextAt <= now {
            guard event.tries < Self.triesMax else { continue }
            guard due.count < Self.dueMax else { break }
            due.append(event)
            event.tries += 1
            let wait = Duration.milliseconds(250) * (1 << min(event.tries, 12))
            event.nextAt = now.advanced(by: min(wait, .seconds(600)))
            save(event)
        }
        flush()
        return faults.deliveries(of: due)
    }

    func delivered(_ id: String) {
        guard var event = events[id], event.deliveredAt == nil else { return }
        event.deliveredAt = .systemNow
        save(event)
        flush()
    }

    /// Everything that waits is due now.
    func release(account: String?) -> Int {
        for var event in waiting().undelivered where account == nil || account == event.account {
            event.nextAt = .systemNow
            event.tries = 0
            save(event)
        }
        return settleDue(at: .systemNow, all: true, account: account)
    }

    /// All webhooks ever made, newest first if asked, to be sent again.
    func history(account: String?, reversed: Bool) -> [BankEvent] {
        let all = events.values.filter { account == nil || account == $0.account }
        return all.sorted { reversed ? $0.number > $1.number : $0.number < $1.number }
    }
}
