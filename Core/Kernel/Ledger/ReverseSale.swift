import Postgres
import Vocabulary

extension Transaction {
    /// Takes an order's sale out of the books because all of its money went back: to be called in
    /// the transaction that records the refund's success, with the order locked. Repeating it for
    /// the same refund changes nothing, and an order that was never sold has nothing to reverse.
    /// - Returns: whether there was a sale.
    @discardableResult
    public func reverseSale(
        of order: ID<Order>, wallet: ID<Wallet>, currency: Currency, refund: ID<Refund>
    ) async throws -> Bool {
        let sale = try await ledger.entries(of: Posting.saleKey(order))
        if sale.isEmpty { return false }
        if try await !ledger.entries(of: "refund:\(refund)").isEmpty { return true }
        try await ledger.lock(wallet, currency)
        let posting = try Posting.fullRefund(
            refund, of: order, sale: sale, currency: currency,
            held: try await ledger.holdings(of: order), wallet: wallet)
        try await ledger.post([posting])
        return true
    }
}
