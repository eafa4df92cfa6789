import Foundation
import Kernel
@_spi(Statements) import Postgres
import Vocabulary

/// A few photos, made by the worker as every photo is, that the things of a bench share.
struct BenchPhotos: Sendable {
    let market: BenchMarket

    private static let count = 12

    func add() async throws {
        let seller = try await market.database.query("select id from seller order by id limit 1")
            .decode { c in try c.next(ID<Seller>.self) }
        guard let seller = seller.first else { throw OperatorProblem("There is no seller.") }
        for number in 0..<Self.count {
            // Clouds: nothing is smaller than a photo of them, and nothing larger than noise.
            _ = try await market.marketplace.storePicture(
                try await cloud(1600 + number), of: seller)
        }
        let worker = Worker(
            market.database, handlers: market.marketplace.jobHandlers(),
            logger: market.marketplace.logger)
        try await worker.drain()
        try await market.database.transaction(statementDeadline: .seconds(600)) { tx in
            try await tx.execute(
                """
                with photo as materialized (
                    select content_hash, row_number() over (order by content_hash) - 1 as n
                    from media where state = 'ready'
                )
                insert into listing_image (id, listing_id, position, content_hash, alt)
                select gen_random_uuid(), t.listing, p.place, photo.content_hash, ''
                from bench_thing t cross join generate_series(1, 2) p(place)
                join photo on photo.n = (t.n + p.place * 5) % \(Self.count)::int
                """)
        }
    }

    private func cloud(_ width: Int) async throws -> [UInt8] {
        let path =
            FileManager.default.temporaryDirectory.path
            + "/guildhall-bench-\(ProcessInfo.processInfo.processIdentifier).jpg"
        defer { unlink(path) }
        _ = try await BenchTool.run(
            "vips", ["perlin", path, "\(width)", "1600", "--uchar"], package: "libvips-tools")
        guard let data = FileManager.default.contents(atPath: path) else {
            throw OperatorProblem("vips wrote no picture.")
        }
        return [UInt8](data)
    }
}
