import Vocabulary

/// A wallet as the market's people read of it: whose it is, what it is, and where its money goes.
public struct WalletName: Hashable, Sendable {
    public let seller: String
    public let kind: Wallet.Kind
    /// What its seller calls it.
    public let label: String
    /// The ends of its account or address; nil while it has none.
    public let place: String?
}

extension Marketplace {
    /// The names of the wallets on a page, for administrators; of more than
    /// ``PageRequest/limitMax`` only so many.
    public func walletNames(
        _ ids: some Sequence<ID<Wallet>>
    ) async throws -> [ID<Wallet>: WalletName] {
        let wanted = Array(Set(ids).prefix(PageRequest.limitMax))
        return wanted.isEmpty ? [:] : try await database.wallets.names(wanted)
    }
}
