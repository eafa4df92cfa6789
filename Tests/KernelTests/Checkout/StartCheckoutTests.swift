import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Starting a checkout` {
    @Test func `prices are pinned, stock is held, shipping and taxes are known`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(price: 1999)

            let checkout = try await shop.checkout(thing)

            #expect(checkout.isReady)
            #expect(checkout.parcels.map { $0.options.map(\.code) } == [["pickup", "parcel"]])
            #expect(checkout.totals.total == Money(1999, .eur))
            // 19 % of what is inside 19.99
            #expect(checkout.totals.taxIncluded == Money(319, .eur))
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 1))
            let found = try await shop.marketplace.findCheckout(checkout.id, as: shop.buyer)
            #expect(found.totals == checkout.totals)
            #expect(found.isReady)
            #expect(found.taxLines == checkout.taxLines)
        }
    }

    @Test func `another way of shipping changes totals and taxes`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing(price: 1999))

            let chosen = try await shop.marketplace.chooseShipping(
                checkout.id, parcel: 0, option: "parcel", as: shop.buyer)

            #expect(chosen.totals.total == Money(2489, .eur))
            #expect(chosen.totals.taxIncluded == Money(319 + 78, .eur))
            await #expect(throws: CheckoutRefusal.optionUnknown) {
                try await shop.marketplace.chooseShipping(
                    checkout.id, parcel: 0, option: "rocket", as: shop.buyer)
            }
            await #expect(throws: CheckoutRefusal.parcelUnknown) {
                try await shop.marketplace.chooseShipping(
                    checkout.id, parcel: 7, option: "parcel", as: shop.buyer)
            }
        }
    }

    @Test func `in America tax comes on top, that of shipping too`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, tax: ["ratePPM": "72500", "platformRemits": "true"])
            let checkout = try await shop.checkout(try await shop.thing(price: 1000))
            let address = Address(
                name: "Grace", lines: ["1 Main St"], city: "San Jose", region: "CA",
                postalCode: "95112", country: "us")

            let moved = try await shop.marketplace.changeAddress(
                checkout.id, to: address, as: shop.buyer)
            let shipped = try await shop.marketplace.chooseShipping(
                checkout.id, parcel: 0, option: "parcel", as: shop.buyer)

            #expect(moved.totals.tax == Money(73, .eur))
            #expect(moved.totals.total == Money(1073, .eur))
            #expect(moved.totals.taxIncluded.isZero)
            #expect(shipped.totals.tax == Money(73 + 36, .eur))
            let placed = try await shop.place(shipped)
            let order = try #require(try await shop.detail(placed).orders.first?.order)
            #expect(order.amounts.taxByPlatform == Money(109, .eur))
            #expect(order.amounts.commission == Money(100, .eur))
            #expect(order.amounts.sellerShare == Money(1490 - 100, .eur))
        }
    }

    @Test func `thirty buyers race for the last one and one gets it`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 1)

            let outcomes = await withTaskGroup(of: String.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        do {
                            let buyer = Buyer(guestToken: "guest \(number)")
                            let checkout = try await shop.checkout(thing, as: buyer)
                            return try await shop.place(checkout, as: buyer).purchase.state
                                .rawValue
                        } catch let refusal as any Refusal {
                            return refusal.code
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }

            #expect(outcomes == ["paid": 1, "checkout.sold-out": 29])
            #expect(try await shop.stock(thing) == Stock(onHand: 0, reserved: 0))
        }
    }

    @Test func `too many, unknown, unpublished and mixed things are refused by line`() async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let bowl = try await shop.thing(by: seller, stock: 2)
            let gone = try await shop.thing(by: seller, stock: 0, title: "Vase")
            let draft = try await shop.thing(by: seller, state: "draft")
            let yen = try await shop.thing(by: seller, currency: .jpy)
            func start(_ items: (GivenThing, Int)...) async throws {
                _ = try await shop.marketplace.startCheckout(
                    items.map { CheckoutItem(variant: $0.0.variant, quantity: $0.1) },
                    to: Shop.address, email: "grace@example.com", as: shop.buyer)
            }

            await #expect(throws: CheckoutRefusal.cartEmpty) { try await start() }
            await #expect(throws: CheckoutRefusal.onlyLeft(line: 0, title: "Bowl", count: 2)) {
                try await start((bowl, 3))
            }
            await #expect(throws: CheckoutRefusal.soldOut(line: 1, title: "Vase")) {
                try await start((bowl, 1), (gone, 1))
            }
            await #expect(throws: CheckoutRefusal.notForSale(line: 1)) {
                try await start((bowl, 1), (draft, 1))
            }
            await #expect(throws: CheckoutRefusal.mixedCurrency(line: 1)) {
                try await start((bowl, 1), (yen, 1))
            }
            await #expect(throws: CheckoutRefusal.quantityOutOfRange(line: 0)) {
                try await start((bowl, 0))
            }
            await #expect(throws: CheckoutRefusal.quantityOutOfRange(line: 1)) {
                try await start((bowl, 999), (bowl, 1))
            }
            let unknown = CheckoutItem(variant: ID(), quantity: 1)
            await #expect(throws: CheckoutRefusal.notForSale(line: 0)) {
                try await shop.marketplace.startCheckout(
                    [unknown], to: Shop.address, email: "grace@example.com", as: shop.buyer)
            }
            await #expect(throws: CheckoutRefusal.tooManyLines) {
                try await shop.marketplace.startCheckout(
                    Array(repeating: unknown, count: 101), to: Shop.address,
                    email: "grace@example.com", as: shop.buyer)
            }
            await #expect(throws: CheckoutRefusal.emailInvalid) {
                try await shop.marketplace.startCheckout(
                    [unknown], to: Shop.address, email: "nobody", as: shop.buyer)
            }
            #expect(try await shop.stock(bowl) == Stock(onHand: 2, reserved: 0))
        }
    }

    @Test func `a seller without a wallet and an absurd price are refused`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let dear = try await shop.thing(price: 999_999_999_999_999)
            let poor = try await shop.thing()
            try await market.database.execute(
                "update wallet set is_default = false where seller_id = \(poor.seller.id)")

            await #expect(throws: CheckoutRefusal.tooExpensive) { try await shop.checkout(dear) }
            await #expect(throws: CheckoutRefusal.walletMissing(line: 0, title: "Bowl")) {
                try await shop.checkout(poor)
            }
        }
    }

    @Test func `more than an amount can hold is refused like any other absurd price`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            var items: [CheckoutItem] = []
            for _ in 0..<10 {
                let dear = try await shop.thing(by: seller, price: 999_999_999_999_999, stock: 999)
                items.append(CheckoutItem(variant: dear.variant, quantity: 999))
            }
            let wanted = items

            await #expect(throws: CheckoutRefusal.tooExpensive) {
                try await market.marketplace.startCheckout(
                    wanted, to: Shop.address, email: "grace@example.com", as: shop.buyer)
            }
        }
    }

    @Test func `a buyer who starts again does not compete with himself`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 1)
            let first = try await shop.checkout(thing)

            let second = try await shop.checkout(thing)

            #expect(
                try await shop.marketplace.findCheckout(first.id, as: shop.buyer).state == .expired)
            #expect(try await shop.place(second).purchase.state == .paid)
        }
    }

    @Test func `stock whose time is over is free without any worker`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 1)
            _ = try await shop.checkout(thing, as: Buyer(guestToken: "left the shop"))
            await #expect(throws: CheckoutRefusal.soldOut(line: 0, title: "Bowl")) {
                try await shop.checkout(thing)
            }

            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            #expect(try await shop.checkout(thing).isReady)
        }
    }

    @Test func `the worker frees what expired, and abandoning frees it at once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let (a, b) = (try await shop.thing(), try await shop.thing())
            _ = try await shop.checkout(a)
            let abandoned = try await shop.checkout(b)

            try await shop.marketplace.abandonCheckout(abandoned.id, as: shop.buyer)
            #expect(try await shop.stock(b).reserved == 0)
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            #expect(try await shop.marketplace.expireCheckouts() == 1)
            #expect(try await shop.stock(a).reserved == 0)
            #expect(try await shop.marketplace.expireCheckouts() == 0)
        }
    }

    @Test func `without shipping prices the stock stays held and it can be tried again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            try await market.database.execute(
                "update provider_instance set state = 'paused' where kind = 'shipping'")
            let checkout = try await shop.checkout(thing)

            #expect(!checkout.isReady)
            #expect(try await shop.stock(thing).reserved == 1)
            await #expect(throws: CheckoutRefusal.shippingUnavailable) {
                try await shop.marketplace.quoteCheckout(checkout.id, as: shop.buyer)
            }
            await #expect(throws: CheckoutRefusal.shippingUnavailable) {
                try await shop.place(checkout)
            }
            try await market.database.execute(
                "update provider_instance set state = 'active' where kind = 'shipping'")
            let quoted = try await shop.marketplace.quoteCheckout(checkout.id, as: shop.buyer)
            #expect(quoted.isReady)
            #expect(try await shop.place(quoted).purchase.state == .paid)
        }
    }

    @Test func `without taxes nothing is sold`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            try await market.database.execute(
                "update provider_instance set state = 'paused' where kind = 'tax'")
            let checkout = try await shop.checkout(try await shop.thing())

            #expect(!checkout.isTaxed)
            await #expect(throws: CheckoutRefusal.taxUnavailable) { try await shop.place(checkout) }
            await #expect(throws: CheckoutRefusal.taxUnavailable) {
                try await shop.marketplace.chooseShipping(
                    checkout.id, parcel: 0, option: "parcel", as: shop.buyer)
            }
        }
    }

    @Test func `what was ordered or changed meanwhile is not changed any more`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())

            let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                for option in ["parcel", "pickup", "parcel", "pickup"] {
                    group.addTask {
                        do {
                            _ = try await shop.marketplace.chooseShipping(
                                checkout.id, parcel: 0, option: option, as: shop.buyer)
                            return "chosen"
                        } catch CheckoutRefusal.changedMeanwhile {
                            return "changed meanwhile"
                        }
                    }
                }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            let now = try await shop.marketplace.findCheckout(checkout.id, as: shop.buyer)
            #expect(try await shop.place(now).purchase.state == .paid)

            #expect(outcomes.contains("chosen"))
            await #expect(throws: CheckoutRefusal.alreadyPlaced) {
                try await shop.marketplace.chooseShipping(
                    checkout.id, parcel: 0, option: "parcel", as: shop.buyer)
            }
        }
    }

    @Test func `carts with several variants of the same things never wait for each other`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            var things: [GivenThing] = []
            for _ in 0..<4 { things.append(try await shop.thing(by: seller, stock: 8)) }
            let all = things

            let held = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let order = number.isMultiple(of: 2) ? all : all.reversed()
                        do {
                            _ = try await shop.marketplace.startCheckout(
                                order.map { CheckoutItem(variant: $0.variant, quantity: 1) },
                                to: Shop.address, email: "grace@example.com",
                                as: Buyer(guestToken: "guest \(number)"))
                            return 1
                        } catch CheckoutRefusal.soldOut {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }

            #expect(held == 8)
            for thing in all {
                #expect(try await shop.stock(thing) == Stock(onHand: 8, reserved: 8))
            }
        }
    }
}
