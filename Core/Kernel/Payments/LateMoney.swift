import Vocabulary

/// Which orders the money is counted for that came for a payment that is over. Pure.
///
/// All of it goes back, whatever it was meant for: more than is due where parts had been called off
/// before the provider said that its reservation was lost, less where it took one order's share.
enum LateMoney {
    struct Part: Hashable, Sendable {
        let order: ID<Order>
        let amount: Money
    }

    /// What has come since the shares were written, divided among them.
    static func parts(of held: LockedPayment) -> [Part] {
        var left = arrived(held).amount
        let rooms = held.shares.map { max(0, $0.due.amount - $0.captured.amount) }
        var taken = rooms.map { _ in Int64(0) }
        func take(_ room: Int64, at place: Int) {
            let part = min(left, room)
            taken[place] += part
            left -= part
        }
        // One order's share as a whole is most likely what was asked for.
        if let place = rooms.firstIndex(of: left) { take(rooms[place], at: place) }
        for place in rooms.indices { take(rooms[place] - taken[place], at: place) }
        for (place, share) in held.shares.enumerated() {
            take(share.amount.amount - share.captured.amount - taken[place], at: place)
        }
        return zip(held.shares, taken).filter { $1 > 0 }.map { share, amount in
            Part(order: share.order, amount: Money(amount, share.amount.currency))
        }
    }

    /// What the payment has and no share has yet.
    static func arrived(_ held: LockedPayment) -> Money {
        let known = held.shares.reduce(0) { $0 + $1.captured.amount }
        let captured = held.payment.captured
        return Money(max(0, captured.amount - known), captured.currency)
    }
}
