import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying for a purchase` {
    @Test func `a declined card leaves it to be paid another way`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let checkout = try await shop.checkout(thing)

            let declined = try await shop.place(checkout, "declined")

            #expect(declined.payment.state == .failed)
            #expect(
                declined.refusal
                    == .declined(code: "card_declined", sentence: "Your bank declined the card."))
            #expect(declined.purchase.state == .awaitingPayment)
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 1))
            let ways = try await shop.marketplace.waysToPay(
                declined.purchase.id, as: shop.buyer)
            #expect(ways.map(\.instance) == [shop.payment])
            let paid = try await shop.marketplace.payPurchase(
                declined.purchase.id, paying: shop.choice(), as: shop.buyer)
            #expect(paid.purchase.state == .paid)
            #expect(paid.refusal == nil)
            #expect(try await shop.stock(thing) == Stock(onHand: 4, reserved: 0))
            await #expect(throws: PaymentRefusal.alreadyPaid) {
                try await shop.marketplace.payPurchase(
                    declined.purchase.id, paying: shop.choice(), as: shop.buyer)
            }
        }
    }

    @Test func `an answer that was lost is looked up and paid once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost)

            let placed = try await shop.place(checkout)
            #expect(placed.payment.state == .unknown)
            #expect(placed.purchase.state == .awaitingPayment)
            await #expect(throws: PaymentRefusal.paymentUnderWay) {
                try await shop.marketplace.payPurchase(
                    placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            }
            try await shop.hurry()
            try await shop.settle()

            let detail = try await shop.detail(placed)
            #expect(detail.purchase.state == .paid)
            #expect(shop.bank.calls == ["start"])
            #expect(shop.bank.held == placed.purchase.total.amount)
        }
    }

    @Test func `a customer whose answer was lost is told where to go on, and pays once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost)
            let placed = try await shop.place(checkout, "redirect")
            #expect(placed.payment.state == .unknown && placed.next == .none)

            let back = try await shop.marketplace.returnFromPayment(
                placed.purchase.id, as: shop.buyer)

            let reference = try #require(back.payment.reference)
            #expect(back.next == .redirect(url: "http://127.0.0.1/bank/\(reference)"))
            #expect(try await shop.detail(placed).payment?.next == back.next, "and it is kept")
            #expect(shop.bank.payments.count == 1)
            shop.bank.finish(reference)
            let paid = try await shop.marketplace.returnFromPayment(
                placed.purchase.id, as: shop.buyer)
            #expect(paid.purchase.state == .paid)
            #expect(shop.bank.held == placed.purchase.total.amount)
        }
    }

    @Test func `a second answer that is lost as well is asked for once more`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost, .answerLost)
            let placed = try await shop.place(checkout, "redirect")
            try await shop.hurry()
            try await shop.settle()
            #expect(try await shop.detail(placed).payment?.state == .requiresAction)
            #expect(try await shop.detail(placed).payment?.next == NextAction.none)

            // Meanwhile another way may be chosen; who does not choose one goes on here.
            try await shop.hurry()
            try await shop.settle()

            #expect(try await shop.detail(placed).payment?.next != NextAction.none)
            #expect(shop.bank.payments.count == 1 && shop.bank.calls.count == 3)
        }
    }

    @Test func `a call that never arrived costs nothing and can be made again`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.callLost)

            let placed = try await shop.place(checkout)
            #expect(placed.payment.state == .unknown)
            try await shop.hurry()
            try await shop.settle()

            let detail = try await shop.detail(placed)
            #expect(detail.payment?.state == .failed)
            #expect(shop.bank.held == 0)
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            #expect(paid.purchase.state == .paid)
        }
    }

    @Test func `a provider that is closed is a sentence, and nothing was charged`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.unavailable)

            let placed = try await shop.place(checkout)

            #expect(placed.payment.state == .failed)
            #expect(placed.refusal == .providerUnavailable)
            #expect(shop.bank.held == 0)
        }
    }

    @Test func `a crash after phase one charges at most once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            // The answer is lost and so is the process: nothing is written after the call.
            let placed = try await shop.place(checkout, "redirect")
            _ = try await market.database.batch([
                """
                update payment set state = 'created', reference = null, version = 0
                where id = \(placed.payment.id)
                """,
                "update payment_attempt set state = 'intent', tries = 0",
            ])
            shop.bank.finish(try #require(placed.payment.reference))
            try await shop.hurry()
            try await shop.settle()

            #expect(try await shop.detail(placed).purchase.state == .paid)
            #expect(shop.bank.calls == ["start"])
        }
    }

    @Test func `return, webhooks and poller at once are one capture and one booking`() async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "redirect")
            #expect(placed.next == .redirect(url: "http://127.0.0.1/bank/\(reference(placed))"))
            shop.bank.finish(reference(placed))
            try await shop.hurry()
            let worker = market.worker()

            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3 {
                    group.addTask {
                        _ = try await shop.marketplace.returnFromPayment(
                            placed.purchase.id, as: shop.buyer)
                    }
                    group.addTask {
                        try await shop.deliver(
                            shop.bank.webhook(reference(placed), eventID: "event \(number)"))
                        try await worker.drain()
                    }
                    group.addTask { try await shop.settle() }
                }
                try await group.waitForAll()
            }

            #expect(try await shop.detail(placed).purchase.state == .paid)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 1)
            #expect(try await shop.stock(thing) == Stock(onHand: 4, reserved: 0))
            #expect(
                try await shop.count("select count(*) from order_event where kind = 'paid'") == 1)
            #expect(
                try await shop.count("select count(*) from webhook_inbox where state <> 'done'")
                    == 0)
        }
    }

    @Test func `instead of a redirect that nobody followed another way can be taken`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")

            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)

            #expect(paid.purchase.state == .paid)
            #expect(shop.bank.calls == ["start", "void", "start"])
            // The old page is still open somewhere.
            shop.bank.finish(reference(placed))
            #expect(shop.bank.held == paid.purchase.total.amount)
        }
    }

    @Test func `money that comes after the purchase expired goes back`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "processing")
            #expect(placed.payment.state == .processing)
            // Three days are given to a payment that takes its time; then even those are over.
            try await market.marketplace.moveClock(by: .seconds(4 * 86_400), as: nil)
            let ended = try await market.database.query(
                "select id from payment where id = \(placed.payment.id) for update")
            #expect(ended.count == 1)
            try await expireWithoutProvider(shop, placed)
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))

            shop.bank.finish(reference(placed))
            try await shop.deliver(shop.bank.webhook(reference(placed)))
            try await market.worker().drain()
            try await shop.settle()

            let detail = try await shop.detail(placed)
            #expect(detail.purchase.state == .cancelled)
            #expect(detail.payment?.state == .late)
            #expect(shop.bank.held == 0)
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))
            #expect(detail.orders.first?.refunds.map(\.state) == [.succeeded])
        }
    }

    @Test func `an unpaid purchase ends at its provider and frees the stock`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let placed = try await shop.place(try await shop.checkout(thing), "redirect")
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            #expect(try await shop.marketplace.expirePurchases() == 1)

            let detail = try await shop.detail(placed)
            #expect(detail.purchase.state == .cancelled)
            #expect(detail.orders.map(\.order.state) == [.cancelled])
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))
            #expect(shop.bank.payments.map(\.status) == [.voided])
            await #expect(throws: PaymentRefusal.purchaseOver) {
                try await shop.marketplace.payPurchase(
                    placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            }
            #expect(try await shop.marketplace.expirePurchases() == 0)
        }
    }

    @Test func `a purchase that was paid at the last moment is not expired`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            try await shop.marketplace.expirePurchases()

            #expect(try await shop.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `the provider is swapped while a payment waits for its webhook`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let waiting = try await shop.place(
                try await shop.checkout(try await shop.thing()), "processing")
            let new = try await market.given.instance(.payment)
            try await market.database.execute(
                "update provider_instance set state = 'draining' where id = \(shop.payment)")

            let checkout = try await shop.checkout(try await shop.thing())
            let ways = try await shop.marketplace.waysToPay(checkout.id, as: shop.buyer)
            let paid = try await shop.marketplace.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: shop.choice("card", at: new), as: shop.buyer)
            shop.bank.finish(reference(waiting))
            try await shop.deliver(shop.bank.webhook(reference(waiting)))
            try await market.worker().drain()

            #expect(ways.map(\.instance) == [new])
            #expect(paid.purchase.state == .paid)
            #expect(paid.payment.instance == new)
            let old = try await shop.detail(waiting)
            #expect(old.purchase.state == .paid)
            #expect(old.payment?.instance == shop.payment)
        }
    }
}

/// As if the provider had answered nothing at all when the purchase was ended.
func expireWithoutProvider(_ shop: Shop, _ placed: PlacedPurchase) async throws {
    try await shop.database.execute(
        "update provider_instance set module_key = 'gone' where id = \(shop.payment)")
    let blind = try shop.market.anotherProcess()
    try await blind.expirePurchases()
    await blind.database.close()
    try await shop.database.execute(
        "update provider_instance set module_key = 'test-payment' where id = \(shop.payment)")
}

/// The provider's own id of the payment.
func reference(_ placed: PlacedPurchase) -> String { placed.payment.reference ?? "none" }

extension Shop {
    /// A webhook arrives.
    func deliver(_ delivery: WebhookDelivery?) async throws {
        let delivery = try #require(delivery)
        try await marketplace.receiveWebhook(
            from: payment, headers: delivery.headers, body: delivery.body)
    }
}
