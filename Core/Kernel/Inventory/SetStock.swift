import Vocabulary

/// Why there are as many of a variant as there are.
public struct StockMovement: Hashable, Sendable, Codable {
    public let id: Int64
    public let delta: Int
    public let cause: Cause
    public let orderID: String?
    public let actorName: String?
    public let at: Instant

    public enum Cause: String, SQLText, Sendable, CaseIterable, Codable {
        case set, `import`, sale, cancellation, `return`
    }
}

extension Marketplace {
    /// Says how many of a variant there are, those that checkouts hold included.
    /// - Throws: ``ListingRefusal/stockReserved`` when checkouts hold more than that,
    ///   ``ListingRefusal/variantUnknown`` when it is not this shop's.
    public func setStock(
        of variant: ID<Variant>, to onHand: Int, as member: SellerMember
    ) async throws {
        try member.require(.editListings)
        guard (0...VariantDraft.onHandMax).contains(onHand) else {
            throw ListingRefusal.quantityInvalid
        }
        try await database.transaction { tx in
            guard let level = try await tx.stock.lock(variant, of: member.seller) else {
                throw ListingRefusal.variantUnknown
            }
            guard onHand >= level.reserved else { throw ListingRefusal.stockReserved }
            let before = try await tx.audit.before("variant", variant.description)
            try await tx.stock.set(
                [StockCount(variant: variant, onHand: onHand)], cause: .set, by: member.account)
            try await tx.audit.record(
                "stock.set", on: "variant", variant.description, by: member, before: before)
        }
    }

    /// Why the stock of a variant is what it is, newest first.
    public func stockMovements(
        of variant: ID<Variant>, as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<StockMovement> {
        try member.require(.readListings)
        return try await database.stock.listMovements(
            of: variant, seller: member.seller, page)
    }
}
