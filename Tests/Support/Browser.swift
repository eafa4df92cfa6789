import Synchronization
import Web

/// A person at an app: keeps cookies, fills forms, follows redirects. Also a program, with
/// ``send(_:_:_:token:headers:)``.
public final class Browser: Sendable {
    private let app: WebApp
    private let cookies = Mutex<[String: String]>([:])
    /// Each browser is somewhere else, so that limits of one test are not met by another.
    public let address =
        "10.\(Int.random(in: 0..<256)).\(Int.random(in: 0..<256)).\(Int.random(in: 1..<255))"

    public init(_ app: WebApp) { self.app = app }

    public var cookieNames: Set<String> { Set(cookies.withLock { $0.keys }) }

    /// Sets or, with nil, forgets a cookie.
    public func setCookie(_ name: String, _ value: String?) {
        cookies.withLock { $0[name] = value }
    }

    public func cookie(_ name: String) -> String? { cookies.withLock { $0[name] } }

    /// A page, redirects followed.
    public func get(_ path: String) async throws -> WebAnswer {
        try await follow(try await raw("GET", path))
    }

    /// One request without following anything.
    public func raw(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> WebAnswer {
        var all = [
            ("accept", path.hasPrefix("/api/") ? "application/json" : "text/html"),
            ("x-forwarded-for", address),
        ]
        all.removeAll { pair in headers.contains { $0.0.lowercased() == pair.0 } }
        all += headers
        let jar = cookies.withLock { $0.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
        if !jar.isEmpty { all.append(("cookie", jar)) }
        let answer = try await app.answer(method, path, headers: all, body: body)
        keep(answer.cookies)
        // Whatever a test is about: what the documents say of answers has to be true.
        guard answer.isDocumented else {
            throw TestSupportError.undocumented(
                "\(method) \(path): \(answer.status) \(answer.text)")
        }
        return answer
    }

    /// Fills in the form of `page` with that action and sends it, redirects followed.
    /// - Parameter input: one that the form has, where several go to the same address.
    public func submit(
        _ page: WebAnswer, _ action: String, _ values: [String: String] = [:],
        holding input: String? = nil
    ) async throws -> WebAnswer {
        try await follow(try await submitOnce(page, action, values, holding: input))
    }

    /// The same without following the redirect.
    public func submitOnce(
        _ page: WebAnswer, _ action: String, _ values: [String: String] = [:],
        holding input: String? = nil
    ) async throws -> WebAnswer {
        guard var fields = HTMLForm.fields(of: action, in: page.text, holding: input) else {
            throw TestSupportError.notFound("a form for \(action)")
        }
        for (name, value) in values {
            fields.removeAll { $0.0 == name }
            fields.append((name, value))
        }
        return try await post(action, fields)
    }

    /// Posts a form as it is given, without what a page would have put into it.
    public func post(_ path: String, _ fields: [(String, String)]) async throws -> WebAnswer {
        let body = fields.map { "\(HTMLForm.escape($0.0))=\(HTMLForm.escape($0.1))" }
            .joined(separator: "&")
        return try await raw(
            "POST", path, headers: [("content-type", "application/x-www-form-urlencoded")],
            body: Array(body.utf8))
    }

    /// A JSON request, as a program sends it.
    public func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> WebAnswer {
        var all = [("accept", "application/json")] + headers
        if body != nil { all.append(("content-type", "application/json")) }
        if let token { all.append(("authorization", "Bearer \(token)")) }
        return try await raw(method, path, headers: all, body: body?.bytes ?? [])
    }

    private func follow(_ answer: WebAnswer) async throws -> WebAnswer {
        var answer = answer
        for _ in 0..<5 {
            guard answer.status == 303, let target = answer.header("location"),
                target.hasPrefix("/")
            else { return answer }
            answer = try await raw("GET", target)
        }
        return answer
    }

    private func keep(_ lines: [String]) {
        cookies.withLock { jar in
            for line in lines {
                let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                guard let name = pair.first else { continue }
                let isGone = line.contains("Max-Age=0")
                jar[String(name)] = isGone || pair.count < 2 ? nil : String(pair[1])
            }
        }
    }
}

/// Reads the forms of a page, no more than tests need.
public enum HTMLForm {
    /// What a browser would send for the form as it stands.
    /// - Parameter input: one that the form has, where several go to the same address.
    public static func fields(
        of action: String, in page: String, holding input: String? = nil
    ) -> [(String, String)]? {
        let needle = "action=\"\(action)\""
        for form in page.components(between: "<form", and: "</form>") {
            // A button may send its form elsewhere.
            let isSent = form.contains(" form\(needle)")
            guard isSent || form.prefix(while: { $0 != ">" }).contains(" \(needle)") else {
                continue
            }
            let fields = inputs(form) + selects(form) + areas(form)
            guard input == nil || fields.contains(where: { $0.0 == input }) else { continue }
            return fields
        }
        return nil
    }

    private static func inputs(_ form: Substring) -> [(String, String)] {
        form.components(between: "<input", and: ">").compactMap { tag in
            guard let name = attribute("name", tag) else { return nil }
            let type = attribute("type", tag) ?? "text"
            if type == "radio" || type == "checkbox", !tag.contains(" checked") { return nil }
            return (name, attribute("value", tag) ?? "")
        }
    }

    private static func selects(_ form: Substring) -> [(String, String)] {
        form.components(between: "<select", and: "</select>").compactMap { select in
            guard let name = attribute("name", select) else { return nil }
            let options = select.components(between: "<option", and: ">")
            let chosen = options.first { $0.contains(" selected") } ?? options.first
            return (name, chosen.flatMap { attribute("value", $0) } ?? "")
        }
    }

    private static func areas(_ form: Substring) -> [(String, String)] {
        form.components(between: "<textarea", and: "</textarea>").compactMap { area in
            guard let end = area.firstIndex(of: ">"), let name = attribute("name", area[..<end])
            else { return nil }
            return (name, plain(area[area.index(after: end)...]))
        }
    }

    private static func attribute(_ name: String, _ tag: Substring) -> String? {
        guard let start = tag.firstRange(of: " \(name)=\"") else { return nil }
        return plain(tag[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func plain(_ text: Substring) -> String {
        String(text).replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    static func escape(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126:
                return String(UnicodeScalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                return hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }.joined()
    }
}

extension StringProtocol {
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        var found: [Substring] = []
        var rest = Substring(self)
        while let opening = rest.firstRange(of: start) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            found.append(rest[..<closing.lowerBound])
            rest = rest[closing.upperBound...]
        }
        return found
    }
}
