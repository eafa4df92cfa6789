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
