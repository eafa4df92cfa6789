import Vocabulary

/// A variant for sale of which little or nothing is left.
public struct ScarceVariant: Hashable, Sendable {
    public let variant: ID<Variant>
    public let listing: ID<Listing>
    public let title: String
    public let options: [String]
    public let sku: String?
    /// What can still be sold.
    public let available: Int
    /// What checkouts hold.
    public let reserved: Int

    /// So many are listed, the scarcest of them.
    public static let countMax = 200
    /// Nobody wants to be told of more.
    public static let lowMax = 1000
}

extension Marketplace {
    /// From how many pieces on the shop calls a variant scarce.
    public func lowStock(as member: SellerMember) async throws -> Int {
        try member.require(.readListings)
        return try await database.scarceStock.threshold(of: member.seller)
    }

    /// Variants of published things with so many pieces or fewer, the scarcest first, at most
    /// ``ScarceVariant/countMax``.
    public func scarceStock(as member: SellerMember) async throws -> [ScarceVariant] {
        try member.require(.readListings)
        return try await database.scarceStock.list(
            of: member.seller, limit: ScarceVariant.countMax)
    }

    /// Says from how many pieces on a variant is scarce.
    /// - Throws: ``ListingRefusal/quantityInvalid`` beyond 0 to ``ScarceVariant/lowMax``.
    public func setLowStock(_ pieces: Int, as member: SellerMember) async throws {
        try member.require(.editListings)
        guard (0...ScarceVariant.lowMax).contains(pieces) else {
            throw ListingRefusal.quantityInvalid
        }
        try await database.transaction { tx in
            guard try await tx.sellers.lock(member.seller) != nil else {
                throw SellerRefusal.unknown
            }
            let before = try await tx.scarceStock.threshold(of: member.seller)
            guard before != pieces else { return }
            try await tx.scarceStock.save(member.seller, threshold: pieces)
            try await tx.audit.record(
                "seller.low-stock-set", on: "seller", member.seller.description,
                by: member.account, as: .seller, for: member.seller,
                before: LowStock(pieces: before), after: LowStock(pieces: pieces))
        }
    }
}

/// What the trail tells.
private struct LowStock: Codable, Sendable {
    let pieces: Int
}
