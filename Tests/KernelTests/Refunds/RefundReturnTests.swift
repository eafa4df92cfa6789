import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Refunds that come back from the customer's bank` {
    /// What an order's refund is when its bank sends it back, and what is told.
    private func takeBack(_ refund: ID<Refund>, _ counter: Counter) async throws {
        let delivery = try #require(counter.shop.bank.takeBackRefund("\(refund)"))
        for _ in 0..<2 {
            try await counter.shop.deliver(delivery)
            try await counter.work()
        }
    }

    @Test func `are in the books again, told to everybody, and can be sent once more`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            let order = try await counter.shipped(quantity: 2)
            let before = try await counter.owned(by: order)
            let refund = try await counter.ask(order, .everything)
            try await counter.settle()
            #expect(counter.shop.bank.held == 0)

            try await takeBack(refund, counter)

            #expect(try await counter.owned(by: order) == before)
            let back = try await counter.find(order)
            #expect(back.refunds.map(\.state) == [.failed])
            #expect(back.refundable == order.refundable)
            #expect(try await market.marketplace.whatWaits().refundsFailed == 1)
            try await counter.checkBooks()
            let day = try await market.marketplace.reconcile(
                counter.shop.payment, Day(containing: .systemNow))
            #expect(day.isClean, "\(day.faults)")
            try await market.tellEverybody()
            let told = try await market.database.query(
                """
                select audience from notification where topic = 'order.refund-returned'
                group by audience order by audience
                """
            ).decode { c in try c.next(String.self) }
            #expect(told == ["administrator", "customer", "seller"])

            try await market.marketplace.retryRefund(
                refund, of: order.order.id, as: .admin(counter.admin.id))
            try await counter.settle()

            #expect(try await counter.owned(by: order).isEmpty)
            #expect(counter.shop.bank.held == 0)
            try await counter.checkBooks()
        }
    }

    @Test func `bring the platform back what it gave of its own`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let before = try await counter.owned(by: order)
            let refund = try await counter.ask(
                order, .goodwill(Money(300, .eur), fundedBy: .platform))
            try await counter.settle()
            #expect(try await counter.owned(by: order) != before)

            try await takeBack(refund, counter)

            #expect(try await counter.owned(by: order) == before)
            try await counter.checkBooks()
        }
    }

    @Test func `after the payout make no debt, and what was recovered is the seller's again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            try await counter.deliverAndWait(order)
            while try await market.marketplace.releaseHolds() > 0 {}
            _ = try await market.marketplace.runPayouts()
            try await counter.work()
            let refund = try await counter.ask(order, .everything)
            try await counter.settle()
            let debt = try await counter.balance().debt
            #expect(debt.isNegative)
            // Another sale pays the debt before the refund comes back.
            let other = try await counter.shipped(quantity: 2)
            try await counter.deliverAndWait(other)
            while try await market.marketplace.releaseHolds() > 0 {}
            while try await market.marketplace.recoverDebts() > 0 {}
            #expect(try await counter.balance().debt.isZero)
            let available = try await counter.balance().available

            try await takeBack(refund, counter)

            #expect(try await counter.balance().available == available.subtracting(debt))
            try await counter.checkBooks()
            _ = try await market.marketplace.runPayouts()
            try await counter.work()
            #expect(try await counter.balance().available.isZero)
            try await counter.checkBooks()
        }
    }

    @Test func `count once, and an older word that comes late changes nothing`() {
        func word(_ status: TransferStatus, _ version: Int64) -> RefundSnapshot {
            RefundSnapshot(
                reference: "r", paymentReference: "p", status: status,
                amount: Money(100, .eur), version: version)
        }
        for (state, known, status, version, wanted) in [
            (Refund.State.pending, 0, TransferStatus.succeeded, 1, RefundNews.succeeds),
            (.unknown, 0, .failed, 1, .fails), (.pending, 0, .pending, 1, .pending),
            (.succeeded, 1, .succeeded, 1, .nothing), (.succeeded, 1, .failed, 2, .returned),
            (.succeeded, 2, .failed, 1, .nothing), (.failed, 2, .failed, 2, .nothing),
            (.failed, 2, .succeeded, 1, .nothing), (.failed, 2, .succeeded, 3, .contradicts),
        ] {
            #expect(
                RefundNews.read(word(status, Int64(version)), for: state, version: Int64(known))
                    == wanted, "\(state) \(known), \(status) \(version)")
        }
    }
}
