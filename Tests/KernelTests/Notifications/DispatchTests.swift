import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Telling people what happened` {
    @Test func `the customer and everybody in the team are told once each`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let customer = try await market.given.account()
            try await record("order.paid", market, seller, customer)

            try await market.tellEverybody()
            _ = try await market.marketplace.dispatchNotifications()

            let told = try await market.marketplace.notices(
                of: customer.id, as: .customer, PageRequest())
            let team = try await market.marketplace.notices(
                of: seller.owner.id, as: .seller, PageRequest())
            #expect(told.items.map(\.topic) == ["order.paid"])
            #expect(team.items.map(\.seller) == [seller.id])

            let newest = try #require(told.items.first)
            try await market.marketplace.markNoticesRead(of: customer.id, upTo: newest.id)
            let read = try await market.marketplace.notices(
                of: customer.id, as: .customer, PageRequest())
            #expect(read.items.first?.readAt != nil)
        }
    }

    @Test func `an event whose transaction commits late is neither missed nor doubled`()
        async throws
    {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let customer = try await market.given.account()
            try await market.database.transaction { tx in
                try await tx.outbox.record(event("order.early", seller, customer))
                // A later id that commits first.
                let other = try market.storage.connectAgain()
                try await other.outbox.record(event("order.late", seller, customer))
                await other.close()
                while try await market.marketplace.dispatchNotifications() {}
            }

            try await market.tellEverybody()

            let told = try await market.marketplace.notices(
                of: customer.id, as: .customer, PageRequest())
            #expect(told.items.map(\.topic).sorted() == ["order.early", "order.late"])
        }
    }

    @Test func `what happened first is told first, whoever is told of it`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let customer = try await market.given.account()
            _ = try await market.given.administrator()
            try await market.database.transaction { tx in
                for turn in 0..<12 {
                    let event = OutboxEvent(
                        "order.paid", about: "order", ID<Order>(), NoPayload())
                    switch turn % 3 {
                    case 0: try await tx.outbox.record(event.tellingAdministrators())
                    case 1: try await tx.outbox.record(event.telling(team: seller.id))
                    default:
                        try await tx.outbox.record(
                            event.telling(account: customer.id, email: nil))
                    }
                }
            }

            try await market.tellEverybody()

            let told = try await market.database.query(
                "select event_id from notification order by id"
            ).decode { c in try c.next(Int64.self) }
            #expect(Set(told).count >= 12 && told == told.sorted())
        }
    }

    @Test func `two dispatchers at once tell everybody once`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let customer = try await market.given.account()
            for _ in 0..<30 { try await record("order.paid", market, seller, customer) }
            let other = try market.anotherProcess()

            async let one = dispatchAll(market.marketplace)
            async let two = dispatchAll(other)
            _ = try await (one, two)
            try await market.tellEverybody()

            let told = try await market.marketplace.notices(
                of: customer.id, as: .customer, PageRequest(limit: 100))
            #expect(told.items.count == 30)
            await other.database.close()
        }
    }

    private func dispatchAll(_ marketplace: Marketplace) async throws {
        while try await marketplace.dispatchNotifications(limit: 3) {}
    }

    private func record(
        _ topic: String, _ market: TestMarketplace, _ seller: GivenSeller, _ customer: Account
    ) async throws {
        try await market.database.outbox.record(event(topic, seller, customer))
    }

    private func event(
        _ topic: String, _ seller: GivenSeller, _ customer: Account
    ) -> OutboxEvent<NoPayload> {
        OutboxEvent(topic, about: "order", ID<Order>(), NoPayload())
            .telling(account: customer.id, email: "someone@example.test").telling(team: seller.id)
    }
}
