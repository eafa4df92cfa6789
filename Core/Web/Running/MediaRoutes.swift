import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Pictures by their content hash: they never change, so browsers keep them.
public struct MediaRoutes {
    public init() {}

    public func mount(on routes: Routes) {
        routes.raw(.get, "/media/{hash}", limit: .unlimited, access: .everyone) { request in
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
            let file = try await request.marketplace.picture(hash)
            headers[.contentType] = file.mediaType
            return Response(
                status: .ok, headers: headers,
                body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
        }
    }
}
