import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A delivery whose work fails` {
    /// A purchase that was paid at the bank, whose word of it cannot be worked with.
    private func failing(_ event: String, in shop: Shop) async throws -> PlacedPurchase {
        let placed = try await shop.place(
            try await shop.checkout(try await shop.thing()), "redirect")
        shop.bank.finish(reference(placed))
        shop.bank.beBlind(.ambiguous(message: "no answer"))
        try await shop.deliver(shop.bank.webhook(reference(placed), eventID: event))
        #expect(try await shop.marketplace.failedWebhooks(PageRequest()).items.isEmpty)
        try await shop.market.worker().drain()
        return placed
    }

    /// As when the last of its tries failed.
    private func giveUp(in market: TestMarketplace) async throws {
        try await market.database.execute(
            """
            update job set state = 'dead', finished_at = now() where kind = 'webhooks.apply'
            """)
    }

    @Test func `says so itself, and is forgotten there once it was applied`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await failing("ev/1", in: shop)

            let failed = try #require(
                try await shop.marketplace.failedWebhooks(PageRequest()).items.first)
            #expect(failed.event == "ev/1" && failed.instance == shop.payment)
            #expect(failed.tries == 1 && failed.state == .waiting)
            #expect(failed.error.contains("no answer"))
            shop.bank.beBlind(nil)
            try await market.database.execute("update job set run_at = now() where state = 'ready'")
            try await market.worker().drain()

            #expect(try await shop.marketplace.failedWebhooks(PageRequest()).items.isEmpty)
            #expect(try await shop.detail(placed).purchase.state == .paid)
            await #expect(throws: WebhookRefusal.unknown) {
                try await shop.marketplace.failedWebhook("ev/1", from: shop.payment)
            }
        }
    }

    @Test func `is taken up again when every try failed, and its dead letter goes`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await failing("one", in: shop)
            try await giveUp(in: market)
            let dead = try await shop.marketplace.failedWebhook("one", from: shop.payment)
            #expect(dead.state == .dead)
            let body = try await shop.marketplace.failedWebhookBody("one", from: shop.payment)
            #expect(String(decoding: body, as: UTF8.self) == reference(placed))

            shop.bank.beBlind(nil)
            try await shop.marketplace.takeUpWebhook(
                "one", from: shop.payment, reason: "The bank is back.", by: admin.id)
            let waiting = try await shop.marketplace.failedWebhook("one", from: shop.payment)
            #expect(waiting.state == .waiting)
            #expect(try await shop.marketplace.deadJobs().items.isEmpty)
            try await market.worker().drain()

            #expect(try await shop.detail(placed).purchase.state == .paid)
            await #expect(throws: WebhookRefusal.unknown) {
                try await shop.marketplace.takeUpWebhook(
                    "one", from: shop.payment, reason: "Once more.", by: admin.id)
            }
            let line = try await shop.marketplace.auditTrail(
                .object(kind: "provider_instance", id: shop.payment.description), PageRequest()
            ).items.first
            #expect(line?.action == "webhook.taken-up" && line?.reason == "The bank is back.")
        }
    }

    @Test func `is set aside once nobody tries it any more, and stays so when it is sent again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let admin = try await market.given.administrator()
            let placed = try await failing("one", in: shop)
            func setAside() async throws {
                try await kernel.setAsideWebhook(
                    "one", from: shop.payment, reason: "It is a test.", by: admin.id)
            }
            func open() async throws -> [OpenItem] {
                try await kernel.openItems(of: shop.payment, .webhook, PageRequest()).items
            }
            await #expect(throws: WebhookRefusal.underWay) { try await setAside() }
            try await giveUp(in: market)
            #expect(try await open().count == 1)

            try await setAside()

            await #expect(throws: WebhookRefusal.unknown) { try await setAside() }
            #expect(try await kernel.failedWebhooks(PageRequest()).items.isEmpty)
            #expect(try await kernel.deadJobs().items.isEmpty)
            #expect(try await open().isEmpty)
            shop.bank.beBlind(nil)
            try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "one"))
            try await market.worker().drain()
            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
            let line = try await kernel.auditTrail(
                .object(kind: "provider_instance", id: shop.payment.description), PageRequest()
            ).items.first
            #expect(line?.action == "webhook.set-aside" && line?.reason == "It is a test.")
        }
    }

    @Test func `is taken up by one of two administrators who press at once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let admins = [
                try await market.given.administrator(), try await market.given.administrator(),
            ]
            let placed = try await failing("one", in: shop)
            shop.bank.beBlind(nil)

            let ends = try await market.inTurn(
                lockedBy: "select from webhook_inbox for update",
                admins.map { admin -> @Sendable () async throws -> Void in
                    {
                        try await kernel.takeUpWebhook(
                            "one", from: shop.payment, reason: "The bank is back.", by: admin.id)
                    }
                })

            try ends[0].get()
            #expect(throws: WebhookRefusal.underWay) { try ends[1].get() }
            let lines = try await kernel.auditTrail(
                .object(kind: "provider_instance", id: shop.payment.description), PageRequest()
            ).items.filter { $0.action == "webhook.taken-up" }
            #expect(lines.map(\.actor) == [admins[0].id])
            try await market.worker().drain()
            #expect(try await shop.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `is set aside by one of two administrators who press at once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let kernel = shop.marketplace
            let admins = [
                try await market.given.administrator(), try await market.given.administrator(),
            ]
            _ = try await failing("one", in: shop)
            try await giveUp(in: market)

            let ends = try await market.inTurn(
                lockedBy: "select from webhook_inbox for update",
                admins.map { admin -> @Sendable () async throws -> Void in
                    {
                        try await kernel.setAsideWebhook(
                            "one", from: shop.payment, reason: "It is a test.", by: admin.id)
                    }
                })

            try ends[0].get()
            #expect(throws: WebhookRefusal.unknown) { try ends[1].get() }
            let lines = try await kernel.auditTrail(
                .object(kind: "provider_instance", id: shop.payment.description), PageRequest()
            ).items.filter { $0.action == "webhook.set-aside" }
            #expect(lines.map(\.actor) == [admins[0].id])
        }
    }

    @Test func `stays to be seen when it is not believed`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            try await market.storage.tamper([
                "update payment_share set amount = amount + 1",
                """
                update orders set total = total + 1, items_total = items_total + 1,
                    seller_share = seller_share + 1
                """,
                "update purchase set total = total + 1", "update payment set amount = amount + 1",
            ])
            try await shop.deliver(shop.bank.webhook(reference(placed), eventID: "one"))
            try await market.worker().drain()

            let failed = try await shop.marketplace.failedWebhook("one", from: shop.payment)
            #expect(failed.state == .refused && failed.tries == 1)
            #expect(failed.error.contains("instead of"))
        }
    }

    @Test func `is listed by pages, the last failure first, of one instance or of all`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (one, two) = (
                try await market.given.instance(.payment), try await market.given.instance(.payment)
            )
            for number in 1...5 {
                // Two of them at the same moment.
                try await market.database.execute(
                    """
                    insert into webhook_inbox
                        (instance_id, event_id, kind, body, state, error, tries, failed_at)
                    values (\(number == 3 ? two : one), \("event|\(number)"), 'thing', '',
                        'failed', 'it broke', 1,
                        timestamptz '2026-11-20 10:00:00.123456+00'
                            + \(number / 2)::int * interval '1 second')
                    """)
            }
            var seen: [String] = []
            var after: String?
            repeat {
                let page = try await kernel.failedWebhooks(PageRequest(after: after, limit: 2))
                seen += page.items.map(\.event)
                after = page.next
            } while after != nil

            #expect(Set(seen) == Set((1...5).map { "event|\($0)" }) && seen.count == 5)
            #expect(seen.last == "event|1" && Set(seen.prefix(2)) == ["event|4", "event|5"])
            let others = try await kernel.failedWebhooks(of: two, PageRequest())
            #expect(others.items.map(\.event) == ["event|3"])
            let strange = try await kernel.failedWebhooks(PageRequest(after: "x|y|z"))
            #expect(strange.items.count == 5)
        }
    }
}
