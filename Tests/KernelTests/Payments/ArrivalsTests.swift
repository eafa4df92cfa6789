import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What comes for one payment of several makers` {
    static func share(_ amount: Int64) -> LockedShare {
        let zero = Money.zero(.eur)
        return LockedShare(
            order: ID(), number: "K7M49XQ2-1", seller: ID(), wallet: ID(), state: .awaitingPayment,
            amount: Money(amount, .eur), captured: zero, refunded: zero, claimed: zero,
            calledOff: zero,
            commission: zero, commissionVAT: zero, taxByPlatform: zero, taxJurisdiction: nil,
            sellerShare: zero)
    }

    static func payment(_ state: Payment.State = .requiresAction, excess: Int64 = 0) -> Payment {
        let zero = Money.zero(.eur)
        return Payment(
            id: ID(), purchase: ID(), instance: ID(), method: "sol", amount: Money(4250, .eur),
            state: state, authorized: zero, captured: zero, refunded: zero, received: zero,
            excess: Money(excess, .eur), reference: "pay_1", next: .none, failureCode: nil,
            failureMessage: nil, capture: .atOrder, isDirect: true,
            createdAt: Instant(secondsSince1970: 0), version: 1)
    }

    static func receipt(
        _ amount: Int64, _ share: LockedShare?, isFinal: Bool = true
    ) -> Receipt {
        Receipt(
            id: "\(ID<Receipt>())", amount: Money(amount, .eur), at: Instant(secondsSince1970: 0),
            isFinal: isFinal, orderID: share?.order.description)
    }

    static func read(
        _ status: PaymentStatus, captured: Int64 = 0, _ receipts: [Receipt],
        _ shares: [LockedShare], of payment: Payment = payment()
    ) -> Settlement.Reading {
        Settlement.read(
            PaymentSnapshot(
                reference: "pay_1", status: status, authorized: Money(captured, .eur),
                captured: Money(captured, .eur), refunded: .zero(.eur), version: 2,
                receipts: receipts),
            for: payment, of: `What a snapshot means`.purchase(.awaitingPayment), shares)
    }

    let shares = [share(3000), share(1250)]

    @Test func `is paid when each has come whole and for good`() throws {
        let whole = [Self.receipt(3000, shares[0]), Self.receipt(1250, shares[1])]
        guard
            case .news(let settlement) = Self.read(.captured, captured: 4250, whole, shares)
        else { throw PaymentRefusal.alreadyPaid }

        #expect(settlement.effects == [.paid, .sold])
        #expect(settlement.arrivals?.excess.isZero == true)
        #expect(settlement.arrivals?.shares[shares[1].order] == Money(1250, .eur))
    }

    /// A module that adds up what came and does not look for whom.
    @Test(arguments: [(3100, 1150, true), (4250, nil, true), (3000, 1250, false)])
    func `is not believed to be paid while one has less than their share for good`(
        _ first: Int64, _ second: Int64?, _ isFinal: Bool
    ) {
        var came = [Self.receipt(first, shares[0])]
        if let second { came.append(Self.receipt(second, shares[1], isFinal: isFinal)) }

        let reading = Self.read(.captured, captured: 4250, came, shares)

        guard case .quarantined = reading else {
            Issue.record("\(reading)")
            return
        }
    }

    @Test func `is not believed when it is for an order of another purchase, or for none`() {
        let strange = [Self.receipt(1, Self.share(1))]
        let mixed = [Self.receipt(1, shares[0]), Self.receipt(1, nil)]
        for receipts in [strange, mixed] {
            let reading = Self.read(.requiresAction, receipts, shares)
            guard case .quarantined = reading else {
                Issue.record("\(reading)")
                return
            }
        }
    }

    @Test func `is too much by itself, once, and stands at that maker's order`() throws {
        let uneven = [Self.receipt(3100, shares[0]), Self.receipt(1150, shares[1])]
        guard case .news(let first) = Self.read(.requiresAction, uneven, shares),
            case .news(let again) = Self.read(
                .requiresAction, uneven, shares, of: Self.payment(excess: 100))
        else { throw PaymentRefusal.alreadyPaid }

        #expect(first.arrivals?.received == Money(4250, .eur))
        #expect(first.arrivals?.excess == Money(100, .eur))
        #expect(first.effects == [.unasked])
        #expect(again.effects == [])
        #expect(
            try notes(first) == [
                shares[0].order: "31.00 EUR came, 1.00 EUR more than was asked for."
            ])
    }

    @Test func `and is over with a part stands where that part came`() throws {
        let half = [Self.receipt(1250, shares[1])]
        guard case .news(let ended) = Self.read(.voided, half, shares) else {
            throw PaymentRefusal.alreadyPaid
        }

        let written = try notes(ended)
        #expect(written.keys.map { $0 } == [shares[1].order])
        #expect(written.values.first?.hasPrefix("12.50 EUR came. ") == true)
    }

    private func notes(_ settlement: Settlement) throws -> [ID<Order>: String] {
        var payment = Self.payment()
        payment.state = settlement.state
        let held = LockedPayment(
            purchase: `What a snapshot means`.purchase(.awaitingPayment), payment: payment,
            shares: shares)
        var notes: [ID<Order>: String] = [:]
        for consequence in try settlement.consequences(for: held) {
            if case .note(let order, "money-to-look-at", let text) = consequence {
                notes[order] = text
            }
        }
        return notes
    }
}
