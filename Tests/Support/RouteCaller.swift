import Kernel
import Web

/// Somebody who calls any route of an app, page or JSON, with an input that fits its schema.
public struct RouteCaller: Sendable {
    private let app: WebApp
    private let token: String?
    private let browser: Browser
    private let formToken: String?
    private let operations: [String: DocumentedOperation]

    /// - Parameter token: nil calls as nobody.
    public init(_ app: WebApp, token: String?) async throws {
        self.app = app
        self.token = token
        browser = Browser(app)
        operations = Dictionary(
            DocumentedOperation.all(in: app.document).map { ($0.name, $0) },
            uniquingKeysWith: { one, _ in one })
        // Any page with a form gives out the token that every form of this browser carries.
        let page = try await browser.raw(
            "GET", token == nil ? "/sign-in" : "/docs",
            headers: Self.headers(token) + [("accept", "text/html")])
        formToken = HTMLForm.value(of: "formToken", in: page.text)
    }

    /// Calls it; the names in its path stand for what `value` says.
    public func call(
        _ policy: RoutePolicy, query: String = "", _ value: (String) -> String?,
        body: JSONValue? = nil
    ) async throws -> WebAnswer {
        let path = PathPattern.path(policy.pattern, value) + query
        if let form = InputSchema(formOf: policy) {
            return try await submit(path, body ?? form.sample(), hasFiles: policy.takesFiles)
        }
        let headers = Self.headers(token)
        guard let operation = operations["\(policy.method) \(policy.pattern)"] else {
            return try await browser.raw(
                policy.method, path, headers: headers + [("accept", "text/html")])
        }
        if let type = operation.uploads.first {
            return try await browser.raw(
                policy.method, path, headers: headers + [("content-type", type)],
                body: MarketSide.picture)
        }
        return try await browser.send(
            policy.method, path, body ?? operation.body?.sample(), headers: headers)
    }

    /// A page, with what an earlier answer left for the next one.
    public func page(_ path: String) async throws -> WebAnswer {
        try await browser.raw("GET", path, headers: Self.headers(token) + [("accept", "text/html")])
    }

    /// Sends `value` as a form of this browser.
    public func submit(
        _ path: String, _ value: JSONValue, hasFiles: Bool = false
    ) async throws -> WebAnswer {
        var fields = HTMLForm.fields(for: value)
        if let formToken { fields.append(("formToken", formToken)) }
        let headers = Self.headers(token) + [("accept", "text/html")]
        guard hasFiles else {
            let body = fields.map { "\(HTMLForm.escape($0.0))=\(HTMLForm.escape($0.1))" }
            return try await browser.raw(
                "POST", path,
                headers: headers + [("content-type", "application/x-www-form-urlencoded")],
                body: Array(body.joined(separator: "&").utf8))
        }
        let boundary = "----sample"
        var body = fields.flatMap { name, value in
            Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n"
                    + "\(value)\r\n").utf8)
        }
        for field in ["file", "picture", "image", "document", "csv"] {
            body += Array(
                ("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; "
                    + "filename=\"sample.png\"\r\nContent-Type: image/png\r\n\r\n").utf8)
            body += MarketSide.picture + Array("\r\n".utf8)
        }
        body += Array("--\(boundary)--\r\n".utf8)
        return try await browser.raw(
            "POST", path,
            headers: headers + [("content-type", "multipart/form-data; boundary=\(boundary)")],
            body: body)
    }

    private static func headers(_ token: String?) -> [(String, String)] {
        token.map { [("authorization", "Bearer \($0)")] } ?? []
    }
}

extension HTMLForm {
    /// The value of the first input of that name on a page.
    static func value(of name: String, in page: String) -> String? {
        guard let start = page.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    /// What a browser would send for a form that holds `value`: `address.city`, `parcels.0.option`,
    /// one name many times for a list of texts.
    static func fields(for value: JSONValue, at path: String = "") -> [(String, String)] {
        switch value {
        case .null: []
        case .bool(let flag): flag ? [(path, "true")] : []
        case .integer(let number): [(path, String(number))]
        case .number(let number): [(path, String(number))]
        case .string(let text): [(path, text)]
        case .object(let members):
            members.sorted { $0.key < $1.key }.flatMap {
                fields(for: $0.value, at: InputSchema.join(path, $0.key))
            }
        case .array(let items):
            items.enumerated().flatMap { index, item in
                if case .object = item {
                    return fields(for: item, at: InputSchema.join(path, String(index)))
                }
                return fields(for: item, at: path)
            }
        }
    }
}
