import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Its money was available again when its provider said that it had paid it.
@Suite struct `A payout that was paid after it had failed` {
    private func failed(_ earnings: Earnings) async throws -> Payout {
        let payout = try await earnings.heldPayout()
        earnings.shop.bank.fail(.declined)
        let failed = try await earnings.market.marketplace.sendPayout(payout.id)
        #expect(failed.state == .failed)
        return failed
    }

    @discardableResult
    private func prove(
        _ payout: Payout, _ market: TestMarketplace, is status: TransferStatus = .succeeded,
        version: Int64 = 7
    ) async throws -> Payout {
        try await market.marketplace.settlePayout(
            payout.id,
            PayoutSnapshot(
                reference: "out_late", payoutID: "\(payout.id)", status: status,
                amount: payout.amount, version: version))
    }

    @Test func `freezes its seller, tells the administrators once, and is paid no second time`()
        async throws
    {
        try await TestMarketplace.run { market in
            let finance = try await market.given.administrator(.finance)
            let earnings = try await Earnings(market)
            let payout = try await failed(earnings)

            #expect(try await prove(payout, market).isContradicted)
            try await prove(payout, market)

            let freeze = try await market.marketplace.payoutFreeze(of: earnings.seller.id)
            #expect(freeze?.reason == "A failed payout was paid: \(payout.id)")
            #expect(freeze?.frozenBy == nil)
            let run = try await market.marketplace.runPayouts()
            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.frozen])
            #expect(earnings.shop.bank.paidOut.isEmpty)
            try await market.tellEverybody()
            let told = try await market.marketplace.notices(
                of: finance.id, as: .administrator, PageRequest()
            ).items.map(\.topic)
            #expect(told == ["payout.contradicted"])
            while try await market.marketplace.writeLetters() {}
            let letters = try await market.marketplace.mails(PageRequest()).items
                .filter { $0.topic == "payout.contradicted" }
            #expect(letters.map(\.recipient) == [finance.email])
            #expect(letters.first?.body.contains("are frozen until somebody") == true)
            let trail = try await market.marketplace.auditTrail(
                .everything, PageRequest(limit: 20)
            ).items.map(\.action)
            #expect(trail.filter { $0 == "payout.contradicted" }.count == 1)
            #expect(trail.filter { $0 == "payouts.frozen" }.count == 1)
            try await earnings.checkBooks()
        }
    }

    @Test func `is booked by a person, is paid from what is there, and may come back`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let earnings = try await Earnings(market)
            let payout = try await failed(earnings)
            try await prove(payout, market)
            await #expect(throws: PayoutRefusal.notInDoubt) {
                try await kernel.decidePayout(
                    payout.id, .notPaid, reason: "I doubt it.", by: admin.id)
            }

            let booked = try await kernel.decidePayout(
                payout.id, .paid(reference: nil), reason: "It is on the list.", by: admin.id)

            #expect(booked.state == .paid && booked.reference == "out_late")
            #expect(try await kernel.payoutFreeze(of: earnings.seller.id) == nil)
            while try await kernel.recoverDebts() > 0 {}
            let balance = try await earnings.balance()
            #expect(balance.available.isZero && balance.frozen.isZero && balance.debt.isZero)
            #expect(try await kernel.runPayouts().payouts.isEmpty)
            try await earnings.checkBooks()
            await #expect(throws: PayoutRefusal.notInDoubt) {
                try await kernel.decidePayout(
                    payout.id, .paid(reference: nil), reason: "Once more.", by: admin.id)
            }

            #expect(try await prove(payout, market, is: .failed, version: 8).state == .returned)
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()
        }
    }

    @Test func `is the seller's debt when its orders were paid again before`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let earnings = try await Earnings(market)
            let payout = try await failed(earnings)
            _ = try await kernel.runPayouts()
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await prove(payout, market)

            try await kernel.decidePayout(
                payout.id, .paid(reference: nil), reason: "It is on the list.", by: admin.id)

            let debt = try await earnings.balance().debt
            #expect(debt.amount == -payout.amount.amount)
            try await earnings.checkBooks()
        }
    }

    @Test func `leaves what an administrator froze, and what waits for another payout, frozen`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.administrator()
            let earnings = try await Earnings(market)
            let first = try await failed(earnings)
            let second = try await failed(earnings)
            try await prove(first, market)
            try await prove(second, market)
            func book(_ payout: Payout) async throws {
                try await kernel.decidePayout(
                    payout.id, .paid(reference: nil), reason: "It is on the list.", by: admin.id)
            }

            try await book(first)
            #expect(try await kernel.payoutFreeze(of: earnings.seller.id) != nil)
            try await kernel.liftFreeze(
                of: earnings.seller.id, reason: "To freeze it myself.", by: admin.id)
            // In the market's own words: who froze it counts.
            let reason = "A failed payout was paid: \(second.id)"
            try await kernel.freezePayouts(of: earnings.seller.id, reason: reason, by: admin.id)
            try await book(second)
            #expect(try await kernel.payoutFreeze(of: earnings.seller.id)?.frozenBy == admin.id)
            try await earnings.checkBooks()
        }
    }

    @Test func `is booked by two people when it is large`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let (one, two) = (
                try await market.given.administrator(), try await market.given.administrator()
            )
            let earnings = try await Earnings(market)
            let payout = try await failed(earnings)
            try await prove(payout, market)
            try await kernel.setApprovalLimit(
                .eur, to: payout.amount.amount, reason: "small market", by: one.id)
            func book(_ admin: Account) async throws -> Payout.State {
                try await kernel.decidePayout(
                    payout.id, .paid(reference: nil), reason: "On the list.", by: admin.id
                ).state
            }

            #expect(try await book(one) == .failed)
            #expect(try await book(one) == .failed)
            #expect(try await book(two) == .paid)
        }
    }
}
