import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

@Suite struct `A cart` {
    private let carts = CartStore(redis: TestWeb.redis)

    @Test func `adds, sets and takes out`() async throws {
        let owner = CartOwner.guest(Secrets.token())
        let (cup, bowl) = (ID<Variant>(), ID<Variant>())

        try await carts.add(2, of: cup, to: owner)
        try await carts.add(1, of: cup, to: owner)
        try await carts.set(5, of: bowl, in: owner)
        try await carts.takeOut([CheckoutItem(variant: bowl, quantity: 2)], from: owner)
        let lines = try await carts.lines(of: owner)
        try await carts.set(0, of: cup, in: owner)

        #expect(Set(lines.map { "\($0.variant) \($0.quantity)" }) == ["\(cup) 3", "\(bowl) 3"])
        #expect(try await carts.lines(of: owner).map(\.variant) == [bowl])
    }

    @Test func `keeps to its limits and changes nothing beyond them`() async throws {
        let owner = CartOwner.guest(Secrets.token())
        let cup = ID<Variant>()
        try await carts.add(998, of: cup, to: owner)

        await #expect(throws: CartRefusal.tooMany) { try await carts.add(2, of: cup, to: owner) }
        for _ in 1..<CartStore.linesMax { try await carts.add(1, of: ID(), to: owner) }
        await #expect(throws: CartRefusal.tooManyLines) {
            try await carts.add(1, of: ID(), to: owner)
        }

        let lines = try await carts.lines(of: owner)
        #expect(lines.count == CartStore.linesMax)
        #expect(lines.first { $0.variant == cup }?.quantity == 998)
    }

    @Test func `of a guest goes into the account's, once`() async throws {
        let browser = Secrets.token()
        let account = ID<Account>()
        let cup = ID<Variant>()
        try await carts.add(2, of: cup, to: .guest(browser))
        try await carts.add(1, of: cup, to: .account(account))

        try await carts.merge(guest: browser, into: account)
        try await carts.merge(guest: browser, into: account)

        #expect(try await carts.lines(of: .account(account)).map(\.quantity) == [3])
        #expect(try await carts.lines(of: .guest(browser)).isEmpty)
    }

    @Test func `changed by thirty at once counts them all`() async throws {
        let owner = CartOwner.guest(Secrets.token())
        let cup = ID<Variant>()

        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<30 { group.addTask { try await carts.add(1, of: cup, to: owner) } }
            try await group.waitForAll()
        }

        #expect(try await carts.lines(of: owner).map(\.quantity) == [30])
    }
}
