import Vocabulary

extension SimMarket {
    /// What a booking changed of what a seller who is paid directly is to be invoiced.
    struct Unbilled {
        let charge: UnbilledCharge
        let currency: Currency
        /// Of the sale, whatever the month of the refund.
        let month: Int64
    }

    /// What a seller was invoiced of a month in one currency.
    struct Invoice {
        let purse: Purse
        let month: Int64
        let lines: [InvoicePlan.Line]
        /// Minor units, of commission, its VAT and tax together.
        var paid: Int64 = 0

        var total: Int64 { lines.reduce(0) { $0 + $1.charge.total } }
    }

    /// A month is a week here, so that short stories have several.
    static func month(of instant: Instant) -> Int64 { instant.secondsSince1970 / (86_400 * 7) }

    /// Writes a direct sale or a refund of one into the books, and with it what it changes of what
    /// is to be invoiced; neither when it was there before.
    mutating func postDirect(_ posting: Posting) throws {
        let isNew = ledger.entries(of: posting.key).isEmpty
        try ledger.post(posting)
        guard isNew, let order = posting.entries.lazy.compactMap(\.order).first,
            let place = places[order], let wallet = purchases[place.tag]?.orders[place.order].wallet
        else { return }
        let month = soldIn[order] ?? Self.month(of: now)
        soldIn[order] = month
        unbilled[wallet].append(
            Unbilled(
                charge: rules.invoiceCharge(order, posting), currency: posting.currency,
                month: month))
    }

    /// The invoices of all months that are over, in one commit.
    mutating func invoiceMonths() throws {
        let current = Self.month(of: now)
        while nextMonth < current {
            for wallet in wallets.indices {
                for currency in SimCart.currencies {
                    try invoice(Purse(wallet: wallet, currency: currency), until: nextMonth)
                }
            }
            nextMonth += 1
        }
        try step()
    }

    /// What `issue` writes for one seller and currency.
    private mutating func invoice(_ purse: Purse, until month: Int64) throws(SimFault) {
        let due = unbilled[purse.wallet].filter {
            $0.currency == purse.currency && $0.month <= month
        }
        guard !due.isEmpty else { return }
        let plan = rules.invoice(due.map(\.charge), ownLines)
        for place in due { touch(place.charge.order) }
        unbilled[purse.wallet].removeAll {
            $0.currency == purse.currency && $0.month <= month
                && plan.settled.contains($0.charge.order)
        }
        guard !plan.lines.isEmpty else { return }
        let invoice = Invoice(purse: purse, month: month, lines: plan.lines)
        try check(invoice)
        for line in invoice.lines {
            let order = line.charge.order
            if !line.isCorrection { ownLines.insert(order) }
            invoiced[order] = invoiced[order].map { $0 + line.charge } ?? line.charge
        }
        invoices.append(invoice)
    }

    /// An invoice asks for something or for nothing, never for less; each order has one line of its
    /// own on all of them together, before what corrects it.
    private func check(_ invoice: Invoice) throws(SimFault) {
        func require(_ holds: Bool, _ what: @autoclosure () -> String) throws(SimFault) {
            if !holds { throw SimFault("an invoice: \(what())") }
        }
        let charges = invoice.lines.map(\.charge)
        for sum in [
            charges.reduce(0) { $0 + $1.commission }, charges.reduce(0) { $0 + $1.commissionVAT },
            charges.reduce(0) { $0 + $1.taxByPlatform },
        ] { try require(sum >= 0, "it charges \(sum)") }
        try require(Set(charges.map(\.order)).count == charges.count, "an order stands twice on it")
        for line in invoice.lines {
            try require(
                line.isCorrection == ownLines.contains(line.charge.order),
                line.isCorrection ? "it corrects nothing" : "an order is sold a second time")
        }
        try require(
            !invoices.contains { $0.purse == invoice.purse && $0.month == invoice.month },
            "a month has two")
    }

    private mutating func touch(_ order: ID<Kernel.Order>) {
        if let place = places[order] { touched.insert(place.tag) }
    }

    /// A seller pays an invoice, or a part of it, to the market's account at the first bank.
    mutating func payInvoice(_ random: inout SplitMix64) throws {
        guard let index = invoices.indices.suffix(60).randomElement(using: &random) else { return }
        let invoice = invoices[index]
        let (wallet, currency) = (wallets[invoice.purse.wallet], invoice.purse.currency)
        let most = min(
            invoice.total - invoice.paid, -ledger.balance(.sellerReceivable(wallet), currency))
        guard most > 0 else { return }
        let amount =
            Bool.random(using: &random) ? most : Int64.random(in: 1...most, using: &random)
        invoices[index].paid += amount
        banks[0].receive(Money(amount, currency))
        moved[invoice.purse, default: 0] -= amount
        purses.insert(invoice.purse)
        try ledger.post(
            try .invoicePayment(
                ID(), [(wallet: wallet, amount: amount)], currency, at: banks[0].instance))
        try step()
    }

    /// What was invoiced of a direct sale and what waits to be is what the books have of it.
    func checkInvoiced(_ order: Order) throws(SimFault) {
        let waiting = unbilled[order.wallet].lazy.filter { $0.charge.order == order.id }
            .map(\.charge)
        let nothing = UnbilledCharge(order.id, commission: 0, commissionVAT: 0, taxByPlatform: 0)
        let told = waiting.reduce(invoiced[order.id] ?? nothing) { $0 + $1 }
        let booked = UnbilledCharge(
            order.id, commission: ledger.sum(.commission, of: order.id),
            commissionVAT: ledger.sum(.commissionVAT, of: order.id),
            taxByPlatform: ledger.sum(.taxPayable, of: order.id))
        guard told == booked else {
            throw SimFault(
                "\(told.total) of a direct sale is invoiced or waits, \(booked.total) is booked")
        }
    }

    /// When all months are invoiced, only what came to less than nothing still waits.
    func checkAllInvoiced() throws(SimFault) {
        let current = Self.month(of: now)
        for wallet in wallets.indices {
            for currency in SimCart.currencies {
                let waiting = unbilled[wallet].filter {
                    $0.currency == currency && $0.month < current
                }.map(\.charge)
                let least =
                    [
                        waiting.reduce(0) { $0 + $1.commission },
                        waiting.reduce(0) { $0 + $1.commissionVAT },
                        waiting.reduce(0) { $0 + $1.taxByPlatform },
                    ].min() ?? 0
                guard waiting.isEmpty || least < 0 else {
                    throw SimFault("\(waiting.count) charges are never invoiced")
                }
            }
        }
    }
}
