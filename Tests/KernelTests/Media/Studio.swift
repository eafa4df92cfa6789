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

    /// Every byte of a stored picture.
    func bytes(_ picture: StoredPicture) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < picture.byteCount {
            bytes += try await picture.piece(at: bytes.count)
        }
        return bytes
    }

    /// Waits until so many transactions of this market wait for another.
    func waitForWaiters(_ wanted: Int) async throws {
        for _ in 0..<2000 {
            let waiting = try await count(
                """
                select count(*) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """)
            if waiting >= wanted { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestSupportError.notFound("\(wanted) that wait for a lock")
    }

    /// As the schema's owner sees it.
    func count(_ sql: SQL) async throws -> Int {
        try await market.storage.owner.query(sql).decode { c in try c.next(Int.self) }.first ?? -1
    }

    /// Lets files and what says of photos that nobody shows them be two days old.
    func age() async throws {
        try await market.database.execute(
            "update media set loose_since = loose_since - interval '2 days'")
        for folder in ["pictures", "originals"] {
            for name in try files(folder) {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -200_000)],
                    ofItemAtPath: kernel.settings.mediaFolder + "/\(folder)/\(name)")
            }
        }
    }
}

extension Sequence where Self: Sendable {
    /// One after the other.
    func asyncMap<Value>(_ body: (Element) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
