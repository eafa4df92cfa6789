import ProviderKit
import Vocabulary

/// What is wrong with a provider's answer, in a few words; nil when it can be believed.
package enum Sanity {
    /// References are stored in columns and shown in tables.
    static let referenceBytesMax = 200
    /// A payment's may hold what each of several sellers is asked for; an index still takes it.
    static let paymentReferenceBytesMax = 1_200
    /// More than this many choices is a mistake, and would flood the page.
    static let choicesMax = 50
    /// The longest that a QR code of a readable size holds, and more than any line of text.
    static let instructionBytesMax = 1_000
    /// The longest sentence that anybody reads.
    static let wordsBytesMax = 10_000
    /// Whatever takes longer is no way to ship.
    static let daysMax = 1_000
    /// Nobody pays in more parts; anybody can send dust to an address.
    static let receiptsMax = 100
    /// A delivery is about one thing, and what comes of it. Each is written under a lock.
    static let eventsMax = 100
    /// What browsers and proxies take.
    static let addressBytesMax = 4_096
    /// More than any webhook that a provider sends, in another form.
    static let deliveryBytesMax = 1 << 20

    /// What an administrator reads of a check.
    package static func problem(with sentences: [String]) -> String? {
        guard sentences.count <= choicesMax else { return "problems without end" }
        return sentences.lazy.compactMap { words($0) }.first
    }

    package static func problem(with webhook: VerifiedWebhook) -> String? {
        guard (1...referenceBytesMax).contains(webhook.eventID.utf8.count) else {
            return "an absurd event id"
        }
        guard webhook.kind.utf8.count <= referenceBytesMax else { return "an endless kind" }
        guard webhook.body.count <= deliveryBytesMax else { return "an endless delivery" }
        return words(webhook.eventID) ?? words(webhook.kind)
    }

    package static func problem(with events: [PaymentEvent]) -> String? {
        guard events.count <= eventsMax else { return "events without end" }
        return events.lazy.compactMap { problem(with: $0) }.first
    }

    package static func problem(with file: PayoutFile) -> String? {
        guard (1...16_777_216).contains(file.bytes.count) else { return "a file of absurd size" }
        return label(file.name) ?? label(file.mediaType)
    }

    /// Where a customer or a seller is sent to.
    package static func problem(withAddress url: String, _ name: String) -> String? {
        guard url.utf8.count <= addressBytesMax else { return "an endless address" }
        return WebAddress(url) == nil ? "\(name) is not a web address" : nil
    }

    package static func problem(with methods: [PaymentMethod]) -> String? {
        guard methods.count <= choicesMax else { return "too many ways to pay" }
        guard Set(methods.map(\.code)).count == methods.count else { return "a code comes twice" }
        return methods.lazy.compactMap { label($0.label) ?? reference($0.code) }.first
    }

    package static func problem(with started: StartedPayment, amount: Money) -> String? {
        if let problem = problem(with: started.snapshot, currency: amount.currency) {
            return problem
        }
        if started.snapshot.authorized.amount > amount.amount { return "more than was asked for" }
        if case .redirect(let url) = started.next,
            let problem = problem(withAddress: url, "the redirect")
        {
            return problem
        }
        if case .instructions(let lines) = started.next {
            guard lines.count <= choicesMax else { return "too many instructions" }
            guard lines.allSatisfy({ $0.value.utf8.count <= instructionBytesMax }) else {
                return "an endless instruction"
            }
            if let problem = lines.lazy.compactMap({ words($0.label) ?? words($0.value) }).first {
                return problem
            }
            if let problem = lines.lazy.compactMap({ $0.orderID.flatMap { reference($0) } }).first {
                return problem
            }
        }
        return nil
    }

    package static func problem(
        with snapshot: PaymentSnapshot, reference wanted: String? = nil,
        currency: Currency? = nil
    ) -> String? {
        if let problem = reference(snapshot.reference, within: paymentReferenceBytesMax) {
            return problem
        }
        if let wanted, wanted != snapshot.reference { return "it is about another payment" }
        let amounts = [snapshot.refunded, snapshot.captured, snapshot.authorized]
        guard Set(amounts.map(\.currency)).count == 1 else { return "several currencies" }
        if let currency, currency != snapshot.authorized.currency { return "another currency" }
        guard snapshot.refunded.amount >= 0 else { return "a negative amount" }
        guard snapshot.refunded.amount <= snapshot.captured.amount else {
            return "more refunded than captured"
        }
        guard snapshot.captured.amount <= snapshot.authorized.amount else {
            return "more captured than authorized"
        }
        guard snapshot.authorized.amount <= Money.amountMax else { return "an absurd amount" }
        if let problem = version(snapshot.version) ?? words(snapshot.failureCode)
            ?? words(snapshot.failureMessage)
        {
            return problem
        }
        if snapshot.status == .captured, !snapshot.captured.isPositive {
            return "captured, but nothing of it"
        }
        if snapshot.status == .authorized, !snapshot.authorized.isPositive {
            return "authorized, but nothing of it"
        }
        return problem(with: snapshot.receipts ?? [], snapshot.authorized.currency)
    }

    private static func problem(with receipts: [Receipt], _ currency: Currency) -> String? {
        guard receipts.count <= receiptsMax else { return "receipts without end" }
        guard Set(receipts.map(\.id)).count == receipts.count else { return "a receipt twice" }
        for receipt in receipts {
            if let problem = reference(receipt.id) ?? receipt.orderID.flatMap({ reference($0) }) {
                return problem
            }
            guard receipt.amount.currency == currency else { return "several currencies" }
            guard (1...Money.amountMax).contains(receipt.amount.amount) else {
                return "an absurd receipt"
            }
        }
        return nil
    }

    package static func problem(with refund: RefundSnapshot, amount: Money) -> String? {
        reference(refund.reference)
            ?? reference(refund.paymentReference, within: paymentReferenceBytesMax)
            ?? transfer(refund.amount, refund.version, wanted: amount)
    }

    package static func problem(with payout: PayoutSnapshot, amount: Money) -> String? {
        reference(payout.reference) ?? words(payout.failureCode)
            ?? transfer(payout.amount, payout.version, wanted: amount)
    }

    package static func problem(with event: PaymentEvent) -> String? {
        switch event {
        case .payment(let snapshot): problem(with: snapshot)
        case .refund(let refund): problem(with: refund, amount: refund.amount)
        case .payout(let payout): problem(with: payout, amount: payout.amount)
        case .dispute(let dispute): problem(with: dispute)
        case .account(let account): problem(with: account)
        }
    }

    package static func problem(with quotes: [ShippingQuote], for request: ShippingRequest)
        -> String?
    {
        guard quotes.count <= choicesMax else { return "too many ways to ship" }
        guard Set(quotes.map(\.code)).count == quotes.count else { return "a code comes twice" }
        for quote in quotes {
            if let problem = reference(quote.code) ?? label(quote.label) { return problem }
            guard quote.price.currency == request.currency else { return "another currency" }
            guard (0...Money.amountMax).contains(quote.price.amount) else {
                return "an absurd price"
            }
            guard (quote.daysMin ?? 0) >= 0, (quote.daysMin ?? 0) <= (quote.daysMax ?? .max) else {
                return "it arrives before it leaves"
            }
            guard max(quote.daysMin ?? 0, quote.daysMax ?? 0) <= daysMax else {
                return "it never arrives"
            }
        }
        return nil
    }

    package static func problem(with taxes: [TaxLine], for request: TaxRequest) -> String? {
        let byLine = Dictionary(grouping: taxes, by: \.lineID)
        guard byLine.count == request.lines.count else { return "not the lines that were asked" }
        for line in request.lines {
            guard let taxes = byLine[line.id] else { return "line \(line.id) has no answer" }
            if let problem = problem(with: taxes, on: line) { return problem }
        }
        return nil
    }

    private static func problem(with taxes: [TaxLine], on line: TaxableLine) -> String? {
        guard taxes.count <= choicesMax else { return "too many taxes" }
        var included: Int64 = 0
        for tax in taxes {
            if let problem = label(tax.jurisdiction) ?? label(tax.label) ?? words(tax.source) {
                return problem
            }
            guard tax.base.currency == line.amount.currency,
                tax.amount.currency == line.amount.currency
            else { return "another currency" }
            guard (0...1_000_000).contains(tax.rate.value) else { return "an absurd rate" }
            guard tax.amount.amount.magnitude <= line.amount.amount.magnitude,
                tax.amount.isZero || tax.amount.isNegative == line.amount.isNegative
            else { return "an absurd tax" }
            guard tax.isIncluded == line.includesTax else {
                return "tax inside and on top are mixed up"
            }
            if tax.isIncluded {
                let (sum, isTooMuch) = included.addingReportingOverflow(tax.amount.amount)
                guard !isTooMuch else { return "an absurd tax" }
                included = sum
            }
        }
        guard included.magnitude <= line.amount.amount.magnitude else { return "an absurd tax" }
        let base = line.amount.amount - included
        return taxes.allSatisfy { $0.base.amount == base } ? nil : "base and tax do not add up"
    }

    private static func transfer(_ amount: Money, _ version: Int64, wanted: Money) -> String? {
        guard amount == wanted else { return "another amount" }
        guard amount.amount > 0, amount.amount <= Money.amountMax else {
            return "an absurd amount"
        }
        return self.version(version)
    }

    /// Versions are counted on from: room has to be left.
    static func version(_ version: Int64) -> String? {
        guard version >= 0 else { return "a negative version" }
        return version <= Int64.max / 2 ? nil : "an absurd version"
    }

    static func reference(_ text: String, within most: Int = referenceBytesMax) -> String? {
        guard (1...most).contains(text.utf8.count) else { return "an empty or endless reference" }
        return words(text)
    }

    private static func label(_ text: String) -> String? {
        guard (1...referenceBytesMax).contains(text.utf8.count) else {
            return "an empty or endless label"
        }
        return words(text)
    }

    /// Words that nobody has to say.
    static func words(_ text: String?) -> String? {
        guard let text else { return nil }
        guard text.utf8.count <= wordsBytesMax else { return "an endless sentence" }
        return text.utf8.contains(0) ? unwritable : nil
    }

    /// A zero byte stands in no text of the database: what has one could never be kept, nor what
    /// came with it.
    private static let unwritable = "a text with a zero byte"
}
