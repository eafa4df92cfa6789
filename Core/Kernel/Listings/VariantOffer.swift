import Vocabulary

/// A variant as a cart shows it, with everything that a line needs.
public struct VariantOffer: Hashable, Sendable, Codable {
    public let id: ID<Variant>
    public let listing: ID<Listing>
    public let handle: String
    public let title: String
    public let sku: String?
    /// `Small / Blue`; empty for a listing without options.
    public let optionsText: String
    public let price: Money
    /// How many can be had at this moment.
    public internal(set) var available: Int
    public let imageHash: ContentHash?
    public let imageSourceURL: String?
    public let seller: ID<Seller>
    public let sellerSlug: String
    public let sellerName: String
    /// Whether it can be bought at all, its stock aside.
    public let isForSale: Bool

    /// Why `quantity` of it cannot be bought now, or nil.
    public func problem(for quantity: Int) -> Problem? {
        if !isForSale { return .notForSale }
        if available <= 0 { return .soldOut }
        return available < quantity ? .short(available) : nil
    }

    public enum Problem: Hashable, Sendable {
        /// Taken back, archived, or its shop is closed.
        case notForSale
        case soldOut
        /// Only so many are left.
        case short(Int)

        /// One sentence for the customer.
        public var explanation: String {
            switch self {
            case .notForSale: "This is not for sale any more."
            case .soldOut: "This is sold out."
            case .short(let left):
                left == 1 ? "Only one of this is left." : "Only \(left) of this are left."
            }
        }
    }
}

extension Marketplace {
    /// How many variants one question may name.
    public static let offersMax = 200

    /// The variants of these ids, by id, those that are not for sale too; ids that nobody has are
    /// missing. Of more than ``offersMax`` ids the first are answered.
    public func offers(
        for ids: some Sequence<ID<Variant>>
    ) async throws -> [ID<Variant>: VariantOffer] {
        let ids = Array(Set(ids).prefix(Self.offersMax))
        guard !ids.isEmpty else { return [:] }
        let offers = try await database.offers.list(ids)
        return Dictionary(offers.map { ($0.id, $0) }) { first, _ in first }
    }
}
