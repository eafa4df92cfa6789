import Postgres
import Vocabulary

extension Marketplace {
    /// Ends a purchase that is not paid, because its customer does not want it any more, or cannot
    /// pay it since a shop is away. A payment that waits for the customer is ended at its provider
    /// first; what was held is for sale again at once. Money that comes all the same is given back.
    /// - Throws: `OrderRefusal.purchaseMissing`; `alreadyPaid`, `purchaseOver`; `paymentUnderWay`
    ///   while nobody knows what becomes of a payment.
    public func endPurchase(_ id: ID<Purchase>, as buyer: Buyer) async throws {
        guard let purchase = try await database.purchases.find(id, of: buyer) else {
            throw OrderRefusal.purchaseMissing
        }
        try purchase.checkPayable()
        if let live = try await database.payments.live(of: id) { try await end(live) }
        try await database.transaction { tx in
            guard let purchase = try await tx.purchases.lock(id) else {
                throw OrderRefusal.purchaseMissing
            }
            try purchase.checkPayable()
            guard try await tx.payments.live(of: id) == nil else {
                throw PaymentRefusal.paymentUnderWay
            }
            _ = try await tx.commit(
                after: PurchaseStore.cancelStatements(
                    purchase, note: "The customer ended it before it was paid.",
                    by: buyer.account))
        }
    }
}

extension Purchase {
    /// Whether it is still to be paid.
    /// - Throws: `alreadyPaid`, `purchaseOver`.
    func checkPayable() throws(PaymentRefusal) {
        switch state {
        case .awaitingPayment: return
        case .paid: throw .alreadyPaid
        case .cancelled: throw .purchaseOver
        }
    }
}

extension PurchaseDetail {
    /// Whether every shop that it pays may still be paid.
    /// - Throws: `sellerAway`.
    func checkShops() throws(PaymentRefusal) {
        if let shop = awayShops.first { throw .sellerAway(shop: shop) }
    }
}
