import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A dispute` {
    /// One purchase of 20 euros that is disputed.
    private struct Case {
        let shop: Shop
        let seller: GivenSeller
        let reference: String
        let total: Money
        /// What a lost one leaves to the market: its commission. The rest is the shop's.
        let commission: Money

        init(_ market: TestMarketplace) async throws {
            shop = try await Shop(market)
            seller = try await market.given.verifiedSeller()
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing(by: seller)))
            reference = try #require(placed.payment.reference)
            total = placed.purchase.total
            let order = try #require(try await shop.detail(placed).orders.first).order
            commission = try total.subtracting(order.amounts.sellerShare)
        }

        func snapshot(
            _ status: DisputeStatus, taken: Int64, fee: Int64 = 1500, version: Int64,
            reference own: String = "du_1"
        ) -> DisputeSnapshot {
            DisputeSnapshot(
                reference: own, paymentReference: reference, status: status, amount: total,
                withdrawn: Money(taken, .eur), fee: Money(fee, .eur), reason: "fraudulent",
                version: version)
        }

        func apply(_ snapshot: DisputeSnapshot) async throws -> Bool {
            try await shop.marketplace.applyDispute(snapshot, at: shop.payment)
        }

        func sum(_ kind: String) async throws -> Int {
            try await shop.count(
                """
                select coalesce(sum(entry.amount), 0)::bigint from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where account.kind = \(kind)
                """)
        }

        func checkBooks() async throws {
            let report = try await shop.marketplace.verifyLedger()
            for check in report.checks where !check.culprits.isEmpty {
                Issue.record("\(check.claim): \(check.culprits)")
            }
        }
    }

    @Test func `takes its money once, however often and in whatever order it is told`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let total = dispute.total.amount
            let before = try await dispute.sum("provider_clearing")
            let open = dispute.snapshot(.needsResponse, taken: total, version: 20)
            let lost = dispute.snapshot(.lost, taken: total, version: 22)

            #expect(try await dispute.apply(open))
            #expect(try await dispute.apply(open))
            #expect(try await dispute.sum("disputed") == -Int(total))
            #expect(try await dispute.apply(lost))
            #expect(
                try await dispute.apply(dispute.snapshot(.underReview, taken: total, version: 21)))

            #expect(try await dispute.sum("disputed") == 0)
            #expect(
                try await dispute.sum("dispute_losses") == -Int(dispute.commission.amount))
            #expect(try await dispute.sum("provider_fees") == -1500)
            #expect(
                try await dispute.sum("provider_clearing") == before + Int(total) + 1500)
            try await dispute.checkBooks()
        }
    }

    @Test func `told by several at once takes its money once`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let total = dispute.total.amount
            let before = try await dispute.sum("provider_clearing")

            try await withThrowingTaskGroup(of: Bool.self) { group in
                for version in [20, 20, 20, 21, 21, 22] as [Int64] {
                    let status: DisputeStatus = version < 22 ? .needsResponse : .lost
                    group.addTask {
                        try await dispute.apply(
                            dispute.snapshot(status, taken: total, version: version))
                    }
                }
                for try await known in group { #expect(known) }
            }

            #expect(try await dispute.sum("disputed") == 0)
            #expect(
                try await dispute.sum("dispute_losses") == -Int(dispute.commission.amount))
            #expect(try await dispute.sum("provider_fees") == -1500)
            #expect(
                try await dispute.sum("provider_clearing") == before + Int(total) + 1500)
            try await dispute.checkBooks()
        }
    }

    @Test func `that is won gives back what was taken, and keeps the fee`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let total = dispute.total.amount
            _ = try await dispute.apply(
                dispute.snapshot(.needsResponse, taken: total, version: 20))
            _ = try await dispute.apply(dispute.snapshot(.won, taken: 0, version: 39))

            #expect(try await dispute.sum("disputed") == 0)
            #expect(try await dispute.sum("dispute_losses") == 0)
            #expect(try await dispute.sum("provider_fees") == -1500)
            try await dispute.checkBooks()
        }
    }

    @Test func `that stands as before is told nobody again`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            for version in [1, 2, 3] as [Int64] {
                _ = try await dispute.apply(
                    dispute.snapshot(.inquiry, taken: 0, fee: 100 * version, version: version))
            }

            let told = try await dispute.shop.count(
                "select count(*) from outbox_event where topic = 'dispute.inquiry'")
            #expect(told == 2, "its seller and the administrators")
            #expect(try await dispute.sum("provider_fees") == -300)
        }
    }

    @Test func `is told to the sellers whose orders it is about, and listed`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            _ = try await dispute.apply(
                dispute.snapshot(.inquiry, taken: 0, fee: 0, version: 1))

            let stranger = try await market.given.verifiedSeller("Other")
            let kernel = market.marketplace
            let own = try await kernel.disputes(as: dispute.seller.member, PageRequest()).items
            #expect(own.map(\.dispute.status) == [.inquiry] && own[0].order != nil)
            #expect(try await kernel.disputes(as: stranger.member, PageRequest()).items.isEmpty)
            #expect(try await kernel.disputes(isOpen: true, PageRequest()).items.count == 1)
            let told = try await dispute.shop.count(
                "select count(*) from outbox_event where topic = 'dispute.inquiry'")
            #expect(told == 2)
        }
    }

    @Test func `of another payment, instance, currency or size is none of ours`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            var stranger = dispute.snapshot(.lost, taken: 1, version: 1)
            stranger.paymentReference = "pay_of_somebody"
            #expect(try await !dispute.apply(stranger))
            var foreign = dispute.snapshot(.lost, taken: 1, version: 1)
            foreign.withdrawn = Money(1, .usd)
            await #expect(throws: SnapshotQuarantined.self) { try await dispute.apply(foreign) }
            let absurd = dispute.snapshot(
                .lost, taken: dispute.total.amount + 1, version: 1)
            await #expect(throws: SnapshotQuarantined.self) { try await dispute.apply(absurd) }
            #expect(try await dispute.shop.count("select count(*) from dispute") == 0)
        }
    }

    @Test func `that comes before the news that explains it waits for that`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let (kernel, bank) = (dispute.shop.marketplace, dispute.shop.bank)
            let total = dispute.total.amount
            let first = dispute.snapshot(.needsResponse, taken: total, fee: 0, version: 1)
            _ = try await dispute.apply(first)
            let second = dispute.snapshot(
                .needsResponse, taken: total, fee: 0, version: 1, reference: "du_2")
            try await kernel.receiveWebhook(
                from: dispute.shop.payment, headers: bank.webhook(second).headers,
                body: bank.webhook(second).body)
            let worker = market.worker()
            try await worker.drain()
            #expect(try await dispute.shop.count("select count(*) from dispute") == 1)

            _ = try await dispute.apply(dispute.snapshot(.won, taken: 0, fee: 0, version: 2))
            try await market.database.execute("update job set run_at = now()")
            try await worker.drain()

            #expect(try await dispute.shop.count("select count(*) from dispute") == 2)
            #expect(try await dispute.sum("disputed") == -Int(total))
            try await dispute.checkBooks()
        }
    }

    @Test func `of parts of one payment may be several, which together take no more than it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let total = dispute.total.amount
            let half = total / 2
            #expect(try await dispute.apply(dispute.snapshot(.lost, taken: half, version: 20)))
            let rest = dispute.snapshot(
                .needsResponse, taken: total - half, version: 20, reference: "du_2")
            #expect(try await dispute.apply(rest))
            let more = dispute.snapshot(.needsResponse, taken: 1, version: 20, reference: "du_3")
            await #expect(throws: SnapshotQuarantined.self) { try await dispute.apply(more) }

            let lost = dispute.snapshot(
                .lost, taken: total - half, version: 21, reference: "du_2")
            #expect(try await dispute.apply(lost))
            #expect(try await dispute.sum("dispute_losses") == -Int(dispute.commission.amount))
            let charged = try await dispute.shop.count(
                "select coalesce(sum(charged), 0)::bigint from dispute_order")
            #expect(charged == Int(total - dispute.commission.amount))
            // What comes back of one may be taken by another.
            #expect(try await dispute.apply(dispute.snapshot(.won, taken: 0, version: 22)))
            #expect(
                try await dispute.apply(
                    dispute.snapshot(
                        .needsResponse, taken: half, version: 20, reference: "du_3")))
            try await dispute.checkBooks()
        }
    }

    @Test func `that is lost tells the shop what it gave back, and the market what is lost`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let total = dispute.total.amount
            _ = try await dispute.apply(dispute.snapshot(.lost, taken: total, version: 20))

            let told = try await dispute.shop.count(
                """
                select count(*) from outbox_event
                where topic = 'dispute.lost' and seller_id = \(dispute.seller.id)
                    and (payload -> 'charged' ->> 'amount')::bigint
                        = \(total - dispute.commission.amount)
                    and payload ->> 'number' in (select number from orders)
                """)
            #expect(told == 1)
        }
    }

    @Test func `goes forward in the database too, and stays`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            _ = try await dispute.apply(dispute.snapshot(.needsResponse, taken: 5, version: 20))
            for statement in [
                "update dispute set version = 19", "update dispute set reference = 'du_2'",
                "delete from dispute",
            ] as [SQL] {
                await #expect(throws: PostgresError.self) {
                    try await market.database.execute(statement)
                }
            }
        }
    }

    /// Whatever a provider says in whatever order, the books end where the newest word ends.
    @Test func `every way through it adds up`() throws {
        var generator = SystemRandomNumberGenerator()
        let instance = ID<ProviderInstance>()
        for _ in 0..<500 {
            var sums: [LedgerAccount: Int64] = [:]
            var before: Dispute?
            for version in 1...Int64.random(in: 1...6, using: &generator) {
                let snapshot = DisputeSnapshot(
                    reference: "du", paymentReference: "p",
                    status: DisputeStatus.allCases.randomElement(using: &generator) ?? .lost,
                    amount: Money(9000, .eur),
                    withdrawn: Money(Int64.random(in: 0...9000, using: &generator), .eur),
                    fee: Money(Int64.random(in: 0...2000, using: &generator), .eur),
                    reason: "general", version: version)
                let after = Dispute(
                    snapshot, id: before?.id ?? ID(), payment: ID(), instance: instance,
                    openedAt: .systemNow)
                for entry in try Posting.dispute(from: before, to: after).entries {
                    sums[entry.account, default: 0] += entry.amount
                }
                before = after
            }
            let end = try #require(before)
            #expect(sums[.disputed] ?? 0 == -end.undecided)
            #expect(sums[.disputeLosses] ?? 0 == -end.lost)
            #expect(sums[.providerFees] ?? 0 == -end.fee.amount)
            #expect(
                sums[.providerClearing(instance)] ?? 0 == end.withdrawn.amount + end.fee.amount)
        }
    }
}
