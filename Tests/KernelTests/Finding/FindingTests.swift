import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `What somebody has in front of them` {
    @Test func `leads to ten of a kind at most, those most alike first`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            for number in 1...12 {
                _ = try await shop.thing(by: seller, title: "Cherry spoon \(number)")
            }
            let exact = try await shop.thing(by: seller, title: "Spoon")

            let found = try await market.marketplace.find(" spoon ", among: [.listing])

            #expect(found.count == 10)
            #expect(found.first?.id != nil)
            #expect(found.allSatisfy { $0.name.contains("poon") })
            let one = try await market.marketplace.find("\(exact.listing)", among: [.listing])
            #expect(one.map(\.name) == ["Spoon"])
        }
    }

    @Test func `leads nowhere for nothing, and to no kind that was not asked for`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let order = try #require(try await shop.bought(try await shop.thing()).first).order
            #expect(try await market.marketplace.find("  ", among: [.purchase]).isEmpty)
            #expect(try await market.marketplace.find(order.number, among: [.seller]).isEmpty)
            let found = try await market.marketplace.find(order.number, among: [.purchase])
            #expect(found.map(\.amount) == [order.amounts.total])
        }
    }
}
