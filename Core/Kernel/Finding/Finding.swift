import Vocabulary

/// Something that a text leads to which somebody has in front of them.
public struct Finding: Sendable, Hashable {
    public enum Kind: String, CaseIterable, Sendable, Codable {
        case purchase, seller, account, listing, payout, dispute
    }

    public let kind: Kind
    /// A UUID. A dispute's is that of its purchase, on whose page it is dealt with.
    public let id: String
    /// A number, a name, a title or a provider's reference.
    public let name: String
    /// What tells it from others of that name: an e-mail address, a shop.
    public let detail: String
    public let state: String?
    public let amount: Money?
    public let at: Instant
}

extension Marketplace {
    /// Whatever a text leads to: a purchase's or order's number, a person's whole e-mail address, a
    /// shop's name or short name, a listing's title, the reference of a payment, a payout or a
    /// dispute at its provider, or the id of any of them.
    /// - Parameter kinds: what is looked for.
    /// - Returns: ten of each kind at most, kind by kind.
    public func find(_ text: String, among kinds: Set<Finding.Kind>) async throws -> [Finding] {
        let text = InputText.trimmed(text)
        guard !text.isEmpty, !kinds.isEmpty else { return [] }
        return try await database.findings.find(text, among: kinds)
    }
}
