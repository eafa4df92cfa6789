import Kernel
import Testing
import Vocabulary

@Suite struct `The shape of a posting` {
    private let instance = ID<ProviderInstance>()

    @Test func `a sale gives each their part and adds up to zero`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let total = Int64.random(in: 0...Money.amountMax, using: &generator)
            let commission = Int64.random(in: 0...total, using: &generator)
            let tax = Int64.random(in: 0...total - commission, using: &generator)
            let sold = SoldOrder(
                order: ID(), purchase: ID(), wallet: ID(), total: Money(total, .eur),
                commission: Money(commission, .eur), taxByPlatform: Money(tax, .eur))

            let posting = try Posting.sale(of: sold, at: instance)

            #expect(posting.entries.reduce(0) { $0 + $1.amount } == 0)
            #expect(posting.entries.allSatisfy { $0.amount != 0 })
            let share = posting.entries.first { $0.account.kind == .sellerPending }?.amount ?? 0
            #expect(share == total - commission - tax)
        }
    }

    @Test func `an order of nothing is nothing to keep`() throws {
        let nothing = Money.zero(.eur)
        let sold = SoldOrder(
            order: ID(), purchase: ID(), wallet: ID(), total: nothing, commission: nothing,
            taxByPlatform: nothing)

        #expect(try Posting.sale(of: sold, at: instance).isEmpty)
    }

    @Test func `what does not balance, overflows or mixes currencies is refused`() {
        #expect(throws: LedgerError.unbalanced(key: "k", by: 1)) {
            try Posting(
                key: "k", kind: .adjustment, currency: .eur,
                entries: [LedgerEntry(.suspense, 10), LedgerEntry(.commission, -9)])
        }
        #expect(throws: LedgerError.overflow) {
            try Posting(
                key: "k", kind: .adjustment, currency: .eur,
                entries: [LedgerEntry(.suspense, .max), LedgerEntry(.commission, .max)])
        }
        #expect(throws: LedgerError.currencyMismatch) {
            try Posting.sale(
                of: SoldOrder(
                    order: ID(), purchase: ID(), wallet: ID(), total: Money(10, .eur),
                    commission: Money(1, .usd), taxByPlatform: Money(0, .eur)), at: instance)
        }
    }
}
