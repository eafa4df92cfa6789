import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A payment of which an administrator asks the provider` {
    private func line(
        of id: ID<Payment>, in market: TestMarketplace
    ) async throws -> AuditEntry? {
        try await market.marketplace.auditTrail(
            .object(kind: "payment", id: id.description), PageRequest()
        ).items.first
    }

    @Test func `is paid at once where the webhook was lost`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))

            try await shop.marketplace.askHowPaymentStands(
                placed.payment.id, reason: "She says that she paid.", by: admin.id)

            #expect(try await shop.detail(placed).purchase.state == .paid)
            let line = try await line(of: placed.payment.id, in: market)
            #expect(line?.action == "payment.looked-up")
            #expect(line?.reason == "She says that she paid." && line?.actor == admin.id)
        }
    }

    @Test func `is paid once where two ask at the same time`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 {
                    group.addTask {
                        try await shop.marketplace.askHowPaymentStands(
                            placed.payment.id, reason: "She says that she paid.", by: admin.id)
                    }
                }
                try await group.waitForAll()
            }

            #expect(try await shop.detail(placed).purchase.state == .paid)
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 1)
            #expect(
                try await shop.count(
                    "select count(*) from audit_log where action = 'payment.looked-up'") == 4)
        }
    }

    @Test func `stays as it is where the provider does not answer`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            shop.bank.beBlind(.unavailable(message: "no answer", retryAfterSeconds: nil))

            try await shop.marketplace.askHowPaymentStands(
                placed.payment.id, reason: "She says that she paid.", by: admin.id)

            #expect(try await shop.detail(placed).purchase.state == .awaitingPayment)
            #expect(try await line(of: placed.payment.id, in: market)?.action != nil)
            await #expect(throws: CaseRefusal.unknown) {
                try await shop.marketplace.askHowPaymentStands(
                    ID(), reason: "Nobody's.", by: admin.id)
            }
        }
    }

    @Test func `leaves a line of who asked, also when what follows breaks off`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")
            shop.bank.finish(reference(placed))
            try await market.storage.tamper([
                "alter table purchase add constraint broken check (state <> 'paid')"
            ])

            await #expect(throws: PostgresError.self) {
                try await shop.marketplace.askHowPaymentStands(
                    placed.payment.id, reason: "She says that she paid.", by: admin.id)
            }

            let line = try await line(of: placed.payment.id, in: market)
            #expect(line?.action == "payment.looked-up" && line?.actor == admin.id)
        }
    }

    /// Nobody looks for it any more by itself.
    @Test func `gives back what came after everybody had given it up`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "processing")
            try await market.marketplace.moveClock(by: .seconds(4 * 86_400), as: nil)
            try await expireWithoutProvider(shop, placed)
            try await market.database.execute(
                "update payment_attempt set state = 'failed' where kind = 'start'")
            shop.bank.finish(reference(placed))
            try await shop.hurry()
            try await shop.settle()
            #expect(try await shop.detail(placed).payment?.state != .late)

            try await shop.marketplace.askHowPaymentStands(
                placed.payment.id, reason: "The bank called.", by: admin.id)

            #expect(try await shop.detail(placed).payment?.state == .late)
            try await shop.settle()
            #expect(shop.bank.held == 0)
            let refunds = try await shop.detail(placed).orders.first?.refunds
            #expect(refunds?.map(\.state) == [.succeeded])
        }
    }
}
