import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ProviderKit

/// Static files, kept in memory and named by their content, so that browsers may keep them too.
struct Assets: Sendable {
    private struct File: Sendable {
        let bytes: [UInt8]
        let type: String
        /// Compressed once, as well as it goes; nil where that saves nothing.
        let gzip: [UInt8]?
        let tag: String
    }

    private var files: [String: File] = [:]
    private var paths: [String: String] = [:]

    init(folder: URL?) throws {
        guard let folder else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            guard let type = Self.types[(name as NSString).pathExtension] else { continue }
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            let hash = hexadecimal(sha256(bytes).prefix(6))
            let hashed = hash + "-" + name
            let gzip = Gzip.compress(bytes, level: Gzip.best)
            files[hashed] = File(
                bytes: bytes, type: type,
                gzip: gzip.flatMap { $0.count < bytes.count * 9 / 10 ? $0 : nil }, tag: hash)
            paths[name] = "/assets/\(hashed)"
        }
    }

    /// Where the browser finds the asset of that name.
    func path(_ name: String) -> String { paths[name] ?? "/assets/\(name)" }

    /// - Parameter request: the headers that came: what encodings it takes, what it has already.
    func response(_ name: String, for request: HTTPFields) throws(WebRefusal) -> Response {
        guard let file = files[name] else { throw .notFound }
        let compressed = Compression.isWanted(request[.acceptEncoding]) ? file.gzip : nil
        // Two encodings are two contents, and one tag would be a lie.
        let tag = compressed == nil ? "\"\(file.tag)\"" : "\"\(file.tag)-gzip\""
        var headers: HTTPFields = [
            .contentType: file.type, .cacheControl: EntityTag.forGood, .eTag: tag,
        ]
        if file.gzip != nil { headers[.vary] = "Accept-Encoding" }
        if EntityTag.matches(request[.ifNoneMatch], tag) {
            return Response(status: .notModified, headers: headers)
        }
        if compressed != nil { headers[.contentEncoding] = "gzip" }
        return Response(
            status: .ok, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: compressed ?? file.bytes)))
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png",
        "ico": "image/x-icon", "woff2": "font/woff2",
    ]
}
