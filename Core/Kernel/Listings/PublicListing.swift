import FoundationEssentials
import Vocabulary

/// A listing as customers see it; the shape of the JSON that PostgreSQL builds.
public struct PublicListing: Sendable, Codable, Hashable {
    public struct Shop: Sendable, Codable, Hashable {
        public let id: ID<Seller>
        public let slug: String
        public let name: String
        public let country: String
    }

    public struct Branch: Sendable, Codable, Hashable {
        public let id: ID<Category>
        public let slug: String
        public let name: String
    }

    public struct Choice: Sendable, Codable, Hashable {
        public let id: ID<Variant>
        public let sku: String?
        public let options: [String]
        public let price: Money
        public let compareAt: Money?
        /// Ten stands for ten or more.
        public let available: Int
        public let imageId: ID<ListingImage>?
    }

    public struct Image: Sendable, Codable, Hashable {
        public let id: ID<ListingImage>
        public let hash: ContentHash?
        public let sourceUrl: String?
        public let alt: String
        /// Of the widest copy, in pixels.
        public let width: Int?
        public let height: Int?

        /// Nil for one that is elsewhere.
        public var shown: ShownImage? {
            hash.map { ShownImage(hash: $0, width: width ?? 1, height: height ?? 1) }
        }
    }

    /// What is said of it when one attribute is asked.
    public struct ShownAttribute: Sendable, Codable, Hashable {
        public let handle: String
        /// In English.
        public let name: String
        public let unit: String?
        /// Of a number.
        public let number: Int?
        /// Of a choice; `yes` or `no` of a flag.
        public let values: [ShownValue]
    }

    public struct ShownValue: Sendable, Codable, Hashable {
        public let handle: String
        /// In English.
        public let name: String
    }

    public struct Stars: Sendable, Codable, Hashable {
        /// One decimal; nil before the first review. For showing, never for arithmetic.
        public let average: Double?
        public let count: Int
    }

    public let id: ID<Listing>
    public let handle: String
    public let title: String
    public let description: String
    public let productType: String
    public let tags: [String]
    public let seller: Shop
    public let category: Branch?
    /// The cheapest variant's.
    public let price: Money
    public let inStock: Bool
    public let optionNames: [String]
    public let variants: [Choice]
    public let images: [Image]
    public let attributes: [ShownAttribute]
    public let rating: Stars
    public let publishedAt: Instant?
    /// Grows with every change.
    public let version: Int64
}

extension Marketplace {
    /// A listing that is for sale, as the JSON of ``PublicListing``: bytes that PostgreSQL made
    /// once for this version of it, to be sent as they are. While ``listen()`` runs they are kept
    /// in memory until the version or the right to be sold changes.
    /// - Throws: ``ListingRefusal/unknown`` for what does not exist or is not for sale.
    public func listingJSON(_ id: ID<Listing>) async throws -> [UInt8] {
        try await shownListings.value(id) {
            if let body = try await listingReads.value(id) { return body }
            guard let body = try await database.listingPages.refresh(id) else {
                throw ListingRefusal.unknown
            }
            return body
        }
    }

    /// The same as a value, for pages.
    public func publicListing(_ id: ID<Listing>) async throws -> PublicListing {
        let body = try await listingJSON(id)
        return try JSONDecoder().decode(PublicListing.self, from: Data(body))
    }

    /// Which listing has this address in this shop.
    /// - Throws: ``ListingRefusal/unknown``.
    public func listingID(handle: String, shop: String) async throws -> ID<Listing> {
        guard let id = try await database.listings.find(handle: handle, shop: shop) else {
            throw ListingRefusal.unknown
        }
        return id
    }

    /// Makes the pages of up to `limit` listings after `after` that have none, for catalogues
    /// that were loaded past the verbs.
    /// - Returns: where to go on; nil when all have been looked at.
    public func refreshListingPages(
        after: ID<Listing>? = nil, limit: Int = 1000
    ) async throws -> ID<Listing>? {
        try await database.listingPages.refresh(after: after, limit: limit)
    }
}
