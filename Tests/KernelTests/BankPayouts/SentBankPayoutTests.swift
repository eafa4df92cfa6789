import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A payout to a seller's bank that is under way` {
    /// As when the process died after the intent was written.
    @Test func `whose job was lost is gone on with by the worker that looks every minute`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            try await scene.order()
            try await market.database.execute(
                "delete from job where kind = 'bank-payouts.send'")

            try await market.database.jobs.enqueue(
                PayoutJobs.resume, NoArgs(), uniqueKey: PayoutJobs.resume.name)
            try await market.worker().drain()

            #expect(
                try await scene.count(
                    """
                    select count(*) from job
                    where kind = 'bank-payouts.send' and state = 'ready'
                    """) == 1)
        }
    }

    @Test func `in doubt is looked at by the worker again, later and later, until it is known`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let worker = market.worker()
            try await scene.order()
            scene.bank.fail(.answerLost)
            scene.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            /// In how many seconds the worker looks again, after it looked once more.
            func pause() async throws -> Int {
                try await market.database.execute(
                    "update job set run_at = now() where kind = 'bank-payouts.send'")
                try await worker.drain()
                return try await scene.count(
                    """
                    select coalesce(max(extract(epoch from run_at - now())), -1)::bigint
                    from job where kind = 'bank-payouts.send' and state = 'ready'
                    """)
            }

            let (first, second) = (try await pause(), try await pause())
            scene.bank.beBlind(nil)
            let last = try await pause()

            #expect(first > 0 && second > first)
            #expect(last == -1, "it is done, and nobody looks any more")
            #expect(scene.bank.orderedBankPayouts.count == 1)
            let payable = try await scene.kernel.payableAccount(scene.account)
            #expect(payable.orders.map(\.state) == [.done])
        }
    }

    /// The one who was overtaken does not ask: the other one's try is the newest.
    @Test func `is asked for once when two workers have it at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            let lock: SQL = "select id from bank_payout_order where id = \(asked.id) for update"

            let ends = try await market.inTurn(
                lockedBy: lock,
                Array(repeating: { try await scene.kernel.sendBankPayout(asked.id) }, count: 2))

            for end in ends { #expect(try end.get().state != .failed) }
            _ = try await scene.kernel.sendBankPayout(asked.id)
            let payable = try await scene.kernel.payableAccount(scene.account)
            #expect(payable.orders.map(\.state) == [.done])
            #expect(scene.bank.orderedBankPayouts.count == 1)
        }
    }

    @Test func `is refused at once, and for good, by a try that somebody has overtaken`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let store = market.database.bankPayoutOrders
            let asked = try await scene.order()
            try await store.move(asked.id, to: .sent)

            #expect(try await store.doubt(asked.id, try: 2) == nil, "there was no second try")
            let first = try #require(try await store.doubt(asked.id, try: 1))
            try await store.move(asked.id, to: .sent)
            #expect(try await store.doubt(asked.id, try: 1) == nil, "the second has begun")
            _ = try #require(try await store.doubt(asked.id, try: 2))
            #expect(try await !store.answered(asked.id, first), "the second is in doubt still")
            try await store.move(asked.id, to: .done, reference: "po_1")
            #expect(try await store.doubt(asked.id, try: 2) == nil, "it is over")
            try await store.move(asked.id, to: .failed, failure: "late")
            let order = try #require(try await store.find(asked.id))
            #expect(order.state == .done && order.reference == "po_1" && order.settledAt != nil)
        }
    }

    @Test func `stands among those before, the newest first and no more than twenty`() async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            var ids: [ID<BankPayoutOrder>] = []
            for _ in 0..<21 {
                let asked = try await scene.order(1)
                ids.append(asked.id)
                try await market.database.bankPayoutOrders.move(asked.id, to: .failed)
            }

            let payable = try await scene.kernel.payableAccount(scene.account)

            #expect(payable.orders.map(\.id) == ids.dropFirst().reversed())
        }
    }

    @Test func `is offered at accounts of providers that can be asked, and at no others`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let other = try await market.given.instance(.payment)
            let silent = ID<PayoutAccount>()
            try await market.database.execute(
                """
                insert into payout_account (id, seller_id, instance_id, reference, is_ready)
                values (\(silent), \(scene.seller.id), \(other), 'acct_silent', true)
                """)

            let offered = try await scene.kernel.payableAccounts(of: scene.seller.id)

            #expect(offered.map(\.id) == [scene.account])
            #expect(try await scene.kernel.payableAccount(silent).refusal == .bankPayoutUnable)
            await #expect(throws: PayoutRefusal.bankPayoutUnable) {
                try await scene.kernel.orderBankPayout(
                    of: silent, Money(1, .eur), reason: "Hm.", by: scene.admin)
            }
        }
    }

    /// What was asked before may still arrive: whoever forgot that would not look it up.
    @Test func `in doubt stays so when the provider is away for the next try`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.callLost, .unavailable)

            let states = [
                try await scene.kernel.sendBankPayout(asked.id).state,
                try await scene.kernel.sendBankPayout(asked.id).state,
            ]

            #expect(states == [.unknown, .unknown])
        }
    }

    /// A question that makes no sense says nothing of what became of the call.
    @Test func `in doubt stays so when the provider refuses the question what became of it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.answerLost)
            _ = try await scene.kernel.sendBankPayout(asked.id)
            try await market.database.execute(
                "update bank_payout_order set in_doubt_at = now() - interval '2 hours'")
            scene.bank.beBlind(.invalidRequest(code: "odd", message: "What do you mean?"))

            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .unknown)

            scene.bank.beBlind(nil)
            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .done)
            #expect(scene.bank.orderedBankPayouts.count == 1)
        }
    }

    @Test func `that the provider refuses is written in the seller's trail with its reason`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.declined)

            let refused = try await scene.kernel.sendBankPayout(asked.id)

            #expect(refused.state == .failed && refused.settledAt != nil)
            let line = try await scene.kernel.auditTrail(
                .object(kind: "seller", id: scene.seller.id.description), PageRequest()
            ).items.first
            #expect(line?.action == "bank-payout.refused" && line?.reason == "The bank said no.")
        }
    }
}
