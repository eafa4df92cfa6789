import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying sellers out` {
    @Test func `what was delivered and held long enough is paid, to the cent`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 4250)
            let share = order.order.amounts.sellerShare

            let early = try await market.marketplace.runPayouts()
            #expect(early.payouts.isEmpty)
            #expect(try await earnings.balance().pending == share)

            try await earnings.waitForHolds()
            let run = try await market.marketplace.runPayouts()
            #expect(run.payouts.map(\.amount) == [share])
            #expect(try await earnings.balance().paying == share)

            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut == [share])
            let balance = try await earnings.balance()
            #expect(balance.pending.isZero && balance.available.isZero && balance.paying.isZero)
            try await earnings.checkBooks()
        }
    }

    @Test func `several orders of a wallet go in one payout, another seller's in another`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let other = try await Earnings(market, shop: earnings.shop)
            var shares: [Money] = []
            for price in [1000, 2000, 3333] as [Int64] {
                shares.append(try await earnings.delivered(price: price).order.amounts.sellerShare)
            }
            let others = try await other.delivered(price: 999).order.amounts.sellerShare
            try await earnings.waitForHolds()

            let run = try await market.marketplace.runPayouts()

            let sum = try Money.sum(shares, .eur)
            #expect(Set(run.payouts.map(\.amount)) == [sum, others])
            #expect(run.payouts.first { $0.amount == sum }?.items.count == 3)
            try await market.worker().drain()
            try await earnings.checkBooks()
        }
    }

    @Test func `two runs at once pay nobody twice`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            for _ in 0..<3 { _ = try await earnings.delivered(price: 2000) }
            try await earnings.waitForHolds()
            let other = try market.anotherProcess()

            async let one = market.marketplace.runPayouts()
            async let two = other.runPayouts()
            let payouts = try await one.payouts + two.payouts

            #expect(payouts.count == 1)
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut.count == 1)
            try await earnings.checkBooks()
            await other.database.close()
        }
    }

    @Test func `a payout whose answer was lost is looked up, not paid again`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.answerLost)

            let unknown = try await market.marketplace.sendPayout(payout.id)
            #expect(unknown.state == .unknown)
            let settled = try await market.marketplace.sendPayout(payout.id)

            #expect(settled.state == .paid)
            #expect(earnings.shop.bank.calls.count { $0 == "pay" } == 1)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test(arguments: [
        ProviderError.invalidRequest(code: "address.not-allowed", message: "a private address"),
        .unsupported(operation: "lookupPayout"), .misconfigured(message: "no key"),
        .declined(code: "no", message: "no", mayRetry: false),
    ])
    func `a payout in doubt that cannot be looked up stays in doubt, and is paid once`(
        blindness: ProviderError
    ) async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.answerLost)
            _ = try await market.marketplace.sendPayout(payout.id)

            earnings.shop.bank.beBlind(blindness)
            #expect(try await market.marketplace.sendPayout(payout.id).state == .unknown)
            #expect(try await earnings.balance().available.isZero)

            earnings.shop.bank.beBlind(nil)
            #expect(try await market.marketplace.sendPayout(payout.id).state == .paid)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test func `a payout that never arrived is sent again under the same key`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.callLost, .unavailable)

            let lost = try await market.marketplace.sendPayout(payout.id)
            let closed = try await market.marketplace.sendPayout(payout.id)
            let settled = try await market.marketplace.sendPayout(payout.id)

            #expect(lost.state == .unknown && closed.state == .unknown)
            #expect(settled.state == .paid)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test func `a process that died after asking pays nobody twice`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            _ = try await market.marketplace.sendPayout(payout.id)
            // As if the process had died before it could write down the answer.
            try await earnings.forgetAnswer(of: payout)

            let settled = try await market.marketplace.sendPayout(payout.id)

            #expect(settled.state == .paid)
            #expect(earnings.shop.bank.calls.count { $0 == "pay" } == 1)
            try await earnings.checkBooks()
        }
    }

    @Test func `a process that died before asking is followed by one that asks`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            try await market.database.execute(
                "update payout set state = 'sent' where id = \(payout.id)")

            let settled = try await market.marketplace.sendPayout(payout.id)

            #expect(settled.state == .paid)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test func `two senders at once pay once`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await market.marketplace.sendPayout(payout.id) }
                }
                try await group.waitForAll()
            }

            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test func `a payout that was refused gives the money back and is tried anew`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.declined)

            let failed = try await market.marketplace.sendPayout(payout.id)
            #expect(failed.state == .failed && failed.failure == "The bank said no.")
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()

            let again = try await market.marketplace.runPayouts()
            #expect(again.payouts.map(\.amount) == [payout.amount])
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            try await earnings.checkBooks()
        }
    }

    @Test func `money waits below the minimum, without a destination and while suspended`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            _ = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            let wallet = earnings.seller.wallet
            func reasons() async throws -> [WaitingWallet.Reason] {
                let run = try await market.marketplace.runPayouts()
                #expect(run.payouts.isEmpty)
                return run.waiting.map(\.reason)
            }

            try await market.database.execute(
                "update wallet set payout_minimum = 100000 where id = \(wallet)")
            #expect(try await reasons() == [.belowMinimum])
            try await market.database.execute(
                "update wallet set payout_minimum = 0, details = '{}' where id = \(wallet)")
            #expect(try await reasons() == [.noDestination])
            try await market.database.execute(
                "update seller set state = 'suspended' where id = \(earnings.seller.id)")
            #expect(try await reasons() == [.notVerified])
        }
    }

    @Test func `refunded while held, nothing is paid; the market keeps nothing`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await earnings.refund(order)

            try await earnings.waitForHolds()
            let run = try await market.marketplace.runPayouts()

            #expect(run.payouts.isEmpty)
            #expect(earnings.shop.bank.held == 0)
            let platform = try await market.marketplace.platformBalances()
            #expect(platform.allSatisfy { $0.balance.isZero })
            try await earnings.checkBooks()
        }
    }

    @Test func `refunded when available, the available money goes back`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            let kept = try await earnings.delivered(price: 1500)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            try await earnings.refund(order)

            let run = try await market.marketplace.runPayouts()

            #expect(run.payouts.map(\.amount) == [kept.order.amounts.sellerShare])
            try await market.worker().drain()
            try await earnings.checkBooks()
        }
    }

    @Test func `refunded after it was paid out, the debt is taken from what comes next`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let first = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await earnings.refund(first)
            let owed = first.order.amounts.sellerShare
            #expect(try await earnings.balance().debt.amount == -owed.amount)
            try await earnings.checkBooks()

            let second = try await earnings.delivered(price: 5000)
            try await earnings.waitForHolds()
            let run = try await market.marketplace.runPayouts()

            let expected = try second.order.amounts.sellerShare.subtracting(owed)
            #expect(run.payouts.map(\.amount) == [expected])
            #expect(try await earnings.balance().debt.isZero)
            try await market.worker().drain()
            try await earnings.checkBooks()
        }
    }

    @Test func `the team is told of a payout, once`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            _ = try await market.marketplace.sendPayout(payout.id)
            _ = try await market.marketplace.sendPayout(payout.id)
            try await market.tellEverybody()

            let notices = try await market.marketplace.notices(
                of: earnings.seller.owner.id, as: .seller, PageRequest())

            #expect(notices.items.count { $0.topic == "payout.paid" } == 1)
        }
    }

    @Test func `a seller sees their own payouts and nobody else's`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            let stranger = try await market.given.verifiedSeller()

            let mine = try await market.marketplace.payouts(
                as: earnings.seller.member, PageRequest())
            let theirs = try await market.marketplace.payouts(as: stranger.member, PageRequest())
            let detail = try await market.marketplace.payout(payout.id, of: earnings.seller.id)

            #expect(mine.items.map(\.id) == [payout.id] && theirs.items.isEmpty)
            #expect(detail.lines.map(\.item.amount) == [payout.amount])
            await #expect(throws: PayoutRefusal.unknown) {
                try await market.marketplace.payout(payout.id, of: stranger.id)
            }
        }
    }
}
