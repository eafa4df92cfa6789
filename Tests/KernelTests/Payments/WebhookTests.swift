import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Hearing from a provider` {
    @Test func `a forged, an oversized and a stray webhook change nothing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            let true1 = try #require(shop.bank.webhook(reference(placed)))

            await #expect(throws: PaymentRefusal.signatureInvalid) {
                try await shop.marketplace.receiveWebhook(
                    from: shop.payment, headers: ["x-test-signature": "forged"], body: true1.body)
            }
            await #expect(throws: PaymentRefusal.webhookTooLarge) {
                try await shop.marketplace.receiveWebhook(
                    from: shop.payment, headers: true1.headers,
                    body: Array(repeating: 0, count: Marketplace.webhookBytesMax + 1))
            }
            await #expect(throws: PaymentRefusal.instanceMissing) {
                try await shop.marketplace.receiveWebhook(
                    from: ID(), headers: true1.headers, body: true1.body)
            }
            #expect(try await shop.count("select count(*) from webhook_inbox") == 0)
            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
        }
    }

    /// Whoever has lost the secret cannot say that somebody forged it: it has to come again.
    @Test func `a webhook that nobody can look at is no forgery, and is taken when it comes again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            let told = try #require(shop.bank.webhook(reference(placed)))

            let reason = ProviderError.misconfigured(message: "The webhook secret is missing.")
            shop.bank.beDeaf(reason)
            await #expect(throws: reason) {
                try await shop.marketplace.receiveWebhook(
                    from: shop.payment, headers: told.headers, body: told.body)
            }
            #expect(try await shop.count("select count(*) from webhook_inbox") == 0)
            shop.bank.beDeaf(nil)
            try await shop.deliver(told)
            try await market.worker().drain()

            #expect(try await shop.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `the same event twice is stored once, and an older one changes nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))

            for _ in 0..<3 {
                try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "one"))
            }
            try await market.worker().drain()
            try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "two"))
            try await market.worker().drain()

            #expect(try await shop.count("select count(*) from webhook_inbox") == 2)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 1)
            #expect(try await shop.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `an amount that does not fit is put aside for a person`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            // As if the provider had taken another amount than it was asked for.
            let changes: [SQL] = [
                "update payment_share set amount = amount + 1",
                """
                update orders set total = total + 1, items_total = items_total + 1,
                    seller_share = seller_share + 1
                """,
                "update purchase set total = total + 1",
                "update payment set amount = amount + 1",
            ]
            try await market.storage.tamper(changes)

            try await shop.deliver(shop.bank.webhook(reference(placed)))
            try await market.worker().drain()

            let rows = try await market.database.query("select state, error from webhook_inbox")
                .decode { c in (try c.next(String.self), try c.next(String?.self)) }
            #expect(rows.first?.0 == "failed")
            #expect(rows.first?.1?.contains("instead of") == true)
            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
        }
    }

    @Test func `one of another instance's payments is ignored`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            let other = try await market.given.instance(.payment)
            let delivery = try #require(shop.bank.webhook(reference(placed)))

            try await shop.marketplace.receiveWebhook(
                from: other, headers: delivery.headers, body: delivery.body)
            try await market.worker().drain()

            #expect(
                try await shop.count("select count(*) from webhook_inbox where state = 'ignored'")
                    == 1)
            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
        }
    }
}
