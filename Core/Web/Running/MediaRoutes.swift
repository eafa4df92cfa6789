import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Photos by the hash of what was uploaded: `GET /media/{hash}`, and in a width and a type
/// `GET /media/{hash}/640.webp`. Once made they never change, so browsers keep them. They leave
/// piece by piece, as fast as they are read.
public struct MediaRoutes: Sendable {
    /// What a photo's address gives until it is made may still change.
    private static let soon = "public, max-age=60"

    public init() {}

    public func mount(on routes: Routes) {
        routes.raw(.get, "/media/{hash}", access: .everyone) { request in
            try await answer(request, width: nil, .jpeg)
        }
        routes.raw(.get, "/media/{hash}/{copy}", access: .everyone) { request in
            let parts = (request.parameters["copy"] ?? "").split(separator: ".")
            guard parts.count == 2, let width = Int(parts[0]), (1...99_999).contains(width),
                let type = PhotoType(suffix: parts[1])
            else { throw MediaRefusal.unknown }
            return try await answer(request, width: width, type)
        }
    }

    private func answer(
        _ request: WebRequest, width: Int?, _ type: PhotoType
    ) async throws -> Response {
        guard let hash = ContentHash(request.parameters["hash"] ?? "") else {
            throw MediaRefusal.unknown
        }
        let picture = try await request.marketplace.picture(hash, width: width, as: type)
        var headers: HTTPFields = [
            .eTag: "\"\(picture.hash)\"",
            .cacheControl: picture.isFinal ? EntityTag.forGood : Self.soon,
        ]
        if EntityTag.matches(request.headers[.ifNoneMatch], headers[.eTag]) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = picture.mediaType
        let body = ResponseBody(contentLength: picture.byteCount) { writer in
            var sent = 0
            while sent < picture.byteCount {
                let piece = try await picture.piece(at: sent)
                // Shorter than it was announced: the connection has to break.
                guard !piece.isEmpty else { throw PictureCutShort() }
                try await writer.write(ByteBuffer(bytes: piece))
                sent += piece.count
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }
}

/// A stored file became shorter while it was sent.
struct PictureCutShort: Error {}
