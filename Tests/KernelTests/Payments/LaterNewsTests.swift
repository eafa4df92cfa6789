import Testing
import Vocabulary

@testable import Kernel

@Suite struct `News of a payment of which something was taken` {
    typealias Meaning = `What a snapshot means`

    @Test func `that speak of less than before are put aside`() {
        let reading = Settlement.read(
            Meaning.snapshot(.captured, captured: 2000, version: 3),
            for: Meaning.payment(.captured, version: 2, captured: 4250, capture: .atShipment),
            of: Meaning.purchase(.paid))

        guard case .quarantined = reading else {
            Issue.record("taken as \(reading)")
            return
        }
    }

    @Test func `sell nothing of a purchase of which a part was taken`() {
        let news = Meaning.news(
            Meaning.snapshot(.captured, captured: 2000),
            Meaning.payment(.created, version: 0, capture: .atShipment), .awaitingPayment)

        #expect(news?.effects == [.paid])
    }

    @Test func `send money that came too late back once`() {
        let news = Meaning.news(
            Meaning.snapshot(.captured, captured: 4250, version: 3),
            Meaning.payment(.late, version: 2, captured: 4250), .cancelled)

        #expect(news == Settlement(state: .late, effects: []))
    }

    /// The seller has it, and is told of it: one order's share may come after another's.
    @Test func `tell a seller who was paid too late once, however much more comes`() {
        var payment = `What comes for one payment of several makers`.payment(.late)
        payment.captured = Money(1300, .eur)
        let more = Meaning.snapshot(.captured, captured: 4250, version: 3)

        guard
            case .news(let news) = Settlement.read(
                more, for: payment, of: Meaning.purchase(.cancelled))
        else {
            Issue.record("it is no news")
            return
        }
        #expect(news == Settlement(state: .late, effects: []))
    }

    @Test func `send back what was taken for a purchase that another payment paid`() {
        let news = Meaning.news(
            Meaning.snapshot(.captured, captured: 4250), Meaning.payment(.processing), .paid)

        #expect(news == Settlement(state: .late, effects: [.returnMoney]))
    }
}
