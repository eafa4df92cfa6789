import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `From a cart to two sellers' banks` {
    @Test func `one payment, two orders, every cent where it belongs`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 2, tax: ["platformRemits": "true"])
            let (potter, weaver) = (day.sellers[0], day.sellers[1])
            let began = try await market.marketplace.marketNow()

            let purchase = try await day.buy([
                (day.things[0], 2), (day.things[1], 1),
            ])
            #expect(purchase.orders.count == 2)
            for order in purchase.orders { try await day.ship(order) }
            for order in purchase.orders { try await day.confirm(order) }
            try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            let run = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(run.payouts.count == 2 && run.waiting.isEmpty)
            let shares = purchase.orders.map(\.order.amounts.sellerShare)
            #expect(Set(day.bank.paidOut) == Set(shares))
            let until = try await market.marketplace.marketNow().advanced(by: .seconds(1))
            for seller in [potter, weaver] {
                let statement = try await market.marketplace.statement(
                    .eur, from: began, until: until, as: seller.member, PageRequest(limit: 100))
                let order = try #require(
                    purchase.orders.first { $0.order.seller == seller.id }?.order)
                #expect(statement.opening.isZero && statement.closing.isZero)
                #expect(statement.lines.items.map(\.kind) == [.sale, .payoutPost])
                let sale = try #require(statement.lines.items.first)
                #expect(sale.gross == order.amounts.total)
                #expect(sale.commission.amount == -order.amounts.commission.amount)
                #expect(sale.taxByPlatform.amount == -order.amounts.taxByPlatform.amount)
                #expect(sale.net == order.amounts.sellerShare)
                #expect(sale.orderNumber == order.number)
            }
            try await day.checkBooks()

            // What is left at the provider is the market's commission and the state's tax.
            let amounts = purchase.orders.map(\.order.amounts)
            let kept = try Money.sum(amounts.flatMap { [$0.commission, $0.taxByPlatform] }, .eur)
            #expect(day.bank.held == kept.amount)
        }
    }

    @Test func `a statement adds up over any cut of time`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 1)
            let seller = day.sellers[0]
            let began = try await market.marketplace.marketNow()
            var cuts = [began]
            for round in 0..<3 {
                let purchase = try await day.buy([(day.things[0], round + 1)])
                let order = try #require(purchase.orders.first)
                try await day.ship(order)
                try await day.confirm(order)
                if round == 1 { try await day.refund(order) }
                try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
                _ = try await market.marketplace.runPayouts()
                try await market.worker().drain()
                cuts.append(try await market.marketplace.marketNow())
            }

            var last = Money.zero(.eur)
            for (from, until) in zip(cuts, cuts.dropFirst()) {
                let statement = try await market.marketplace.statement(
                    .eur, from: from, until: until, as: seller.member, PageRequest(limit: 100))
                let sum = try Money.sum(statement.lines.items.map(\.net), .eur)
                let closing = try statement.opening.adding(sum)
                #expect(statement.opening == last)
                #expect(statement.closing == closing)
                for line in statement.lines.items {
                    let net = try Money.sum(
                        [line.gross, line.commission, line.taxByPlatform], .eur)
                    #expect(net == line.net)
                }
                last = statement.closing
            }
            try await day.checkBooks()
        }
    }

    @Test func `one order cancelled and refunded leaves its sibling alone`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 2)
            let purchase = try await day.buy([(day.things[0], 1), (day.things[1], 1)])
            let (first, second) = (purchase.orders[0], purchase.orders[1])

            try await market.marketplace.cancelOrder(
                first.order.id, reason: "the kiln broke", as: .admin(day.admin.id))
            try await day.settle()
            try await day.ship(second)
            try await day.confirm(second)
            try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            let run = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(run.payouts.map(\.amount) == [second.order.amounts.sellerShare])
            #expect(day.bank.held == second.order.amounts.commission.amount)
            try await day.checkBooks()
        }
    }

    @Test func `captured at shipment, only what was shipped is in the books`() async throws {
        try await TestMarketplace.run { market in
            let day = try await MarketDay(market, sellers: 2, capture: .atShipment)
            let purchase = try await day.buy([(day.things[0], 1), (day.things[1], 1)])
            let (first, second) = (purchase.orders[0], purchase.orders[1])
            #expect(day.bank.held == 0)

            try await day.ship(first)
            try await day.settle()
            #expect(day.bank.held == first.order.amounts.total.amount)
            try await market.marketplace.cancelOrder(
                second.order.id, reason: "sold out after all", as: .admin(day.admin.id))
            try await day.settle()
            try await day.confirm(first)
            try await market.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(day.bank.paidOut == [first.order.amounts.sellerShare])
            try await day.checkBooks()
        }
    }
}
