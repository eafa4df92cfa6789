import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// An answer can be lost after Redis has taken the change, and whoever waited for it asks again.
@Suite struct `What a cart is changed for` {
    private let carts = CartStore(redis: TestWeb.redis)
    private let owner = CartOwner.guest(Secrets.token())
    private let cup = ID<Variant>()

    private func act(_ key: String, body: UInt8 = 1) -> CartAct {
        CartAct(OnceKey(actor: "a", key: key, fingerprint: [body], route: "POST /cart/lines"))
    }

    private func quantities(_ owner: CartOwner? = nil) async throws -> [Int] {
        try await carts.lines(of: owner ?? self.owner).map(\.quantity)
    }

    /// So many days pass for what the cart was changed for so far.
    private func wait(days: Int64) async throws {
        let acts = carts.actsKey(owner)
        let reply = try await TestWeb.redis.send("ZRANGE", [.string(acts), "0", "-1"])
        guard case .array(let names) = reply else { return }
        for name in names.compactMap(\.text) {
            _ = try await TestWeb.redis.send(
                "ZINCRBY", [.string(acts), .int(-days * 86_400_000), .string(name)])
        }
    }

    @Test func `changes it once, and another time for another key, another body and none`()
        async throws
    {
        try await carts.add(2, of: cup, to: owner, for: act("one"))
        try await carts.add(2, of: cup, to: owner, for: act("one"))
        #expect(try await quantities() == [2])

        try await carts.add(2, of: cup, to: owner, for: act("two"))
        try await carts.add(2, of: cup, to: owner, for: act("one", body: 2))
        try await carts.add(2, of: cup, to: owner)
        #expect(try await quantities() == [8])

        try await carts.add(2, of: cup, to: .guest(Secrets.token()), for: act("three"))
        try await carts.add(2, of: cup, to: owner, for: act("three"))
        #expect(try await quantities() == [10])
    }

    @Test func `changes it once also when thirty repeats race`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<30 {
                group.addTask { try await carts.add(1, of: cup, to: owner, for: act("one")) }
            }
            try await group.waitForAll()
        }

        #expect(try await quantities() == [1])
    }

    @Test func `is done though there is no room for it any more, or it was taken out again`()
        async throws
    {
        try await carts.add(600, of: cup, to: owner, for: act("one"))
        try await carts.add(600, of: cup, to: owner, for: act("one"))
        #expect(try await quantities() == [600])

        try await carts.set(0, of: cup, in: owner)
        try await carts.add(600, of: cup, to: owner, for: act("one"))
        try await carts.empty(owner)
        try await carts.add(600, of: cup, to: owner, for: act("one"))
        #expect(try await quantities() == [])
    }

    @Test func `is not done when it was refused, nor any part of it`() async throws {
        try await carts.add(998, of: cup, to: owner)
        let both = [
            CheckoutItem(variant: ID(), quantity: 1), CheckoutItem(variant: cup, quantity: 2),
        ]

        await #expect(throws: CartRefusal.tooMany) {
            try await carts.add(both, to: owner, for: act("one"))
        }
        #expect(try await quantities() == [998])
        #expect(try await !carts.knows(act("one"), in: owner))

        try await carts.set(1, of: cup, in: owner)
        try await carts.add(both, to: owner, for: act("one"))
        #expect(try await quantities().sorted() == [1, 3])
        #expect(try await carts.knows(act("one"), in: owner))
    }

    @Test func `is known as long as an answer is kept, and no longer`() async throws {
        try await carts.add(1, of: cup, to: owner, for: act("one"))
        try await wait(days: 6)
        try await carts.add(1, of: cup, to: owner, for: act("one"))
        #expect(try await quantities() == [1])

        try await wait(days: 1)
        #expect(try await !carts.knows(act("one"), in: owner))
        try await carts.add(1, of: cup, to: owner, for: act("one"))

        #expect(try await quantities() == [2])
        let left = try await TestWeb.redis.send("PTTL", [.string(carts.actsKey(owner))])
        #expect((1...CartStore.actsMilliseconds).contains(left.int ?? 0))
    }

    @Test func `is forgotten for the newest hundred`() async throws {
        for index in 0...CartStore.actsMax {
            try await carts.add(1, of: cup, to: owner, for: act("\(index)"))
            // So that each has a time of its own.
            try await Task.sleep(for: .milliseconds(2))
        }

        let count = try await TestWeb.redis.send("ZCARD", [.string(carts.actsKey(owner))])
        #expect(count.int == Int64(CartStore.actsMax))
        #expect(try await !carts.knows(act("0"), in: owner))
        #expect(try await carts.knows(act("1"), in: owner))
        #expect(try await carts.knows(act("\(CartStore.actsMax)"), in: owner))
    }

    @Test func `goes with a guest's cart into the account's`() async throws {
        let (browser, account) = (Secrets.token(), ID<Account>())
        try await carts.add(1, of: cup, to: .guest(browser), for: act("one"))
        try await carts.add(1, of: cup, to: .account(account), for: act("two"))

        try await carts.merge(guest: browser, into: account)
        try await carts.add(1, of: cup, to: .account(account), for: act("one"))
        try await carts.add(1, of: cup, to: .account(account), for: act("two"))

        #expect(try await quantities(.account(account)) == [2])
        #expect(try await !carts.knows(act("one"), in: .guest(browser)))
    }

    @Test func `is forgotten with whose cart it was`() async throws {
        try await carts.add(1, of: cup, to: owner, for: act("one"))

        try await carts.forget(owner)

        #expect(try await quantities() == [])
        #expect(try await !carts.knows(act("one"), in: owner))
    }

    @Test func `is a purchase, whose things leave it once`() async throws {
        let purchase = CartAct(ID<Purchase>())
        let bought = [CheckoutItem(variant: cup, quantity: 2)]
        try await carts.add(2, of: cup, to: owner)

        #expect(try await !carts.takeOut(bought, from: owner, for: purchase))
        // One more of the same.
        try await carts.add(1, of: cup, to: owner)
        #expect(try await carts.takeOut(bought, from: owner, for: purchase))
        #expect(try await quantities() == [1])

        #expect(try await !carts.takeOut(bought, from: owner, for: CartAct(ID<Purchase>())))
    }
}
