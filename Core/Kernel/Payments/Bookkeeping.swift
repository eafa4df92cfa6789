import Vocabulary

/// What of payments goes into the books. Pure.
enum Bookkeeping {
    /// The orders of these shares were sold: their money was captured.
    static func sale(of shares: [LockedShare], in held: LockedPayment) throws -> [Posting] {
        try shares.map { share in
            let sold = SoldOrder(
                order: share.order, purchase: held.purchase.id, wallet: share.wallet,
                total: share.due, commission: share.commission,
                commissionVAT: share.commissionVAT, taxByPlatform: share.taxByPlatform,
                taxJurisdiction: share.taxJurisdiction)
            return held.payment.isDirect
                ? try Posting.directSale(of: sold)
                : try Posting.sale(of: sold, at: held.payment.instance)
        }
    }

    /// Money came for a purchase that is over, at once or one share after another.
    static func stray(_ held: LockedPayment) throws -> Posting {
        let arrived = LateMoney.arrived(held)
        return try Posting.strayCapture(
            payment: held.payment.id, purchase: held.purchase.id, arrived,
            after: Money(
                held.payment.captured.amount - arrived.amount, held.payment.captured.currency),
            at: held.payment.instance)
    }

    /// One order's part of it went back.
    static func strayReturned(
        _ refund: ID<Refund>, _ amount: Money, of held: LockedPayment
    ) throws -> Posting {
        try Posting.strayReturn(
            refund, purchase: held.purchase.id, amount, at: held.payment.instance)
    }

    /// What had gone back of it came back once more.
    static func strayCameBack(
        _ refund: ID<Refund>, _ amount: Money, of held: LockedPayment
    ) throws -> Posting {
        try Posting.strayCameBack(
            refund, purchase: held.purchase.id, amount, at: held.payment.instance)
    }
}
