import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Ordered, not paid yet, and then the market suspended a shop of it.
@Suite struct `A purchase whose shop is suspended before it is paid` {
    private struct Scene: Sendable {
        let shop: Shop
        let thing: GivenThing
        let placed: PlacedPurchase

        /// Its payment waits for the customer.
        init(_ market: TestMarketplace, _ method: String = "redirect") async throws {
            shop = try await Shop(market)
            thing = try await shop.thing()
            placed = try await shop.place(try await shop.checkout(thing), method)
        }

        func suspend() async throws {
            let admin = try await shop.market.given.administrator()
            _ = try await shop.marketplace.suspendSeller(
                thing.seller.id, reason: "Looked at.", by: admin.id)
        }

        func pay() async throws -> PlacedPurchase {
            try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
        }

        func end(as buyer: Buyer? = nil) async throws {
            try await shop.marketplace.endPurchase(
                placed.purchase.id, as: buyer ?? shop.buyer)
        }

        /// The refusal names it.
        func away() async throws -> PaymentRefusal {
            let name = try await shop.detail(placed).orders.first?.order.sellerName
            return .sellerAway(shop: name ?? "?")
        }
    }

    @Test func `is paid nowhere, and the payment that waited goes on waiting`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.suspend()

            let away = try await scene.away()
            await #expect(throws: away) { try await scene.pay() }
            await #expect(throws: away) {
                try await scene.shop.marketplace.waysToPay(
                    scene.placed.purchase.id, as: scene.shop.buyer)
            }

            let detail = try await scene.shop.detail(scene.placed)
            #expect(detail.awayShops == detail.orders.map(\.order.sellerName))
            #expect(detail.payment?.id == scene.placed.payment.id)
            #expect(detail.payment?.state == .requiresAction)
            #expect(scene.shop.bank.calls == ["start"])
        }
    }

    @Test func `is paid nowhere also when it is suspended while somebody begins to pay`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market, "declined")
            let away = try await scene.away()
            let pays: @Sendable () async throws -> PlacedPurchase = { try await scene.pay() }

            let ended = try await market.inTurn(
                lockedBy:
                    "update seller set state = 'suspended' where id = \(scene.thing.seller.id)",
                [pays])

            #expect(throws: away) { try ended[0].get() }
            #expect(scene.shop.bank.payments.isEmpty)
            #expect(try await scene.shop.count("select count(*) from payment") == 1)
        }
    }

    @Test func `is not paid either when another shop of it sells on`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (bowl, scarf) = (
                try await shop.thing(),
                try await shop.thing(by: try await market.given.verifiedSeller("Wool"))
            )
            let placed = try await shop.place(try await shop.checkout(bowl, scarf), "declined")
            let admin = try await market.given.administrator()
            _ = try await shop.marketplace.suspendSeller(
                scarf.seller.id, reason: "Looked at.", by: admin.id)

            await #expect(throws: PaymentRefusal.sellerAway(shop: "Wool")) {
                try await shop.marketplace.payPurchase(
                    placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            }
        }
    }

    @Test func `is paid when the shop is open again`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.suspend()
            let admin = try await market.given.administrator()
            _ = try await scene.shop.marketplace.reinstateSeller(
                scene.thing.seller.id, reason: "Settled.", by: admin.id)

            #expect(try await scene.pay().purchase.state == .paid)
        }
    }

    @Test func `is paid all the same by the money that comes for the payment before`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.suspend()

            scene.shop.bank.finish(reference(scene.placed))
            try await scene.shop.deliver(scene.shop.bank.webhook(reference(scene.placed)))
            try await market.worker().drain()

            #expect(try await scene.shop.detail(scene.placed).purchase.state == .paid)
        }
    }

    @Test func `is paid as ever when the shop is only on holiday`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let now = try await scene.shop.marketplace.marketNow()
            _ = try await scene.shop.marketplace.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 9), note: "",
                as: scene.thing.seller.member)

            let ways = try await scene.shop.marketplace.waysToPay(
                scene.placed.purchase.id, as: scene.shop.buyer)

            #expect(ways.map(\.instance) == [scene.shop.payment])
            #expect(try await scene.pay().purchase.state == .paid)
        }
    }

    @Test func `is ended by its customer, with the payment that waited, and its things are free`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.suspend()

            try await scene.end()

            let detail = try await scene.shop.detail(scene.placed)
            #expect(detail.purchase.state == .cancelled)
            #expect(detail.orders.map(\.order.state) == [.cancelled])
            #expect(detail.payment?.state == .voided)
            #expect(scene.shop.bank.calls == ["start", "void"])
            #expect(try await scene.shop.stock(scene.thing) == Stock(onHand: 5, reserved: 0))
            await #expect(throws: PaymentRefusal.purchaseOver) { try await scene.pay() }
            await #expect(throws: PaymentRefusal.purchaseOver) { try await scene.end() }
        }
    }

    @Test func `and was ended gives the money back that comes all the same`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market, "declined")
            scene.shop.bank.fail(.callLost)
            let lost = try await scene.pay()
            try await scene.shop.hurry()
            try await scene.shop.settle()
            try await scene.end()

            let key = try await market.database.query(
                "select id::text from payment_attempt where payment_id = \(lost.payment.id)"
            ).decode { c in try c.next(String.self) }
            scene.shop.bank.arrive(
                try #require(key.first), payment: lost.payment.id.description,
                lost.payment.amount)
            try await scene.shop.hurry()
            try await scene.shop.settle()

            #expect(scene.shop.bank.held == 0)
            #expect(try await scene.shop.detail(scene.placed).purchase.state == .cancelled)
            #expect(try await scene.shop.stock(scene.thing) == Stock(onHand: 5, reserved: 0))
        }
    }

    @Test(arguments: [("card", PaymentRefusal.alreadyPaid), ("processing", .paymentUnderWay)])
    func `is not ended once it is paid, nor while nobody knows`(
        _ method: String, _ refusal: PaymentRefusal
    ) async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market, method)

            await #expect(throws: refusal) { try await scene.end() }

            #expect(try await scene.shop.detail(scene.placed).payment?.state.isLive == true)
        }
    }

    @Test func `is ended by nobody else`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let stranger = Buyer(account: try await market.given.account().id)

            await #expect(throws: OrderRefusal.purchaseMissing) {
                try await scene.end(as: stranger)
            }

            #expect(try await scene.shop.detail(scene.placed).purchase.state == .awaitingPayment)
        }
    }

    /// Somebody pays another way in the moment in which it is ended in another window.
    @Test func `is ended or paid, not both`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market, "declined")
            let purchase = scene.placed.purchase.id
            let pays: @Sendable () async throws -> Void = { _ = try await scene.pay() }
            let ends: @Sendable () async throws -> Void = { try await scene.end() }

            let ended = try await market.inTurn(
                lockedBy: "select from purchase where id = \(purchase) for update", [pays, ends])

            try ended[0].get()
            #expect(throws: PaymentRefusal.self) { try ended[1].get() }
            #expect(try await scene.shop.detail(scene.placed).purchase.state == .paid)
        }
    }
}
