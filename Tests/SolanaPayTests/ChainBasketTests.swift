import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

// The whole market, two makers with wallets, and the real programs.
@Suite struct `A purchase of two makers that is paid on the chain` {
    @Test(arguments: Asset.allCases)
    func `is paid when each has got theirs, and each owes the commission`(
        _ asset: Asset
    ) async throws {
        try await ChainStreet.run(asset) { street in
            let (placed, orders) = try await street.placed()
            #expect(placed.payment.state == .requiresAction)
            #expect(try street.url(placed, orders[0]) != street.url(placed, orders[1]))

            try await street.pay(placed, orders[0])
            try await street.look()
            let half = try await street.detail(placed)
            #expect(half.purchase.state == .awaitingPayment)
            #expect(half.payment?.state == .requiresAction)
            #expect(half.payment?.missing == orders[1].amounts.total)
            #expect(try await street.stand(placed, orders[0]).isPaid)
            let other = try await street.stand(placed, orders[1])
            #expect(other.received.isZero && other.missing == orders[1].amounts.total)
            #expect(try await street.owed(by: street.shops[0]) == 0, "nothing is sold by halves")

            let last = try await street.pay(placed, orders[1], isFinal: false)
            try await street.look()
            #expect(try await street.detail(placed).payment?.state == .processing)
            #expect(try await street.stand(placed, orders[1]).isSeen)
            try await street.chain.finalize(last)
            try await street.look()

            let paid = try await street.detail(placed)
            #expect(paid.purchase.state == .paid)
            #expect(paid.payment?.captured == placed.payment.amount)
            #expect(paid.shares.count == 2)
            #expect(paid.shares.allSatisfy { $0.isPaid })
            for (shop, order) in zip(street.shops, orders) {
                #expect(try await street.earned(shop) == order.amounts.total.amount)
                #expect(try await street.owed(by: shop) == -order.amounts.commission.amount)
                #expect(order.amounts.commission.isPositive)
            }
            let clearing = try await street.market.marketplace.platformBalances()
                .filter { $0.kind == .providerClearing && !$0.balance.isZero }
            #expect(clearing.isEmpty, "the platform never had it")
        }
    }

    @Test(arguments: Asset.allCases)
    func `is paid by one transaction with a transfer for each`(_ asset: Asset) async throws {
        try await ChainStreet.run(asset) { street in
            let (placed, orders) = try await street.placed()

            let signature = try await street.chain.pay(
                .init(url: try street.url(placed, orders[0])),
                .init(url: try street.url(placed, orders[1])), from: street.customer)
            try await street.chain.finalize(signature)
            try await street.look()

            #expect(try await street.detail(placed).purchase.state == .paid)
            let receipts = try await street.market.marketplace.purchaseCase(placed.purchase.id)
                .payments.flatMap(\.receipts)
            #expect(Set(receipts.map(\.id)) == [signature + "#0", signature + "#1"])
            #expect(Set(receipts.map(\.sellerName)) == ["North Loom", "Clay & Ember"])
        }
    }

    @Test(arguments: Asset.allCases)
    func `is not paid by too much for one and too little for the other`(
        _ asset: Asset
    ) async throws {
        try await ChainStreet.run(asset) { street in
            let (placed, orders) = try await street.placed()

            try await street.pay(placed, orders[0], more: 5)
            try await street.pay(placed, orders[1], more: -5)
            for _ in 0..<3 { try await street.look() }

            let payment = try #require(try await street.detail(placed).payment)
            #expect(payment.received == payment.amount)
            #expect(payment.state == .requiresAction && payment.captured.isZero)
            #expect(payment.surplus?.amount == 5 && payment.missing?.amount == 5)
            #expect(try await street.notes(placed, orders[0]).count == 1)
            #expect(try await street.notes(placed, orders[1]).isEmpty)
            let review = try await street.market.marketplace.paymentsToReview().items
            #expect(review.map(\.id) == [payment.id])
            #expect(
                review.first?.receivedSentence.hasSuffix(
                    "too much for one maker, \(Money(5, payment.amount.currency)) too little for another."
                ) ?? false)

            let rest = try await street.chain.pay(
                .init(url: try street.url(placed, orders[1]), amount: 5), from: street.customer)
            try await street.chain.finalize(rest)
            try await street.look()
            let paid = try #require(try await street.detail(placed).payment)
            #expect(paid.state == .captured && paid.captured == paid.amount)
            #expect(paid.surplus?.amount == 5 && paid.missing == nil)
        }
    }

    @Test func `of which only one was paid in time loses nothing, and a person decides`()
        async throws
    {
        try await ChainStreet.run(.usdc) { street in
            let (placed, orders) = try await street.placed()
            try await street.pay(placed, orders[0])
            try await street.market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)

            try await street.market.marketplace.expirePurchases()

            let ended = try await street.detail(placed)
            #expect(ended.purchase.state == .cancelled)
            #expect(ended.payment?.state == .voided)
            #expect(ended.payment?.received == orders[0].amounts.total)
            #expect(
                try await street.notes(placed, orders[0]) == [
                    "\(orders[0].amounts.total) came. "
                        + "The purchase was not paid whole: who got it gives it back."
                ])
            #expect(try await street.notes(placed, orders[1]).isEmpty)
            let kept = try await street.market.marketplace.purchaseCase(placed.purchase.id)
                .payments.flatMap(\.receipts)
            #expect(kept.map(\.sellerName) == ["North Loom"])
            #expect(kept.map(\.orderNumber) == [orders[0].number])
            let admin = try await street.market.given.administrator()
            let payment = placed.payment.id
            #expect(
                try await street.market.marketplace.paymentsToReview().items.map(\.id) == [payment])
            try await street.market.marketplace.reviewPayment(
                payment, reason: "North Loom gave it back", as: admin.id)

            // The other code is still on somebody's screen.
            try await street.pay(placed, orders[1])
            try await street.look()
            let late = try await street.detail(placed)
            #expect(late.payment?.state == .late)
            #expect(late.payment?.received == placed.payment.amount)
            #expect(try await street.owed(by: street.shops[1]) == 0)
        }
    }

    @Test func `is told apart where both makers have one wallet`() async throws {
        try await ChainStreet.run(.usdc, isShared: true) { street in
            let (placed, orders) = try await street.placed()

            // More than both cost, with the reference of the first.
            try await street.pay(placed, orders[0], more: orders[1].amounts.total.amount)
            try await street.look()

            #expect(try await street.stand(placed, orders[0]).isPaid)
            #expect(try await street.stand(placed, orders[1]).received.isZero)
            #expect(try await street.detail(placed).purchase.state == .awaitingPayment)
            try await street.pay(placed, orders[1])
            try await street.look()
            #expect(try await street.detail(placed).purchase.state == .paid)
        }
    }

    @Test func `is not offered when one of them has no wallet`() async throws {
        try await ChainStreet.run(.sol) { street in
            let bare = try await street.market.given.verifiedSeller("Wool & Rain")
            let scarf = try await street.market.given.listing(
                "Scarf", price: street.shops[0].thing.price, by: bare)
            let checkout = try await street.checkout([scarf])

            let ways = try await street.market.marketplace.waysToPay(
                checkout.id, as: street.buyer)

            #expect(ways.isEmpty)
            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await street.place(checkout)
            }
            let both = try await street.checkout()
            #expect(
                try await street.market.marketplace.waysToPay(both.id, as: street.buyer)
                    .map(\.instance) == [street.way])
        }
    }

    @Test func `is given back by each maker, of what that maker got`() async throws {
        try await ChainStreet.run(.sol) { street in
            let (placed, orders) = try await street.placed()
            for order in orders { try await street.pay(placed, order) }
            try await street.look()

            try await street.market.marketplace.recordRefund(
                orders[0].id, paidBackAs: "5sig", reason: "It broke",
                as: street.shops[0].seller.member)

            let detail = try await street.detail(placed)
            let refunds = detail.orders.map { $0.refunds.map(\.amount) }
            #expect(Set(refunds) == [[orders[0].amounts.total], []])
            #expect(
                try await street.owed(by: street.shops[1]) == -orders[1].amounts.commission.amount)
        }
    }
}
