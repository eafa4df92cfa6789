import HTTPTypes
import Hummingbird
import NIOCore

/// What an app answered, all of it in memory.
public struct WebAnswer: Sendable {
    public let status: Int
    public let headers: HTTPFields
    public let body: [UInt8]
    /// Whether the app's OpenAPI document says that the operation may answer with this status; true
    /// for what is no operation.
    public let isDocumented: Bool

    public var text: String { String(decoding: body, as: UTF8.self) }
    /// The first value of a header.
    public func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
    public var cookies: [String] { headers[values: .setCookie] }
    /// The body as JSON; nil when it is none.
    public var json: JSONValue? {
        do { return try JSONParser.parse(body) } catch { return nil }
    }
}

extension WebApp {
    /// Answers one request without a socket: what tests and tools drive the app with.
    public func answer(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> WebAnswer {
        var fields = HTTPFields()
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        if !body.isEmpty, fields[.contentLength] == nil, fields[.transferEncoding] == nil {
            fields[.contentLength] = String(body.count)
        }
        let head = HTTPRequest(
            method: .init(method) ?? .get, scheme: "http", authority: "shop.test", path: target,
            headerFields: fields)
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: body)))
        let response = try await WebResponder(app: self).respond(
            to: request, context: Connection(address: nil))
        let path = target.prefix { $0 != "?" }
        return WebAnswer(
            status: response.status.code, headers: response.headers,
            body: try await response.collected(),
            isDocumented: isDocumented(response.status, of: head.method, String(path)))
    }

    private func isDocumented(
        _ status: HTTPResponse.Status, of method: HTTPRequest.Method, _ path: String
    ) -> Bool {
        guard case .found(let route, _) = table.match(method, path),
            let operation = document["paths"]?[route.pattern]?[
                route.method.rawValue.lowercased()]
        else { return true }
        return operation["responses"]?[String(status.code)] != nil
    }
}
