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

    /// Nobody wants to be told of more.
    public static let lowMax = 1000
}

extension Marketplace {
    /// From how many pieces on the shop calls a variant scarce.
    public func lowStock(as member: SellerMember) async throws -> Int {
        try member.require(.readListings)
        return try await database.scarceStock.threshold(of: member.seller)
    }

    /// Variants of published things with so many pieces or fewer, the scarcest first.
    /// - Throws: ``InputRefusal`` for a page that this list never had.
    public func scarceStock(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<ScarceVariant> {
        try member.require(.readListings)
        let rows = try await database.scarceStock.list(
            of: member.seller, after: try ScarceCursor(page.after), limit: page.limit + 1)
        return Page(rows, limit: page.limit) { ScarceCursor($0).text }
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

/// Where the next page of scarce variants starts: behind this one.
struct ScarceCursor: Hashable, Sendable {
    let available: Int
    let listing: ID<Listing>
    let variant: ID<Variant>

    var text: String { "\(available):\(listing):\(variant)" }

    init(_ last: ScarceVariant) {
        available = last.available
        listing = last.listing
        variant = last.variant
    }

    /// Reads what `text` wrote; nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":").map(String.init)
        guard parts.count == 3, let available = Int32(parts[0]),
            let listing = ID<Listing>(parts[1]), let variant = ID<Variant>(parts[2])
        else { throw InputRefusal(.wrong("This is not a page of this list."), field: "after") }
        self.available = Int(available)
        self.listing = listing
        self.variant = variant
    }
}

/// What the trail tells.
private struct LowStock: Codable, Sendable {
    let pieces: Int
}
