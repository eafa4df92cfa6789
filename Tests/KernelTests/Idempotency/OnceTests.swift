import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Doing a request once` {
    private let answer = OnceAnswer(
        status: 201, contentType: "application/json", location: "/orders/1", body: [0, 255, 10])

    private func key(_ body: UInt8 = 1, _ text: String = "k", actor: String = "a") -> OnceKey {
        OnceKey(actor: actor, key: text, fingerprint: [body], route: "POST /orders")
    }

    @Test func `the repeat gets the first answer, byte for byte`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            #expect(try await once.begin(key()) == .fresh)
            #expect(try await once.begin(key()) == .inProgress)
            try await once.finish(key(), answer)

            #expect(try await once.begin(key()) == .replay(answer))
        }
    }

    @Test func `the same key with another body is a mismatch, started or finished`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            #expect(try await once.begin(key(1)) == .fresh)

            #expect(try await once.begin(key(2)) == .mismatch)
            try await once.finish(key(1), answer)
            #expect(try await once.begin(key(2)) == .mismatch)
        }
    }

    @Test func `keys of different people never meet`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            let one = try await once.begin(key(actor: "a"))
            let other = try await once.begin(key(actor: "b"))

            #expect(one == .fresh && other == .fresh)
        }
    }

    @Test func `of thirty at once exactly one goes ahead`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once

            let claims = try await withThrowingTaskGroup(of: OnceClaim.self) { group in
                for _ in 0..<30 { group.addTask { try await once.begin(key()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(claims.count { $0 == .fresh } == 1)
            #expect(claims.count { $0 == .inProgress } == 29)
        }
    }

    @Test func `what was abandoned or left by a dead process may be tried again`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            #expect(try await once.begin(key()) == .fresh)
            try await once.abandon(key())
            #expect(try await once.begin(key()) == .fresh)

            try await market.database.execute(
                "update idempotency_key set locked_until = now() - interval '1 second'")

            #expect(try await once.begin(key(2)) == .mismatch)
            #expect(try await once.begin(key()) == .fresh)
        }
    }

    @Test(arguments: [true, false])
    func `what changed something and was broken off is not begun again`(died: Bool) async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            let database = market.database
            try await market.storage.tamper([
                "create table effect (x int)", "grant all on effect to public",
            ])
            let claim = ClaimedKey(key())
            #expect(try await once.begin(claim.key) == .fresh)
            try await once.acting(on: claim) {
                try await database.execute("insert into effect values (1)")
            }
            #expect(try await once.begin(key()) == .inProgress)

            if died {
                try await database.execute(
                    "update idempotency_key set locked_until = now() - interval '1 second'")
            } else {
                try await once.interrupt(claim)
            }

            #expect(try await once.begin(key()) == .interrupted)
            #expect(try await once.begin(key()) == .interrupted)
            #expect(try await once.begin(key(2)) == .mismatch)
            try await once.finish(key(), answer)
            #expect(try await once.begin(key()) == .replay(answer))
        }
    }

    @Test(arguments: [true, false])
    func `what changed nothing before it was broken off is begun again`(died: Bool) async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            let database = market.database
            try await market.storage.tamper([
                "create table effect (x int)", "grant all on effect to public",
            ])
            let claim = ClaimedKey(key())
            #expect(try await once.begin(claim.key) == .fresh)
            try await once.acting(on: claim) {
                _ = try await database.query("select x from effect")
                _ = try? await database.transaction { tx in
                    try await tx.execute("insert into effect values (1)")
                    throw CancellationError()
                }
            }

            if died {
                try await database.execute(
                    "update idempotency_key set locked_until = now() - interval '1 second'")
            } else {
                try await once.interrupt(claim)
            }

            #expect(try await once.begin(key()) == .fresh)
        }
    }

    @Test func `answers are forgotten after a week`() async throws {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            _ = try await once.begin(key(1, "old"))
            try await market.database.execute(
                "update idempotency_key set created_at = now() - interval '8 days'")
            _ = try await once.begin(key(1, "new"))

            try await once.sweep()

            let kept = try await market.database.query("select key from idempotency_key")
            #expect(try kept.decode { c in try c.next(String.self) } == ["new"])
        }
    }

    private func answering<Effect>(
        _ claim: ClaimedKey, _ body: @escaping @Sendable (Effect) -> String
    ) -> AnswerOnce<Effect> {
        AnswerOnce(claim) { effect in
            OnceAnswer(
                status: 201, contentType: nil, location: nil, body: Array(body(effect).utf8))
        }
    }

    @Test func `the answer to a checkout and to a purchase is kept in their own transactions`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let once = market.marketplace.once
            let (first, second) = (ClaimedKey(key(1, "one")), ClaimedKey(key(2, "two")))
            #expect(try await once.begin(first.key) == .fresh)
            #expect(try await once.begin(second.key) == .fresh)

            let checkout = try await shop.marketplace.startCheckout(
                [CheckoutItem(variant: thing.variant, quantity: 1)], to: Shop.address,
                email: "grace@example.com", as: shop.buyer,
                answering: answering(first) { (checkout: Checkout) in "\(checkout.id)" })
            #expect(
                try await shop.count(
                    """
                    select count(*) from checkout c join idempotency_key k on k.xmin = c.xmin
                    where k.key = 'one' and k.state = 'finished'
                    """) == 1)
            let placed = try await shop.marketplace.placePurchase(
                checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                as: shop.buyer,
                answering: answering(second) { (placed: PlacedPurchase) in
                    "\(placed.purchase.id) \(placed.purchase.state)"
                })

            #expect(
                try await shop.count(
                    """
                    select count(*) from ledger_transaction t
                    join idempotency_key k on k.xmin = t.xmin
                    where k.key = 'two' and k.state = 'finished'
                    """) == 1)
            let told = OnceAnswer(
                status: 201, contentType: nil, location: nil,
                body: Array("\(placed.purchase.id) paid".utf8))
            #expect(second.kept == told)
            #expect(try await once.begin(second.key) == .replay(told))
            #expect(first.kept?.body == Array("\(checkout.id)".utf8))
        }
    }

    @Test func `of twins whose claim is written with the effect one has it, the others nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 100)
            let started = await withTaskGroup(of: Result<Checkout, any Error>.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        await Self.result {
                            try await start(
                                shop, thing.variant, ClaimedKey(key(), isWritten: false))
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let checkouts = started.compactMap { try? $0.get() }
            #expect(checkouts.count == 1)
            #expect(try await shop.count("select count(*) from checkout") == 1)
            #expect(try await shop.count("select sum(reserved)::bigint from stock_level") == 1)
            for case .failure(let error) in started { #expect(error is OnceKeyTaken) }

            let checkout = try #require(checkouts.first)
            let placed = await withTaskGroup(of: Result<PlacedPurchase, any Error>.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        await Self.result {
                            try await shop.marketplace.placePurchase(
                                checkout.id, expecting: checkout.totals.total,
                                paying: shop.choice(), as: shop.buyer,
                                answering: answering(ClaimedKey(key(3, "pay"), isWritten: false)) {
                                    (placed: PlacedPurchase) in "\(placed.purchase.id)"
                                })
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            // Who comes when it is placed is told of the one purchase that there is.
            let purchases = Set(placed.compactMap { try? $0.get().purchase.id })
            #expect(purchases.count == 1)
            #expect(try await shop.count("select count(*) from purchase") == 1)
            for case .failure(let error) in placed { #expect(error is OnceKeyTaken) }
            guard case .replay(let told) = try await market.marketplace.once.begin(key(3, "pay"))
            else {
                Issue.record("The answer to the purchase was not kept.")
                return
            }
            #expect(told.body == purchases.first.map { Array("\($0)".utf8) })
        }
    }

    @Test func `a twin that finds the last thing held does not end its twin's checkout`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 1)
            let first = ClaimedKey(key(), isWritten: false)
            let checkout = try await start(shop, thing.variant, first)

            await #expect(throws: OnceKeyTaken.self) {
                _ = try await start(shop, thing.variant, ClaimedKey(key(), isWritten: false))
            }

            #expect(
                try await shop.marketplace.findCheckout(checkout.id, as: shop.buyer).state == .open)
        }
    }

    @Test func `a key that nobody used is claimed later, one in use is told at once`() async throws
    {
        try await TestMarketplace.run { market in
            let once = market.marketplace.once
            let (outcome, claim) = try await once.beginWithEffect(key())
            #expect(outcome == .fresh && !claim.isWritten)
            // What had no effect is answered alike, too.
            try await once.finish(claim, answer)
            #expect(try await once.beginWithEffect(key()).outcome == .replay(answer))
            #expect(try await once.beginWithEffect(key(2)).outcome == .mismatch)

            #expect(try await once.begin(key(1, "other")) == .fresh)
            let (_, slow) = try await once.beginWithEffect(key(1, "third"))
            #expect(try await once.begin(key(1, "third")) == .fresh)
            await #expect(throws: OnceKeyTaken.self) { try await once.finish(slow, answer) }
            let (twin, late) = try await once.beginWithEffect(key(1, "other"))
            #expect(twin == .inProgress)
            try await once.abandon(late)
            #expect(try await once.begin(key(1, "other")) == .inProgress)
        }
    }

    private func start(
        _ shop: Shop, _ variant: ID<Variant>, _ claim: ClaimedKey
    ) async throws -> Checkout {
        try await shop.marketplace.startCheckout(
            [CheckoutItem(variant: variant, quantity: 1)], to: Shop.address,
            email: "grace@example.com", as: shop.buyer,
            answering: answering(claim) { (checkout: Checkout) in "\(checkout.id)" })
    }

    private static func result<Value>(
        _ work: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do { return .success(try await work()) } catch { return .failure(error) }
    }

    @Test func `no answer is kept to what was not done`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 0)
            let claim = ClaimedKey(key())
            #expect(try await market.marketplace.once.begin(claim.key) == .fresh)

            await #expect(throws: CheckoutRefusal.self) {
                try await shop.marketplace.startCheckout(
                    [CheckoutItem(variant: thing.variant, quantity: 1)], to: Shop.address,
                    email: "grace@example.com", as: shop.buyer,
                    answering: answering(claim) { (checkout: Checkout) in "\(checkout.id)" })
            }

            #expect(claim.kept == nil)
            #expect(try await market.marketplace.once.begin(claim.key) == .inProgress)
        }
    }
}
