/// What becomes of an order's share of the money when the order is cancelled. Pure.
enum MoneyBack: Hashable, Sendable {
    /// What was captured goes back.
    case refund
    /// Nobody else of the purchase needs the reservation any more.
    case void
    case nothing

    static func of(_ share: LockedShare, in held: LockedPayment) -> MoneyBack {
        if share.kept > 0 { return .refund }
        let isNeeded = held.shares.contains {
            $0.order != share.order && $0.captured.isZero && $0.amount.isPositive
                && $0.state != .cancelled
        }
        let isReserved = held.payment.capture != .atOrder && share.captured.isZero
        return isReserved && !isNeeded ? .void : .nothing
    }
}
