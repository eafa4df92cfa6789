import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A dispute that nobody here can read` {
    /// A provider, and somebody who settles cases.
    private struct Case: Sendable {
        let market: TestMarketplace
        let provider: ID<ProviderInstance>
        let finance: Account

        init(_ market: TestMarketplace) async throws {
            self.market = market
            provider = try await market.given.instance()
            finance = try await market.given.administrator(.finance)
        }

        func setAside(_ reference: String, _ problem: String) async throws {
            try await market.marketplace.setAside(reference, problem, at: provider)
        }

        func told() async throws -> [Notice] {
            try await market.tellEverybody()
            return try await market.marketplace.notices(
                of: finance.id, as: .administrator, PageRequest(limit: 100)
            ).items.filter { $0.topic == "dispute.unreadable" }
        }

        func waiting() async throws -> Int {
            try await market.marketplace.whatWaits().disputesUnreadable
        }

        func kept() async throws -> Int {
            try await market.database.query(
                "select count(*) from dispute_quarantine where instance_id = \(provider)"
            ).decode { c in try c.next(Int.self) }.first ?? 0
        }
    }

    @Test func `waits for somebody, who is told of it once, until it can be read`() async throws {
        try await TestMarketplace.run { market in
            let odd = try await Case(market)
            #expect(try await odd.waiting() == 0)

            for problem in ["Its state is novel.", "Its state is novel.", "It has no amount."] {
                try await odd.setAside("du_odd", problem)
            }
            let told = try await odd.told()
            #expect(told.count == 1)
            #expect(told.first?.payload.contains("Its state is novel.") == true)
            #expect(told.first?.payload.contains("du_odd") == true)
            #expect(try await odd.waiting() == 1)

            try await market.database.disputes.takeBack("du_odd", at: odd.provider)
            #expect(try await odd.waiting() == 0)
        }
    }

    /// Where a provider's every dispute is nonsense, letter after letter helps nobody.
    @Test func `is told of one by one, up to twenty`() async throws {
        try await TestMarketplace.run { market in
            let odd = try await Case(market)

            for number in 1...25 { try await odd.setAside("du_\(number)", "It is novel.") }

            #expect(try await odd.told().count == 20)
            #expect(try await odd.waiting() == 25)
        }
    }

    /// Two processes count at once, and each would keep the last that there is room for.
    @Test func `is set aside by whoever comes first when there is room for one`() async throws {
        try await TestMarketplace.run { market in
            let odd = try await Case(market)
            try await market.database.execute(
                """
                insert into dispute_quarantine (instance_id, reference, problem)
                select \(odd.provider), 'du_' || n, 'odd' from generate_series(1, 999) n
                """)

            let words: [@Sendable () async throws -> Void] = [1, 2].map { number in
                { try await odd.setAside("du_late_\(number)", "odd") }
            }

            // Whoever keeps one looks for its provider last.
            let ended = try await market.inTurn(
                lockedBy: "select id from provider_instance for update", words)

            for outcome in ended { try outcome.get() }
            #expect(try await odd.kept() == 1000)
        }
    }

    @Test func `is the same one for whoever sets it aside at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let odd = try await Case(market)

            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    group.addTask { try await odd.setAside("du_odd", "problem \(number)") }
                }
                try await group.waitForAll()
            }

            #expect(try await odd.kept() == 1)
            #expect(try await odd.told().count == 1)
        }
    }
}
