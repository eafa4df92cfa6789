import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What is kept of a delivery that failed` {
    private func reference(_ placed: PlacedPurchase) -> String {
        placed.payment.reference ?? "none"
    }

    /// A provider that is asked again for months would otherwise fill the inbox with one error.
    @Test func `keeps so much of why as somebody reads, and stays for three months`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            let reason = String(repeating: "no answer ", count: 500)
            shop.bank.beBlind(.ambiguous(message: reason))
            try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "one"))
            try await market.worker().drain()

            let failed = try await shop.marketplace.failedWebhook("one", from: shop.payment)

            #expect(failed.error.count <= 2000 && failed.error.contains("no answer"))
            for (days, isThere) in [(89, true), (91, false)] {
                try await market.database.execute(
                    """
                    update webhook_inbox set state = 'failed',
                        received_at = now() - \(days)::int * interval '1 day'
                    """)
                _ = try await market.database.webhooks.sweep()
                let left = try await shop.count("select count(*) from webhook_inbox")
                #expect((left == 1) == isThere, "\(days)")
            }
        }
    }

    @Test func `is nobody's to take up before it failed, or after it was applied`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "one"))
            func takeUp() async throws {
                await #expect(throws: WebhookRefusal.unknown) {
                    try await shop.marketplace.takeUpWebhook(
                        "one", from: shop.payment, reason: "Now.", by: admin.id)
                }
                await #expect(throws: WebhookRefusal.unknown) {
                    try await shop.marketplace.failedWebhookBody("one", from: shop.payment)
                }
            }

            try await takeUp()
            try await market.worker().drain()
            try await takeUp()

            let store = market.database.failedWebhooks
            try await store.note("late", of: "one", from: shop.payment)
            #expect(try await shop.marketplace.failedWebhooks(PageRequest()).items.isEmpty)
            #expect(try await !store.lock("one", from: shop.payment))
        }
    }
}
