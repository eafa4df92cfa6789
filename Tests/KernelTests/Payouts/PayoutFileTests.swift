import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying sellers by a file for the bank` {
    @Test func `what a provider holds is paid from the platform's account, and confirmed by hand`()
        async throws
    {
        try await TestMarketplace.run { market in
            let town = try await FileTown(market)
            let payout = try await town.sentPayout()
            #expect(payout.state == .sent && payout.instance == town.bank)
            #expect(town.earnings.shop.bank.paidOut.isEmpty)

            let waiting = try await market.marketplace.payoutsWaitingForFiles()
            #expect(waiting.map(\.total) == [payout.amount])
            let batch = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
            let file = try await market.marketplace.payoutFile(batch.id)
            let again = try await market.marketplace.payoutFile(batch.id)
            let xml = String(decoding: file.bytes, as: UTF8.self)
            #expect(file == again && file.mediaType == "application/xml")
            #expect(xml.contains("<CtrlSum>\(payout.amount.decimalText)</CtrlSum>"))
            #expect(xml.contains("<EndToEndId>\(payout.reference ?? "")</EndToEndId>"))

            try await town.confirm(batch, [payout], .executed)
            #expect(try await town.state(of: payout) == .paid)
            try await town.earnings.checkBooks()
            #expect(try await town.clearing(of: town.bank) == payout.amount.amount)

            // The provider settles to the account that the file was paid from.
            try await market.marketplace.recordSettlement(
                of: payout.amount, from: town.earnings.shop.payment, to: town.bank,
                reference: "STMT-1", by: town.admin.id)
            try await market.marketplace.recordSettlement(
                of: payout.amount, from: town.earnings.shop.payment, to: town.bank,
                reference: "STMT-1", by: town.admin.id)
            #expect(try await town.clearing(of: town.bank) == 0)
            await #expect(throws: PayoutRefusal.settlementKnown) {
                try await market.marketplace.recordSettlement(
                    of: Money(1, .eur), from: town.earnings.shop.payment, to: town.bank,
                    reference: "STMT-1", by: town.admin.id)
            }
            try await town.earnings.checkBooks()
        }
    }

    @Test func `a transfer that came back is available again, before or after it was executed`()
        async throws
    {
        try await TestMarketplace.run { market in
            let town = try await FileTown(market)
            let payout = try await town.sentPayout()
            let batch = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
            try await town.confirm(batch, [payout], .returned)
            #expect(try await town.state(of: payout) == .failed)
            #expect(try await town.earnings.balance().available == payout.amount)

            let second = try #require(try await market.marketplace.runPayouts().payouts.first)
            try await market.worker().drain()
            let next = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
            try await town.confirm(next, [second], .executed)
            try await town.confirm(next, [second], .executed)
            try await town.confirm(next, [second], .returned)
            #expect(try await town.state(of: second) == .returned)
            #expect(try await town.earnings.balance().available == payout.amount)
            try await town.earnings.checkBooks()
        }
    }

    @Test func `a payout is in one file, however many people make one at once`() async throws {
        try await TestMarketplace.run { market in
            let town = try await FileTown(market)
            _ = try await town.sentPayout()

            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            try await market.marketplace.makePayoutFile(
                                at: town.bank, .eur, by: town.admin.id)
                            return true
                        } catch { return (error as? PayoutRefusal) != .nothingToFile }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(made == 1)
            let files = try await market.marketplace.payoutFiles(PageRequest())
            #expect(files.items.map(\.transfers) == [1])
        }
    }

    @Test func `a seller who was frozen meanwhile is in no file`() async throws {
        try await TestMarketplace.run { market in
            let town = try await FileTown(market)
            _ = try await town.sentPayout()
            let seller = town.earnings.seller.id
            try await market.marketplace.freezePayouts(
                of: seller, reason: "complaints", by: town.admin.id)

            await #expect(throws: PayoutRefusal.nothingToFile) {
                try await market.marketplace.makePayoutFile(
                    at: town.bank, .eur, by: town.admin.id)
            }
            try await market.marketplace.liftFreeze(
                of: seller, reason: "all is well", by: town.admin.id)
            let batch = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
            #expect(batch.transfers == 1)
        }
    }

    @Test func `results of another file change nothing at all`() async throws {
        try await TestMarketplace.run { market in
            let town = try await FileTown(market)
            let payout = try await town.sentPayout()
            let batch = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
            let results = [
                PayoutResult(reference: payout.id.description, outcome: .executed),
                PayoutResult(reference: "something else", outcome: .executed),
            ]

            await #expect(throws: PayoutRefusal.notInFile) {
                try await market.marketplace.confirmPayouts(
                    in: batch.id, results, reason: "statement 1", by: town.admin.id)
            }
            #expect(try await town.state(of: payout) == .sent)
            await #expect(throws: PayoutRefusal.notByFile) {
                try await market.marketplace.makePayoutFile(
                    at: town.earnings.shop.payment, .eur, by: town.admin.id)
            }
            await #expect(throws: PayoutRefusal.payerUnable) {
                try await market.marketplace.setPayoutRoute(
                    of: town.earnings.shop.payment, to: town.earnings.shop.payment,
                    reason: "itself", by: town.admin.id)
            }
        }
    }

    @Test func `results are read line by line, and the line at fault is named`() throws {
        let read = try [PayoutResult](lines: "a1,executed\r\n\r\nb2; returned ; AC04, closed\n")
        #expect(
            read == [
                PayoutResult(reference: "a1", outcome: .executed),
                PayoutResult(reference: "b2", outcome: .returned, reason: "AC04, closed"),
            ])
        #expect(throws: InputRefusal.self) { try [PayoutResult](lines: "a1,executed\nb2,lost") }
    }
}

/// A seller, a provider that holds the money, and the platform's account that pays it out.
struct FileTown: Sendable {
    let earnings: Earnings
    let bank: ID<ProviderInstance>
    let admin: Account

    init(_ market: TestMarketplace) async throws {
        earnings = try await Earnings(market)
        bank = ID()
        admin = try await market.given.administrator()
        let settings = ["debtor": "Guildhall", "iban": "DE89370400440532013000"]
        try await market.database.execute(
            """
            insert into provider_instance (id, kind, module_key, name, state, settings)
            values (\(bank), 'payment', 'bank-file-payouts', 'Our bank', 'active',
                \(JSON(settings)))
            """)
        try await market.marketplace.setPayoutRoute(
            of: earnings.shop.payment, to: bank, reason: "it cannot pay out", by: admin.id)
    }

    func sentPayout() async throws -> Payout {
        let payout = try await earnings.heldPayout()
        try await earnings.market.worker().drain()
        return try await earnings.market.marketplace.payout(payout.id, of: nil).payout
    }

    func confirm(
        _ batch: PayoutFileBatch, _ payouts: [Payout], _ outcome: PayoutResult.Outcome
    ) async throws {
        try await earnings.market.marketplace.confirmPayouts(
            in: batch.id,
            payouts.map { PayoutResult(reference: $0.id.description, outcome: outcome) },
            reason: "the bank's statement", by: admin.id)
    }

    func state(of payout: Payout) async throws -> Payout.State {
        try await earnings.market.marketplace.payout(payout.id, of: nil).payout.state
    }

    func clearing(of instance: ID<ProviderInstance>) async throws -> Int64 {
        try await earnings.market.marketplace.platformBalances()
            .first { $0.instance == instance }?.balance.amount ?? 0
    }
}
