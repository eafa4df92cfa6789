import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A number of a provider's that nobody means` {
    private static let euro = Money(100, .eur)

    /// Versions are counted on from, and half of all numbers is room enough.
    @Test(
        arguments: [
            (0, nil), (Int64.max / 2, nil), (Int64.max / 2 + 1, "an absurd version"),
            (Int64.max, "an absurd version"), (-1, "a negative version"),
        ] as [(Int64, String?)])
    func `is no version of anything`(_ version: Int64, _ problem: String?) {
        let euro = Self.euro
        let events: [PaymentEvent] = [
            .payment(
                PaymentSnapshot(
                    reference: "p", status: .captured, authorized: euro, captured: euro,
                    refunded: .zero(.eur), version: version)),
            .refund(
                RefundSnapshot(
                    reference: "r", paymentReference: "p", status: .succeeded, amount: euro,
                    version: version)),
            .payout(
                PayoutSnapshot(
                    reference: "o", status: .succeeded, amount: euro, version: version)),
            .dispute(
                DisputeSnapshot(
                    reference: "d", paymentReference: "p", status: .lost, amount: euro,
                    withdrawn: euro, fee: euro, reason: "fraudulent", version: version)),
        ]
        for event in events { #expect(Sanity.problem(with: event) == problem, "\(event)") }
    }

    @Test(
        arguments: [
            (1, 1000, nil), (nil, nil, nil), (nil, 1001, "it never arrives"),
            (1, Int.max, "it never arrives"), (Int.max, Int.max, "it never arrives"),
            (Int.max, nil, "it never arrives"),
        ] as [(Int?, Int?, String?)])
    func `is no time that a parcel takes`(_ first: Int?, _ last: Int?, _ problem: String?) {
        let address = Address(name: "", lines: [], city: "", country: "DE")
        let request = ShippingRequest(
            sellerID: "s", origin: address, destination: address,
            parcel: Parcel(weightGrams: 1, value: Self.euro, itemCount: 1), currency: .eur)
        let quote = ShippingQuote(
            code: "a", label: "A", price: Self.euro, daysMin: first, daysMax: last)

        #expect(Sanity.problem(with: [quote], for: request) == problem)
    }

    @Test func `is no tax, though two of them would come to less`() {
        let most = Money(Int64.max, .eur)
        let request = TaxRequest(
            destination: Address(name: "", lines: [], city: "", country: "DE"),
            suppliedAt: Instant(secondsSince1970: 0),
            lines: [
                TaxableLine(
                    id: "1", kind: .goods, sellerID: "s", originCountry: "DE", amount: most,
                    includesTax: true)
            ])
        let tax = TaxLine(
            lineID: "1", jurisdiction: "DE", label: "VAT", rate: PartsPerMillion(190_000),
            base: most, amount: most, isIncluded: true, treatment: .standard, remitter: .seller,
            source: "test")

        #expect(Sanity.problem(with: [tax, tax, tax], for: request) == "an absurd tax")
    }

    /// Taxes stand in tables, and in pages that customers read.
    @Test func `is no tax in words that could be kept`() {
        let euro = Self.euro
        let request = TaxRequest(
            destination: Address(name: "", lines: [], city: "", country: "DE"),
            suppliedAt: Instant(secondsSince1970: 0),
            lines: [
                TaxableLine(
                    id: "1", kind: .goods, sellerID: "s", originCountry: "DE", amount: euro,
                    includesTax: false)
            ])
        func problem(
            _ jurisdiction: String, _ label: String, _ source: String, count: Int = 1
        ) -> String? {
            let tax = TaxLine(
                lineID: "1", jurisdiction: jurisdiction, label: label,
                rate: PartsPerMillion(10_000), base: euro, amount: Money(1, .eur),
                isIncluded: false, treatment: .standard, remitter: .seller, source: source)
            return Sanity.problem(with: Array(repeating: tax, count: count), for: request)
        }
        let endless = String(repeating: "x", count: 10_001)

        #expect(problem("DE", "VAT", "", count: 50) == nil)
        #expect(problem("DE", "VAT", "", count: 51) == "too many taxes")
        for word in ["", endless] {
            #expect(problem(word, "VAT", "") == "an empty or endless label")
            #expect(problem("DE", word, "") == "an empty or endless label")
        }
        #expect(problem("DE", "VAT", endless) == "an endless sentence")
        for (jurisdiction, label, source) in [
            ("D\0", "VAT", ""), ("DE", "V\0T", ""), ("DE", "VAT", "\0"),
        ] {
            #expect(problem(jurisdiction, label, source) == "a text with a zero byte")
        }
    }

    /// Whoever asked would hold all of it in memory, and write each under a lock.
    @Test func `is no list that ends, and no text that anybody reads`() {
        let event = PaymentEvent.refund(
            RefundSnapshot(
                reference: "r", paymentReference: "p", status: .succeeded, amount: Self.euro,
                version: 1))
        #expect(Sanity.problem(with: Array(repeating: event, count: 100)) == nil)
        #expect(
            Sanity.problem(with: Array(repeating: event, count: 101)) == "events without end")

        #expect(Sanity.problem(with: Array(repeating: "No.", count: 50)) == nil)
        #expect(
            Sanity.problem(with: Array(repeating: "No.", count: 51)) == "problems without end")
        #expect(Sanity.problem(with: ["\0"]) == "a text with a zero byte")

        func webhook(_ id: String, _ kind: String, _ count: Int) -> String? {
            Sanity.problem(
                with: VerifiedWebhook(
                    eventID: id, kind: kind, occurredAt: Instant(secondsSince1970: 0),
                    body: Array(repeating: 1, count: count)))
        }
        let long = String(repeating: "x", count: 201)
        #expect(webhook("e", "", 1 << 20) == nil)
        #expect(webhook("e", "k", 1 << 20 + 1) == "an endless delivery")
        #expect(webhook("", "k", 1) == "an absurd event id")
        #expect(webhook(long, "k", 1) == "an absurd event id")
        #expect(webhook("e", long, 1) == "an endless kind")
        #expect(webhook("e\0", "k", 1) == "a text with a zero byte")

        func file(_ name: String, _ type: String, _ count: Int = 1) -> String? {
            Sanity.problem(
                with: PayoutFile(
                    name: name, mediaType: type, bytes: Array(repeating: 1, count: count))
            )
        }
        #expect(file("pain.xml", "application/xml") == nil)
        #expect(file("", "a/b") != nil && file("a", long) != nil)
        #expect(file("a\0", "a/b") == "a text with a zero byte")
        #expect(file("a", "a/b", 0) == "a file of absurd size")
    }

    @Test func `is no address that anybody is sent to`() {
        func problem(_ address: String) -> String? {
            Sanity.problem(
                with: StartedPayment(
                    snapshot: PaymentSnapshot(
                        reference: "p", status: .requiresAction, authorized: .zero(.eur),
                        captured: .zero(.eur), refunded: .zero(.eur), version: 1),
                    next: .redirect(url: address)), amount: Self.euro)
        }
        let start = "https://pay.example/"
        #expect(problem(start + String(repeating: "x", count: 4_096 - start.count)) == nil)
        #expect(
            problem(start + String(repeating: "x", count: 4_097 - start.count))
                == "an endless address")
        #expect(problem("javascript:alert(1)") == "the redirect is not a web address")
    }

    @Test func `is no list that goes on for good`() {
        func problem(_ next: String?, id: String = "b", unreadable: [String] = []) -> String? {
            let entry = BalanceEntry(
                id: id, kind: .charge, reference: "p", gross: Self.euro, fee: .zero(.eur),
                net: Self.euro, at: Instant(secondsSince1970: 1))
            return Sanity.problem(
                with: BalancePage(entries: [entry], next: next),
                from: Instant(secondsSince1970: 0), until: Instant(secondsSince1970: 2),
                after: "now")
                ?? Sanity.problem(
                    with: BankPayoutPage(payouts: [], unreadable: unreadable, next: next),
                    of: "a", after: "now")
                ?? Sanity.problem(
                    with: DisputePage(disputes: [], unreadable: [], next: next), after: "now")
        }
        #expect(problem(nil) == nil && problem("then") == nil)
        for next in ["now", "", "\0", String(repeating: "x", count: 201)] {
            #expect(problem(next) == "the list does not go on")
        }
        #expect(problem(nil, id: "\0") == "a text with a zero byte")
        #expect(problem(nil, unreadable: ["\0"]) == "a text with a zero byte")
    }

    @Test func `is nothing that came back of a transfer`() {
        func problem(_ amount: Int64) -> String? {
            Sanity.problem(
                with: ReversalSnapshot(
                    reference: "r", transfer: "t", amount: Money(amount, .eur)),
                of: "t", amount: Money(amount, .eur))
        }
        #expect(problem(Money.amountMax) == nil)
        #expect(problem(Money.amountMax + 1) == "another amount")
        #expect(problem(0) == "another amount")
    }

    /// What a page says of another account would be shown to another shop.
    @Test func `is no payout to a bank, nor is one of another account`() {
        func payout(
            _ account: String = "acct_1", _ amount: Int64 = -100, _ version: Int64 = 1
        ) -> BankPayoutSnapshot {
            BankPayoutSnapshot(
                reference: "po_1", account: account, status: .paid, amount: Money(amount, .eur),
                madeAt: .systemNow, version: version)
        }
        func problem(_ payouts: [BankPayoutSnapshot], next: String? = nil) -> String? {
            Sanity.problem(
                with: BankPayoutPage(payouts: payouts, next: next), of: "acct_1", after: "po_9")
        }
        #expect(problem([payout()], next: "po_8") == nil)
        #expect(problem([payout("acct_2")]) == "it is of another account")
        #expect(problem([payout("acct_1", 0)]) == "an absurd amount")
        #expect(problem([payout("acct_1", .min)]) == "an absurd amount")
        #expect(problem([payout("acct_1", 1, .max)]) == "an absurd version")
        #expect(problem([payout()], next: "po_9") == "the list does not go on")
        #expect(problem(Array(repeating: payout(), count: 101)) == "a page without end")
    }
}
