import ProviderKit
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Where orders and payments may go` {
    @Test func `what is over stays over`() {
        #expect(Order.State.allCases.filter { $0.next.isEmpty } == [.delivered, .cancelled])
        #expect(Purchase.State.allCases.filter { $0.next.isEmpty } == [.paid, .cancelled])
        #expect(Checkout.State.allCases.filter { $0.next.isEmpty } == [.placed, .expired])
        #expect(Payment.State.allCases.filter { $0.next.isEmpty } == [.captured])
        // One that succeeded may still be sent back by the customer's bank.
        #expect(Refund.State.allCases.filter { $0.next.isEmpty } == [.failed, .calledOff])
    }

    @Test func `nothing that was shipped can be cancelled`() {
        for state in Order.State.allCases where state != .awaitingPayment && state != .paid {
            #expect(!state.next.contains(.cancelled))
        }
    }

    @Test func `every state that is pending is live`() {
        #expect(Payment.State.allCases.allSatisfy { !$0.isPending || $0.isLive })
    }
}

@Suite struct `What a snapshot means` {
    static let amount = Money(4250, .eur)

    static func payment(
        _ state: Payment.State, version: Int64 = 1, captured: Int64 = 0,
        capture: ProviderInstance.Capture = .atOrder
    ) -> Payment {
        Payment(
            id: ID(), purchase: ID(), instance: ID(), method: "card", amount: amount, state: state,
            authorized: .zero(.eur), captured: Money(captured, .eur), refunded: .zero(.eur),
            received: .zero(.eur), excess: .zero(.eur),
            reference: version == 0 ? nil : "pay_1", next: .none, failureCode: nil,
            failureMessage: nil, capture: capture, isDirect: false,
            createdAt: Instant(secondsSince1970: 0), version: version)
    }

    static func purchase(_ state: Purchase.State) -> Purchase {
        Purchase(
            id: ID(), number: "K7M49XQ2", checkout: ID(), account: nil, email: "",
            address: Address(name: "", lines: [], city: "", country: "DE"), state: state,
            total: amount, placedAt: Instant(secondsSince1970: 0), paidAt: nil,
            expiresAt: Instant(secondsSince1970: 0))
    }

    static func snapshot(
        _ status: PaymentStatus, captured: Int64 = 0, authorized: Int64 = 4250, version: Int64 = 2,
        currency: Currency = .eur, reference: String = "pay_1"
    ) -> PaymentSnapshot {
        PaymentSnapshot(
            reference: reference, status: status, authorized: Money(authorized, currency),
            captured: Money(captured, currency), refunded: .zero(currency), version: version)
    }

    static func news(
        _ snapshot: PaymentSnapshot, _ payment: Payment, _ purchase: Purchase.State
    ) -> Settlement? {
        let reading = Settlement.read(snapshot, for: payment, of: Self.purchase(purchase))
        if case .news(let settlement) = reading { return settlement }
        return nil
    }

    @Test func `captured in full is paid and sold, once`() {
        let captured = Self.snapshot(.captured, captured: 4250)
        let settlement = Self.news(captured, Self.payment(.created, version: 0), .awaitingPayment)
        #expect(settlement == Settlement(state: .captured, effects: [.paid, .sold]))
        let again = Settlement.read(
            captured, for: Self.payment(.captured, version: 2, captured: 4250),
            of: Self.purchase(.paid))
        #expect(again == .stale)
        let later = Self.news(
            Self.snapshot(.captured, captured: 4250, version: 3),
            Self.payment(.captured, version: 2, captured: 4250), .paid)
        #expect(later == Settlement(state: .captured, effects: []))
    }

    @Test func `authorized is paid where orders are captured at shipment, else captured now`() {
        let authorized = Self.snapshot(.authorized)
        #expect(
            Self.news(
                authorized, Self.payment(.created, version: 0, capture: .atShipment),
                .awaitingPayment)?.effects == [.paid])
        #expect(
            Self.news(authorized, Self.payment(.created, version: 0), .awaitingPayment)?.effects
                == [.captureAll])
    }

    @Test func `money for what is over goes back, and what is only reserved is released`() {
        for purchase in [Purchase.State.cancelled, .paid] {
            #expect(
                Self.news(Self.snapshot(.captured, captured: 4250), Self.payment(.failed), purchase)
                    == Settlement(state: .late, effects: [.returnMoney]))
        }
        #expect(
            Self.news(Self.snapshot(.authorized), Self.payment(.processing), .cancelled)
                == Settlement(state: .late, effects: [.release]))
        #expect(
            Self.news(Self.snapshot(.failed), Self.payment(.late), .cancelled)?.state == .failed)
    }

    @Test func `what does not fit is put aside`() {
        let waiting = Self.payment(.processing)
        let strange = [
            Self.snapshot(.captured, captured: 4249), Self.snapshot(.captured, captured: 4251),
            Self.snapshot(.captured, captured: 4250, currency: .usd),
            Self.snapshot(.captured, captured: 4250, reference: "pay_2"),
            Self.snapshot(.authorized, authorized: 4000),
            Self.snapshot(.captured, captured: -1),
        ]
        for snapshot in strange {
            let reading = Settlement.read(
                snapshot, for: waiting, of: Self.purchase(.awaitingPayment))
            guard case .quarantined = reading else {
                Issue.record("\(snapshot) was taken as \(reading)")
                continue
            }
        }
    }

    @Test func `no settlement leaves the table of states`() {
        for state in Payment.State.allCases {
            for status in PaymentStatus.allCases {
                for purchase in Purchase.State.allCases {
                    let captured: Int64 = status == .captured ? 4250 : 0
                    let settlement = Self.news(
                        Self.snapshot(status, captured: captured),
                        Self.payment(state, captured: state == .captured ? 4250 : 0), purchase)
                    guard let settlement, settlement.state != state else { continue }
                    // A snapshot without captured money cannot follow one with it.
                    if state == .captured { continue }
                    #expect(
                        state.next.contains(settlement.state),
                        "\(state) and \(status) of a \(purchase) purchase: \(settlement.state)")
                }
            }
        }
    }
}
