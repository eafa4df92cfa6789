import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Money that came for a payment that is over` {
    /// Two orders of 13 and 7 euros, of which 3 and 2 had been called off.
    private static func held(captured: Int64, before: [Int64] = [0, 0]) -> LockedPayment {
        let zero = Money.zero(.eur)
        let shares = [(1300, 300), (700, 200)].enumerated().map { place, part in
            LockedShare(
                order: ID(), number: "K7M49XQ2-\(place + 1)", seller: ID(), wallet: ID(),
                state: .cancelled, amount: Money(Int64(part.0), .eur),
                captured: Money(before[place], .eur), refunded: zero, claimed: zero,
                calledOff: Money(Int64(part.1), .eur), commission: zero, commissionVAT: zero,
                taxByPlatform: zero, taxJurisdiction: nil, sellerShare: zero)
        }
        return LockedPayment(
            purchase: `What a snapshot means`.purchase(.cancelled),
            payment: `What a snapshot means`.payment(.late, captured: captured), shares: shares)
    }

    /// In minor units, by order.
    private static func parts(_ held: LockedPayment) -> [Int64] {
        let parts = LateMoney.parts(of: held)
        return held.shares.map { share in
            parts.filter { $0.order == share.order }.reduce(0) { $0 + $1.amount.amount }
        }
    }

    @Test(
        arguments: [
            (2000, [1300, 700]), (1500, [1000, 500]), (500, [0, 500]), (1000, [1000, 0]),
            (1200, [1000, 200]), (1700, [1200, 500]), (1900, [1300, 600]), (1, [1, 0]),
        ] as [(Int64, [Int64])])
    func `is first what was due of each order, and then what had been called off`(
        _ came: Int64, _ wanted: [Int64]
    ) {
        #expect(Self.parts(Self.held(captured: came)) == wanted)
    }

    @Test(
        arguments: [
            (1500, [1000, 0], [0, 500]), (2000, [1300, 0], [0, 700]),
            (1900, [1000, 500], [300, 100]), (1000, [1000, 0], [0, 0]),
        ] as [(Int64, [Int64], [Int64])])
    func `is without what came before it`(
        _ captured: Int64, _ before: [Int64], _ wanted: [Int64]
    ) {
        #expect(Self.parts(Self.held(captured: captured, before: before)) == wanted)
    }
}
