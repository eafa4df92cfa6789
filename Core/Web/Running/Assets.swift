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
    }

    private var files: [String: File] = [:]
    private var paths: [String: String] = [:]

    init(folder: URL?) throws {
        guard let folder else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            guard let type = Self.types[(name as NSString).pathExtension] else { continue }
            let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
            let hashed = hexadecimal(sha256(bytes).prefix(6)) + "-" + name
            files[hashed] = File(bytes: bytes, type: type)
            paths[name] = "/assets/\(hashed)"
        }
    }

    /// Where the browser finds the asset of that name.
    func path(_ name: String) -> String { paths[name] ?? "/assets/\(name)" }

    func response(_ name: String) throws(WebRefusal) -> Response {
        guard let file = files[name] else { throw .notFound }
        return Response(
            status: .ok,
            headers: [
                .contentType: file.type, .cacheControl: "public, max-age=31536000, immutable",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png",
        "ico": "image/x-icon", "woff2": "font/woff2",
    ]
}
