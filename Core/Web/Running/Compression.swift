import HTTPTypes
import Hummingbird
import NIOCore

/// Answers in fewer bytes for whoever understands gzip: pages, JSON and other text. Photos are
/// small already.
enum Compression {
    /// Shorter than this nothing is saved: it is one packet anyway.
    private static let bytesMin = 1024
    /// Longer than this it would keep one of the few threads too long.
    private static let bytesMax = 4 << 20
    private static let types = [
        "text/", "application/json", "application/problem+json",
        "application/xml", "image/svg+xml",
    ]

    /// Whether the request takes gzip (RFC 9110, section 12.5.3).
    static func isWanted(_ header: String?) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { one in
            let parts = one.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let name = parts.first, name == "gzip" || name == "*" else { return false }
            return !parts.dropFirst().contains { part in
                part.hasPrefix("q=") && part.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." }
            }
        }
    }

    /// The answer as it is sent: compressed where that is wanted and saves something.
    static func apply(to response: Response, for request: HTTPFields) async throws -> Response {
        guard let type = response.headers[.contentType], types.contains(where: type.hasPrefix),
            response.headers[.contentEncoding] == nil
        else { return response }
        var response = response
        response.headers[.vary] =
            response.headers[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        guard isWanted(request[.acceptEncoding]),
            let length = response.body.contentLength, (bytesMin...bytesMax).contains(length),
            let bytes = Gzip.compress(try await response.collected(), level: Gzip.quick)
        else { return response }
        var headers = response.headers
        headers[.contentEncoding] = "gzip"
        headers[.contentLength] = nil
        return Response(
            status: response.status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
