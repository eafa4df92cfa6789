import Foundation
import ProviderKit
import Vocabulary

@testable import Kernel

/// Real files for tests of photos, made by the tool itself or byte by byte.
enum PhotoFiles {
    static let tool = "/usr/bin/vips"

    /// Waiting for the tool would block every other test.
    private static let threads = WorkThreads(count: 2, waitingMax: 100, waitMax: .seconds(120))

    /// What `vips <operation> <file> …` writes.
    static func made(
        _ operation: String, as suffix: String, options: String = "", _ arguments: String...
    ) async throws -> [UInt8] {
        try await threads.run {
            let path = "/tmp/guildhall-photo-\(ID<Listing>()).\(suffix)"
            defer { unlink(path) }
            let run = ProgramRun(
                tool, [operation, path + options] + arguments, within: .seconds(60))
            let end = run.run()
            guard end == .exited(0), let data = FileManager.default.contents(atPath: path) else {
                throw PhotoFileFault(end: end)
            }
            return [UInt8](data)
        }
    }

    /// Noise, which no format makes small.
    static func noise(
        _ suffix: String, _ width: Int, _ height: Int, options: String = ""
    ) async throws -> [UInt8] {
        try await made("gaussnoise", as: suffix, options: options, "\(width)", "\(height)")
    }

    /// The place that ``turned(_:)`` writes into a picture, in words.
    static let place = "Am Brunnen 1, Berlin"

    /// A JPEG with an EXIF segment that turns it by a quarter and says where it was taken.
    static func turned(_ jpeg: [UInt8]) -> [UInt8] {
        let text = Array(place.utf8) + [0]
        // TIFF, big endian: one directory with orientation 6, a description and a GPS directory.
        var tiff: [UInt8] = Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 3]
        tiff += [0x01, 0x0E, 0, 2] + big(text.count) + big(50)
        tiff += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
        tiff += [0x88, 0x25, 0, 4, 0, 0, 0, 1] + big(50 + text.count)
        tiff += big(0) + text
        tiff += [0, 1, 0, 1, 0, 2, 0, 0, 0, 2, UInt8(ascii: "N"), 0, 0, 0] + big(0)
        let exif = Array("Exif".utf8) + [0, 0] + tiff
        return segment(0xE1, exif, in: jpeg)
    }

    /// A JPEG that is also a page with a script: in a comment, and behind its end.
    static func polyglot(_ jpeg: [UInt8], _ script: String) -> [UInt8] {
        segment(0xFE, Array(script.utf8), in: jpeg) + Array(script.utf8)
    }

    private static func segment(
        _ marker: UInt8, _ content: [UInt8], in jpeg: [UInt8]
    ) -> [UInt8] {
        let length = content.count + 2
        return jpeg.prefix(2) + [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + content
            + jpeg.dropFirst(2)
    }

    private static func big(_ number: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }
}

struct PhotoFileFault: Error {
    let end: ProgramRun.End
}
