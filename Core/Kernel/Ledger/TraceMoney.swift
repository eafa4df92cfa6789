import Vocabulary

extension Marketplace {
    /// Where each minor unit of an order came from and went.
    /// - Throws: ``CaseRefusal/unknown``
    public func traceMoney(of order: ID<Order>) async throws -> MoneyTrace {
        try await database.transaction(isolation: .repeatableRead) { tx in
            guard let trace = try await TraceStore(db: tx).trace(order) else {
                throw CaseRefusal.unknown
            }
            return trace
        }
    }

    /// The same for an order's id or its number, as people type it.
    /// - Throws: ``CaseRefusal/unknown``
    public func traceMoney(ofOrder text: String) async throws -> MoneyTrace {
        if let id = ID<Order>(text) { return try await traceMoney(of: id) }
        let number = PurchaseNumber.normalized(text)
        guard let id = try await TraceStore(db: database).order(numbered: number) else {
            throw CaseRefusal.unknown
        }
        return try await traceMoney(of: id)
    }
}
