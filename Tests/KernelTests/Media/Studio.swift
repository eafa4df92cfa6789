import Foundation
import Postgres
import TestSupport
import Vocabulary

@testable import Kernel

/// A shop with one listing, to which photos are added.
struct Studio {
    let market: TestMarketplace
    let seller: GivenSeller
    let listing: ID<Listing>
    var kernel: Marketplace { market.marketplace }

    static func run(
        _ settings: (inout KernelSettings) -> Void = { _ in },
        _ body: (Studio) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(settings: settings) { market in
            let seller = try await market.given.verifiedSeller()
            let listing = try await market.marketplace.publishedListing("Mug", by: seller.member)
            try await body(
                Studio(market: market, seller: seller, listing: listing.listing.id))
        }
    }

    func add(_ bytes: [UInt8]) async throws -> ContentHash {
        try await kernel.addImage(bytes, alt: "", to: listing, as: seller.member)
        return ContentHash(of: bytes)
    }

    func work() async throws { try await market.worker().drain() }

    /// Of the first photo.
    func progress() async throws -> PhotoProgress? {
        try await kernel.listing(listing, as: seller.member).images.first?.photo
    }

    /// What is sent for a width, by its own bytes.
    func size(_ hash: ContentHash, _ width: Int?, _ type: PhotoType) async throws -> String {
        let picture = try await kernel.picture(hash, width: width, as: type)
        let header = PictureHeader(try await picture.piece(at: 0))
        return "\(picture.mediaType) \(header?.width ?? 0)x\(header?.height ?? 0)"
    }

    /// The bytes of every copy.
    func copies(of hash: ContentHash) async throws -> [[UInt8]] {
        let names = try await market.database.query(
            "select content_hash from media_rendition where photo = \(hash)"
        ).decode { c in try c.next(ContentHash.self) }
        return try names.map { name in
            guard let bytes = try MediaFolder.readFile(kernel.pictureFolder.file(of: name)) else {
                throw TestSupportError.notFound("the copy \(name)")
            }
            return bytes
        }
    }

    /// How many bytes the shop is charged.
    func stored() async throws -> Int {
        try await market.database.query(
            "select bytes from seller_storage where seller_id = \(seller.id)"
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// The names of files below a folder of the media.
    func files(_ folder: String) throws -> [String] {
        let path = kernel.settings.mediaFolder + "/" + folder
        guard let all = FileManager.default.enumerator(atPath: path) else { return [] }
        return all.compactMap { $0 as? String }.filter { $0.contains(".") || $0.contains("/") }
    }
}
