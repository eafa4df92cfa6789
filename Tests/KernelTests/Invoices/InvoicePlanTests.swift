import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `The plan of an invoice` {
    @Test(arguments: [UInt64(1), 2, 3])
    func `is what the statement writes, whatever was charged and went back`(
        seed: UInt64
    ) async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            var orders: [ID<Order>] = []
            for _ in 0..<5 { orders.append(try await stall.sold()) }
            try await market.database.execute("delete from unbilled_charge")
            var random = SplitMix64(seed: seed)
            var waiting: [UnbilledCharge] = []
            var ownLines: Set<ID<Order>> = []
            var count = 0

            for _ in 0..<12 {
                for _ in 0..<Int.random(in: 0...5, using: &random) {
                    let charge = UnbilledCharge(
                        try #require(orders.randomElement(using: &random)),
                        commission: Int64.random(in: -2...3, using: &random),
                        commissionVAT: Int64.random(in: -1...2, using: &random),
                        taxByPlatform: Int64.random(in: 0...1, using: &random))
                    waiting.append(charge)
                    try await market.database.execute(
                        """
                        insert into unbilled_charge (order_id, seller_id, currency, commission,
                            commission_vat, tax_by_platform)
                        values (\(charge.order), \(stall.thing.seller.id), 'EUR',
                            \(charge.commission), \(charge.commissionVAT), \(charge.taxByPlatform))
                        """)
                }
                let plan = InvoicePlan.make(of: waiting, hasLine: ownLines.contains)

                let written = try await stall.endMonth()

                #expect(written.count == (plan.lines.isEmpty ? 0 : 1), "seed \(seed)")
                var lines: Set<InvoicePlan.Line> = []
                for invoice in written {
                    for line in try await stall.lines(of: invoice) {
                        lines.insert(Self.planned(line))
                    }
                }
                #expect(lines == Set(plan.lines), "seed \(seed)")
                waiting.removeAll { plan.settled.contains($0.order) }
                ownLines.formUnion(plan.lines.filter { !$0.isCorrection }.map(\.charge.order))
                count += written.count
                #expect(
                    try await stall.shop.count("select count(*) from unbilled_charge")
                        == waiting.count, "seed \(seed)")
            }
            #expect((1..<12).contains(count), "seed \(seed)")
        }
    }

    private static func planned(_ line: CommissionInvoiceLine) -> InvoicePlan.Line {
        InvoicePlan.Line(
            charge: UnbilledCharge(
                line.order, commission: line.commission.amount,
                commissionVAT: line.commissionVAT.amount,
                taxByPlatform: line.taxByPlatform.amount),
            isCorrection: line.corrects != nil)
    }
}
