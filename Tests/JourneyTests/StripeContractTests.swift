import Kernel
import ProviderHost
import ProviderKit
import Testing
import Vocabulary

/// The module alone against a Stripe behind a socket: what the market does not ask of it, or not
/// every day.
@Suite struct `The Stripe module behind a socket` {
    private func context(_ key: String, within seconds: Int64 = 20) -> OperationContext {
        OperationContext(
            idempotencyKey: key, deadline: .systemNow.advanced(by: .seconds(seconds)),
            firstMadeAt: .systemNow)
    }

    private func start(
        _ id: String, _ capture: CaptureMode, _ amount: Money = Money(4250, .eur)
    ) -> PaymentStart {
        PaymentStart(
            paymentID: id, amount: amount, method: "pm_card_visa", capture: capture,
            returnURL: "http://127.0.0.1:9/", webhookURL: "http://127.0.0.1:9/w",
            statement: "Guildhall 4711", customerEmail: "grace@example.com")
    }

    @Test func `reserves, takes a part, releases, gives back, and finds all of it by key`()
        async throws
    {
        try await StripeTown.run(isPastMarket: true) { town in
            let provider = try await town.marketplace.providers.payment(town.instance)
            let held = try await provider.start(start("p1", .later), context("s1")).snapshot
            #expect(held.status == .authorized && held.authorized == Money(4250, .eur))
            let taken = try await provider.capture(
                CaptureRequest(
                    reference: held.reference, amount: Money(4000, .eur), isFinal: true),
                context("c1"))
            #expect(taken.captured == Money(4000, .eur) && taken.refunded.isZero)
            let again = try await provider.capture(
                CaptureRequest(
                    reference: held.reference, amount: Money(4000, .eur), isFinal: true),
                context("c1"))
            #expect(again == taken)

            for key in ["r1", "r2"] {
                _ = try await provider.refund(
                    RefundRequest(
                        refundID: key, reference: held.reference, amount: Money(1500, .eur),
                        reason: "broken"), context(key))
            }
            let now = try await provider.lookup(.idempotencyKey("s1"), context("s1"))
            #expect(now?.refunded == Money(3000, .eur) && now?.reference == held.reference)
            let refund = try await provider.lookupRefund(.idempotencyKey("r2"), context("r2"))
            #expect(refund?.refundID == "r2" && refund?.status == .succeeded)
            #expect(try await provider.lookup(.idempotencyKey("s9"), context("s9")) == nil)

            let other = try await provider.start(start("p2", .later), context("s2")).snapshot
            let released = try await provider.void(reference: other.reference, context("v2"))
            #expect(released.status == .voided && released.captured.isZero)
        }
    }

    @Test func `transfers out of a payment, and takes a part of it back`() async throws {
        try await StripeTown.run(isPastMarket: true) { town in
            let provider = try await town.marketplace.providers.payment(town.instance)
            let seller = try await town.connectedSeller("Clay")
            let account = try #require(
                try await town.marketplace.payoutConnections(as: seller.member).first?.account?
                    .reference)
            let paid = try await provider.start(start("p1", .now), context("s1")).snapshot
            let transfer = try await provider.transfer(
                AccountTransfer(
                    transferID: "t1", account: account, amount: Money(3000, .eur),
                    payment: paid.reference), context("t1"))
            #expect(transfer.status == .succeeded && transfer.payoutID == "t1")
            #expect(
                try await provider.lookupPayout(.idempotencyKey("t1"), context("t1")) == transfer)
            await #expect(throws: ProviderError.self, "more than the charge") {
                try await provider.transfer(
                    AccountTransfer(
                        transferID: "t2", account: account, amount: Money(1251, .eur),
                        payment: paid.reference), context("t2"))
            }

            let reversal = TransferReversal(
                reversalID: "v1", transfer: transfer.reference, amount: Money(1000, .eur))
            let back = try await provider.reverse(reversal, context("v1"))
            #expect(back.amount == Money(1000, .eur))
            #expect(
                try await provider.lookupReversal(
                    .idempotencyKey("v1"), of: transfer.reference, context("v1")) == back)
            #expect(
                try await provider.lookupReversal(
                    .reference(back.reference), of: transfer.reference, context("v1")) == back)
            #expect(
                try await provider.lookupReversal(
                    .idempotencyKey("v2"), of: transfer.reference, context("v2")) == nil)
            let books = try await town.stripe.books()
            #expect(books.accounts[account]?["eur"] == 2000)
        }
    }

    /// What is taken of a lost answer is found; what Stripe itself failed at is passed by.
    @Test(arguments: ["lost", "held", "broken", "gone", "busy", "conflict"])
    func `one key has one effect, whatever goes wrong`(_ fault: String) async throws {
        try await StripeTown.run(isPastMarket: true) { town in
            let provider = try await town.marketplace.providers.payment(town.instance)
            try await town.stripe.control(
                "faults",
                """
                {"only": "^POST /v1/payment_intents$", "next": ["\(fault)"], "held_seconds": 3}
                """)
            var snapshot: PaymentSnapshot?
            for _ in 0..<5 where snapshot == nil {
                // What is held is longer than anybody waits.
                let asked = context("s1", within: fault == "held" ? 2 : 20)
                do throws(ProviderError) {
                    snapshot = try await provider.start(start("p1", .now), asked).snapshot
                } catch {
                    let isOpen = fault == "busy" ? error.isDefinite : !error.isDefinite
                    #expect(isOpen, "\(fault) is \(error)")
                }
            }
            #expect(snapshot?.status == .captured)
            let books = try await town.stripe.books()
            #expect(books.payments.count == 1 && books.payments.first?.received == 4250)
        }
    }
}
