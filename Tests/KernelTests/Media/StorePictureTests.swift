import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Storing a picture` {
    @Test func `keeps it under the hash of its bytes, once`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller().id
            let stored = try await market.marketplace.storePicture(MarketSide.picture, of: seller)
            let again = try await market.marketplace.storePicture(MarketSide.picture, of: seller)

            #expect(stored == again)
            #expect(stored.hash == ContentHash(of: MarketSide.picture))
            #expect(stored.width == 4)
            #expect(stored.height == 3)
            #expect(try await market.database.query("select from media").count == 1)
            #expect(
                try await market.database.query(
                    "select from job where kind = 'photos.make'"
                ).count == 1)
            // Nobody is sent what came.
            await #expect(throws: MediaRefusal.unknown) {
                try await market.marketplace.picture(stored.hash)
            }
        }
    }

    @Test func `brings back a file that the disk has lost`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller().id
            let stored = try await market.marketplace.storePicture(MarketSide.picture, of: seller)
            try await market.worker().drain()
            let folder = market.marketplace.settings.mediaFolder + "/pictures"
            try FileManager.default.removeItem(atPath: folder)
            await #expect(throws: MediaRefusal.unknown) {
                try await market.marketplace.picture(stored.hash)
            }

            _ = try await market.marketplace.storePicture(MarketSide.picture, of: seller)
            try await market.worker().drain()

            let file = try await market.marketplace.picture(stored.hash)
            #expect(file.mediaType == "image/jpeg")
        }
    }

    /// A PNG's header with another size in it.
    private static func png(_ width: UInt32, _ height: UInt32) -> [UInt8] {
        func bytes(_ number: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32($0))) }
        }
        var picture = MarketSide.picture
        picture.replaceSubrange(16..<24, with: bytes(width) + bytes(height))
        return picture
    }

    /// Not to be encoded: the testing library would write all bytes of an argument as numbers.
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let refusal: MediaRefusal
    }

    static let refused = [
        Refused(testDescription: "nothing", bytes: [], refusal: .unsupported),
        Refused(
            testDescription: "a drawing with a script", bytes: Array("<svg onload=x>".utf8),
            refusal: .unsupported),
        Refused(testDescription: "a PDF", bytes: Array("%PDF-1.7".utf8), refusal: .unsupported),
        Refused(
            testDescription: "half a header", bytes: Array(MarketSide.picture.prefix(20)),
            refusal: .unsupported),
        Refused(testDescription: "no width", bytes: png(0, 3), refusal: .unsupported),
        Refused(testDescription: "too wide", bytes: png(12_001, 3), refusal: .tooManyPixels),
        Refused(
            testDescription: "too many pixels", bytes: png(12_000, 12_000),
            refusal: .tooManyPixels),
        Refused(testDescription: "a bomb", bytes: png(.max, .max), refusal: .tooManyPixels),
        Refused(
            testDescription: "too many bytes",
            bytes: MarketSide.picture + [UInt8](repeating: 0, count: 20 << 20),
            refusal: .tooLarge),
    ]

    @Test(arguments: refused)
    func `refuses what is none, or is too large`(_ picture: Refused) async throws {
        try await TestMarketplace.run { market in
            await #expect(throws: picture.refusal) {
                try await market.marketplace.storePicture(picture.bytes, of: ID())
            }
        }
    }

    @Test func `nothing is found under a hash that nobody stored`() async throws {
        try await TestMarketplace.run { market in
            await #expect(throws: MediaRefusal.unknown) {
                try await market.marketplace.picture(ContentHash(of: [1, 2, 3]))
            }
        }
    }
}
