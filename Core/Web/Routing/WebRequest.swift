import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import ProviderKit
import Synchronization
import Vocabulary

/// One request, as handlers see it.
public struct WebRequest: Sendable {
    public let site: Site
    public let head: HTTPRequest
    /// The raw path, without the query.
    public let path: String
    /// The query's items, percent-decoded, in order.
    public let query: [(name: String, value: String)]
    /// Shown to people and in problems, and written in every log line.
    public let id: String
    /// Where the request came from, for limits; behind a trusted proxy, what that proxy says.
    public let address: String
    let bodyStream: RequestBody
    let trace: Trace
    /// The decoded path parameters of the matched route.
    public internal(set) var parameters: [String: String] = [:]
    /// A form that waited for its person, and is to be shown in place of one that was sent.
    var kept: KeptForm?
    var isJSONAPI: Bool { path.hasPrefix("/api/") }

    public var method: HTTPRequest.Method { head.method }
    public var headers: HTTPFields { head.headerFields }
    public var marketplace: Marketplace { site.marketplace }
    /// Names the request in every line. Made when it is asked for: most requests log one line.
    public var logger: Logger {
        var logger = site.logger
        logger[metadataKey: "request"] = .string(id)
        return logger
    }

    /// What middleware and handlers leave behind for the answer and the log line.
    final class Trace: Sendable {
        struct Notes {
            var cookies: [String] = []
            var account: String?
            var route = "none"
            var flash: Flash?
            var browser: String?
            var session: SessionLookup?
            var holdsLargeBody = false
            /// Whether what a form asked for was refused, whatever the answer looks like.
            var isRefused = false
        }
        let notes = Mutex(Notes())
    }

    /// The value of a cookie that the browser sent.
    public func cookie(_ name: String) -> String? {
        for line in headers[values: .cookie] {
            for pair in line.split(separator: ";") {
                let trimmed = pair.drop { $0 == " " }
                guard trimmed.hasPrefix(name), trimmed.dropFirst(name.count).first == "=" else {
                    continue
                }
                return String(trimmed.dropFirst(name.count + 1))
            }
        }
        return nil
    }

    /// Sets a cookie on whatever answer this request gets: HttpOnly, SameSite=Lax, and Secure when
    /// the site is served over TLS. A `maxAge` of zero deletes it.
    func setCookie(_ name: String, _ value: String, maxAge: Duration? = nil) {
        var line = "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax"
        if let maxAge { line += "; Max-Age=\(maxAge.components.seconds)" }
        if site.settings.secureCookies { line += "; Secure" }
        trace.notes.withLock { notes in
            notes.cookies.removeAll { $0.hasPrefix(name + "=") }
            notes.cookies.append(line)
        }
    }

    /// Has the browser keep a short text of letters, digits and `-._~` and send it again.
    public func remember(_ name: String, _ value: String, for time: Duration) {
        let isPlain = value.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [45, 46, 95, 126].contains(byte)
        }
        guard isPlain, value.utf8.count <= 1024 else { return }
        setCookie(name, value, maxAge: time)
    }

    /// The first query item of that name.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The whole body.
    /// - Throws: ``WebRefusal/busy`` when too many large ones are held already;
    ///   ``WebRefusal/bodyTooLarge(_:)`` as soon as it is known to be longer than `limit`:
    ///   by its announced length before a byte of it is read, else while it streams in.
    public func body(upTo limit: Int) async throws -> [UInt8] {
        if let announced = headers[.contentLength] {
            guard let length = Int(announced), length >= 0 else {
                throw InvalidInput.malformed("Content-Length is not a number")
            }
            guard length <= limit else { throw WebRefusal.bodyTooLarge(limit) }
            try admitBody(of: length)
        }
        var bytes: [UInt8] = []
        for try await buffer in bodyStream {
            guard bytes.count + buffer.readableBytes <= limit else {
                throw WebRefusal.bodyTooLarge(limit)
            }
            try admitBody(of: bytes.count + buffer.readableBytes)
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        return bytes
    }

    /// Takes one of the places for large bodies, once, until the request is over.
    private func admitBody(of length: Int) throws(WebRefusal) {
        guard length > LargeBodies.bytesMin, !trace.notes.withLock({ $0.holdsLargeBody }) else {
            return
        }
        guard site.largeBodies.take() else { throw .busy }
        trace.notes.withLock { $0.holdsLargeBody = true }
    }

    /// The media type of the body, lower case, without parameters; nil when there is none.
    var bodyType: String? {
        headers[.contentType].map { type in
            String(type.prefix { $0 != ";" }).filter { $0 != " " }.lowercased()
        }
    }

    /// Whether a person is looking: the answer to a problem is then a page.
    var wantsPage: Bool {
        !isJSONAPI && (headers[.accept] ?? "").contains("text/html")
    }
}
