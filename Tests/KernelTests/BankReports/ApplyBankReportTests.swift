import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Settling payouts by the bank's word` {
    typealias Transfer = BankMessages.Transfer

    /// A payout in a file, and how a bank writes of it.
    private struct Scene {
        let market: TestMarketplace
        let town: FileTown
        let batch: PayoutFileBatch
        let payout: Payout

        init(_ market: TestMarketplace) async throws {
            self.market = market
            town = try await FileTown(market)
            payout = try await town.sentPayout()
            batch = try await market.marketplace.makePayoutFile(
                at: town.bank, .eur, by: town.admin.id)
        }

        func transfer(_ word: String = "", isCredit: Bool = false) -> Transfer {
            Transfer(
                reference: payout.reference ?? "", amount: payout.amount.decimalText, word: word,
                isCredit: isCredit)
        }

        @discardableResult
        func read(_ message: String) async throws -> BankReportRun {
            try await market.marketplace.readBankReport(
                Array(message.utf8), at: town.bank, by: town.admin.id)
        }

        func state() async throws -> Payout.State { try await town.state(of: payout) }
        func available() async throws -> Money { try await town.earnings.balance().available }
        var fileID: String { batch.id.description.replacing("-", with: "") }
    }

    @Test func `executed, then returned: paid, and available again, each once`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let executed = BankMessages.statement("08", [scene.transfer()])

            #expect(try await scene.read(executed).findings.map(\.result) == [.settled])
            #expect(try await scene.state() == .paid)
            #expect(try await scene.read(executed).findings.map(\.result) == [.known])
            try await scene.town.earnings.checkBooks()

            let returned = BankMessages.statement(
                "02", [scene.transfer("AC04", isCredit: true), scene.transfer()])
            let run = try await scene.read(returned)
            #expect(
                run.findings.map(\.result).sorted { $0.rawValue < $1.rawValue }
                    == [.known, .settled])
            #expect(try await scene.state() == .returned)
            #expect(try await scene.available() == scene.payout.amount)
            #expect(try await scene.read(returned).settled == 0)
            #expect(try await scene.available() == scene.payout.amount)
            try await scene.town.earnings.checkBooks()
            let failure = try await market.marketplace.payout(scene.payout.id, of: nil).payout
                .failure
            #expect(failure == "Konto erloschen (AC04)")
        }
    }

    @Test func `read by several at once, it settles once`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let returned = BankMessages.statement(
                "02", [scene.transfer(), scene.transfer("AC04", isCredit: true)])

            let settled = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 { group.addTask { try await scene.read(returned).settled } }
                return try await group.reduce(0, +)
            }

            #expect(settled == 2)
            #expect(try await scene.state() == .returned)
            #expect(try await scene.available() == scene.payout.amount)
            try await scene.town.earnings.checkBooks()
        }
    }

    @Test func `a file that the bank refused is its sellers' again, but for what it names`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)

            let run = try await scene.read(
                BankMessages.statusReport(of: scene.fileID, [], group: "RJCT"))

            #expect(run.findings.map(\.payout) == [scene.payout.id])
            #expect(try await scene.state() == .failed)
            #expect(try await scene.available() == scene.payout.amount)
            try await scene.town.earnings.checkBooks()
        }
    }

    @Test func `executed after it was refused: its own result, and the seller is frozen`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.read(BankMessages.statusReport(of: scene.fileID, [], group: "RJCT"))
            #expect(try await scene.state() == .failed)
            // Booked and booked back, as some banks do with what they refuse.
            let undone = BankMessages.statement(
                "02", [scene.transfer(), scene.transfer("MS03", isCredit: true)])
            #expect(try await scene.read(undone).findings.allSatisfy { $0.result == .known })
            let seller = scene.payout.seller
            #expect(try await market.marketplace.payoutFreeze(of: seller) == nil)

            let executed = BankMessages.statement("08", [scene.transfer()])
            let run = try await scene.read(executed)

            #expect(run.findings.map(\.result) == [.contradicts])
            #expect(run.wrong == 1 && run.settled == 0)
            #expect(try await scene.read(executed).findings.map(\.result) == [.contradicts])
            #expect(
                try await market.marketplace.payoutFreeze(of: seller)?.reason
                    == "A failed payout was paid: \(scene.payout.id)")
            #expect(try await market.marketplace.runPayouts().payouts.isEmpty)
            try await market.marketplace.decidePayout(
                scene.payout.id, .paid(reference: nil), reason: "On the statement.",
                by: scene.town.admin.id)
            #expect(try await scene.read(executed).findings.map(\.result) == [.known])
            #expect(try await market.marketplace.payoutFreeze(of: seller) == nil)
            try await scene.town.earnings.checkBooks()
        }
    }

    @Test func `another amount, a strange reference and a word under way change nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let other = Transfer(reference: scene.payout.reference ?? "", amount: "0.01")
            let strange = Transfer(reference: "RENT", amount: "800.00")

            let run = try await scene.read(BankMessages.statement("08", [strange, other]))
            #expect(run.findings.map(\.result) == [.otherAmount, .unknown])
            #expect(run.wrong == 1 && run.unknown == 1 && run.settled == 0)
            _ = try await scene.read(
                BankMessages.statusReport(of: scene.fileID, [scene.transfer("ACSP")]))

            #expect(try await scene.state() == .sent)
            let listed = try await market.marketplace.bankReports(PageRequest())
            #expect(listed.items.map(\.message) == ["STATUS-1", "STMT-1"])
        }
    }

    @Test func `it is read for a module that writes files, of its own payouts only`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            let message = Array(BankMessages.statement("08", [scene.transfer()]).utf8)
            await #expect(throws: PayoutRefusal.notByFile) {
                try await market.marketplace.readBankReport(
                    message, at: scene.town.earnings.shop.payment, by: scene.town.admin.id)
            }
            let other = ID<ProviderInstance>()
            try await market.database.execute(
                """
                insert into provider_instance (id, kind, module_key, name, state, settings)
                select \(other), kind, module_key, 'Another bank', state, settings
                from provider_instance where id = \(scene.town.bank)
                """)
            let run = try await market.marketplace.readBankReport(
                message, at: other, by: scene.town.admin.id)

            #expect(run.findings.map(\.result) == [.unknown])
            #expect(try await scene.state() == .sent)
        }
    }
}
