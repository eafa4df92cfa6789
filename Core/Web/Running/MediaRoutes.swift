import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Pictures by their content hash, `GET /media/{hash}`: they never change, so browsers keep them.
/// They leave piece by piece, as fast as they are read.
public struct MediaRoutes {
    public init() {}

    public func mount(on routes: Routes) {
        routes.raw(.get, "/media/{hash}", access: .everyone) { request in
            guard let hash = ContentHash(request.parameters["hash"] ?? "") else {
                throw MediaRefusal.unknown
            }
            let tag = "\"\(hash)\""
            var headers: HTTPFields = [
                .eTag: tag, .cacheControl: "public, max-age=31536000, immutable",
            ]
            if request.headers[.ifNoneMatch] == tag {
                return Response(status: .notModified, headers: headers)
            }
            let picture = try await request.marketplace.picture(hash)
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
}

/// A stored file became shorter while it was sent.
struct PictureCutShort: Error {}
