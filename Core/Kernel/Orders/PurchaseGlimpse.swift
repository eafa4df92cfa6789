import Postgres
import Vocabulary

/// By what somebody knows a purchase again in a list of them.
public struct PurchaseGlimpse: Hashable, Sendable {
    /// Of its first things, at most ``thingsMax``, each once.
    public let titles: [String]
    /// Of the same, as far as they have some: SHA-256 of what was uploaded.
    public let pictures: [Bytes]
    /// How many lines it has beyond those.
    public let more: Int

    /// As many as stand beside each other on a telephone.
    public static let thingsMax = 3
}

extension Marketplace {
    /// What was bought in purchases of one's own list; nothing is proved here of whose they are.
    public func glimpses(
        of purchases: [Purchase]
    ) async throws -> [ID<Purchase>: PurchaseGlimpse] {
        guard !purchases.isEmpty else { return [:] }
        return try await database.purchases.glimpses(of: purchases.map(\.id))
    }
}
