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
        try await carts.takeOut(
            [CheckoutItem(variant: bowl, quantity: 2)], from: owner, for: CartAct(ID()))
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

    @Test func `leaves with the guest what finds no room, until there is some`() async throws {
        let (browser, account) = (Secrets.token(), ID<Account>())
        let (guest, owner) = (CartOwner.guest(browser), CartOwner.account(account))
        let theirs = (0..<40).map { _ in ID<Variant>() }
        let own = (0..<40).map { _ in ID<Variant>() }
        for variant in theirs { try await carts.set(1, of: variant, in: guest) }
        for variant in own { try await carts.set(1, of: variant, in: owner) }
        try await carts.set(2, of: own[0], in: guest)
        func variants(_ owner: CartOwner) async throws -> Set<ID<Variant>> {
            Set(try await carts.lines(of: owner).map(\.variant))
        }

        let left = try await carts.merge(guest: browser, into: account)
        let again = try await carts.merge(guest: browser, into: account)

        #expect([left, again] == [20, 20])
        let (inside, outside) = (try await variants(owner), try await variants(guest))
        #expect(inside.count == CartStore.linesMax && outside.count == 20)
        #expect(inside.union(outside) == Set(theirs + own))
        let added = try await carts.lines(of: owner).first { $0.variant == own[0] }
        #expect(added?.quantity == 3)

        for variant in own.prefix(5) { try await carts.set(0, of: variant, in: owner) }
        #expect(try await carts.merge(guest: browser, into: account) == 15)
        let (more, fewer) = (try await variants(owner), try await variants(guest))
        #expect(more.count == CartStore.linesMax)
        #expect(more.union(fewer) == Set(theirs + own.dropFirst(5)))
    }

    @Test func `keeps wishes of those makers alone of whom something is in it`() async throws {
        let owner = CartOwner.guest(Secrets.token())
        let (one, two) = (ID<Seller>(), ID<Seller>())
        let wishes = ParcelWishes(giftMessage: "Two\nlines", deliverOn: Day("2026-12-24"))
        try await carts.wish(wishes, of: one, in: owner, among: [one])
        try await carts.wish(ParcelWishes(giftMessage: "B"), of: two, in: owner, among: [one, two])
        #expect(try await carts.wishes(of: owner)[one] == wishes)

        try await carts.wish(ParcelWishes(), of: two, in: owner, among: [one, two])
        #expect(try await carts.wishes(of: owner) == [one: wishes])
        try await carts.keepWishes(of: [two], in: owner)
        #expect(try await carts.wishes(of: owner).isEmpty)
    }

    @Test func `of a guest brings what the guest wished last`() async throws {
        let (browser, account) = (Secrets.token(), ID<Account>())
        let (one, two) = (ID<Seller>(), ID<Seller>())
        func say(_ words: String, _ seller: ID<Seller>, _ owner: CartOwner) async throws {
            try await carts.wish(
                ParcelWishes(giftMessage: words), of: seller, in: owner, among: [one, two])
        }
        try await say("old", one, .account(account))
        try await say("kept", two, .account(account))
        try await say("new", one, .guest(browser))

        try await carts.merge(guest: browser, into: account)

        let wishes = try await carts.wishes(of: .account(account))
        #expect(wishes.mapValues(\.giftMessage) == [one: "new", two: "kept"])
        #expect(try await carts.wishes(of: .guest(browser)).isEmpty)
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

extension CartStore {
    func add(
        _ quantity: Int, of variant: ID<Variant>, to owner: CartOwner, for act: CartAct? = nil
    ) async throws {
        try await add([CheckoutItem(variant: variant, quantity: quantity)], to: owner, for: act)
    }
}
