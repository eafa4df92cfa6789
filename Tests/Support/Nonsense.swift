import Kernel
import Postgres
import Web

/// Sends what the schemas forbid to every route of an app, and tells what was not answered as it
/// must be: a problem that names the field, and nothing changed.
public struct Nonsense: Sendable {
    let app: WebApp
    let token: String

    public init(_ app: WebApp, token: String) {
        self.app = app
        self.token = token
    }

    private var operations: [DocumentedOperation] { DocumentedOperation.all(in: app.document) }

    /// How many inputs are tried.
    public var count: Int { operations.reduce(0) { $0 + ($1.body?.faults().count ?? 0) } }

    /// One broken rule at a time, in every JSON body.
    public func complaintsOfBodies() async throws -> [String] {
        try await each(operations) { operation, _ in
            var found: [String] = []
            for fault in operation.body?.faults() ?? [] {
                // Each from another address: some routes take few from one.
                let answer = try await send(operation, fault.value.bytes, Browser(app))
                let field = answer.json?["field"]?.string ?? ""
                guard answer.status == 422, answer.isProblem, field == fault.field else {
                    found.append(
                        "\(operation.name), \(fault.kind) \(fault.field): \(answer.status) \(field)"
                    )
                    continue
                }
            }
            return found
        }
    }

    /// Bodies that are not even JSON, of another type, or too long.
    public func complaintsOfBytes() async throws -> [String] {
        let bytes: [(String, [UInt8], Int)] = [
            ("invalid UTF-8", Array("{\"a\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8), 400),
            ("half a body", Array("{\"a\":".utf8), 400), ("nothing", [], 400),
            ("a huge number", Array("{\"a\":1e999999}".utf8), 400),
            ("a list", Array("[]".utf8), 422), ("null", Array("null".utf8), 422),
            ("depth", Array(String(repeating: "[", count: 5000).utf8), 400),
        ]
        return try await each(operations) { operation, browser in
            guard operation.body != nil else { return [] }
            var found: [String] = []
            for (name, body, status) in bytes {
                let answer = try await send(operation, body, browser)
                if !([status, 422].contains(answer.status) && answer.isProblem) {
                    found.append("\(operation.name), \(name): \(answer.status)")
                }
            }
            let long = try await send(
                operation, [], browser, headers: [("content-length", "104857600")])
            if long.status != 413 { found.append("\(operation.name), 100 MB: \(long.status)") }
            let text = try await send(operation, [1], browser, type: "text/plain")
            if text.status != 415 { found.append("\(operation.name), text: \(text.status)") }
            return found
        }
    }

    /// One broken rule at a time, in every query.
    public func complaintsOfQueries() async throws -> [String] {
        try await each(operations) { operation, browser in
            var found: [String] = []
            for (name, schema, _) in operation.query {
                let others = operation.query.filter { $0.isRequired && $0.name != name }.flatMap {
                    HTMLForm.fields(for: $0.schema.sample(), at: $0.name)
                }
                for fault in schema.faults() where fault.field.isEmpty {
                    guard let text = HTMLForm.fields(for: fault.value, at: name).first?.1,
                        fault.kind != .wrongType || fault.isText
                    else { continue }
                    let query = ([(name, text)] + others)
                        .map { "\($0)=\(HTMLForm.escape($1))" }
                    let path = Self.path(operation) + "?" + query.joined(separator: "&")
                    let answer = try await browser.send(operation.method, path, token: token)
                    let field = answer.json?["field"]?.string ?? ""
                    // A query that holds NUL is not read at all.
                    let isUnread = answer.status == 400 && fault.kind == .controlCharacters
                    // Of a list, the item at fault.
                    let isNamed = field == name || field == name + ".0"
                    if !isUnread, answer.status != 422 || !isNamed {
                        found.append(
                            "\(operation.name)?\(name), \(fault.kind): \(answer.status) \(field)")
                    }
                }
            }
            return found
        }
    }

    /// Paths that name nothing that could be there.
    public func complaintsOfPaths() async throws -> [String] {
        let named = operations.filter { !PathPattern.names($0.pattern).isEmpty }
        return try await each(named) { operation, browser in
            var found: [String] = []
            for value in ["17", "%00", "%FF", "%C3%A4", "..", String(repeating: "9", count: 4000)] {
                let answer = try await browser.send(
                    operation.method, PathPattern.path(operation.pattern) { _ in value },
                    operation.body?.sample(), token: token)
                // A number may be one of ours; a body of bytes is not sent here.
                let isRefused = operation.uploads.isEmpty ? [404, 422] : [404, 415]
                if !isRefused.contains(answer.status) || !answer.isProblem {
                    found.append("\(operation.name) with \(value.prefix(20)): \(answer.status)")
                }
            }
            return found
        }
    }

    /// Ids as they have to be, of nothing that is there.
    /// - Parameter others: the operations for which that is as good as what is there, and why.
    public func complaintsOfUnknownIDs(
        except others: [String: String] = [:]
    ) async throws -> [String] {
        let named = operations.filter { operation in
            others[operation.name] == nil
                && operation.pathValues.values.contains(PathPattern.nobody)
        }
        return try await each(named) { operation, browser in
            let answer = try await browser.send(
                operation.method, Self.path(operation), operation.body?.sample(), token: token)
            let isRefused = [404, operation.uploads.isEmpty ? 422 : 415].contains(answer.status)
            return isRefused && answer.isProblem
                ? [] : ["\(operation.name): \(answer.status)"]
        }
    }

    /// An Idempotency-Key that comes back with another body, and one that is malformed.
    /// - Parameter last: what is tried after all else, because it changes who the caller is.
    public func complaintsOfKeys(last: String = "") async throws -> [String] {
        let all = operations.filter(\.isOnce)
        return try await complaintsOfKeys(of: all.filter { $0.name != last })
            + complaintsOfKeys(of: all.filter { $0.name == last })
    }

    private func complaintsOfKeys(
        of operations: [DocumentedOperation]
    ) async throws -> [String] {
        try await each(operations) { operation, browser in
            var found: [String] = []
            let key = [("idempotency-key", operation.name.replacing(" ", with: ":"))]
            guard let schema = operation.body else {
                return try await complaintsOfKey(ofBodiless: operation, key, browser)
            }
            let first = try await send(operation, schema.sample().bytes, browser, headers: key)
            if first.status >= 500 { found.append("\(operation.name): \(first.status)") }
            let again = try await send(operation, schema.sample().bytes, browser, headers: key)
            let other = try await send(
                operation, schema.sample().bytes + [0x20], browser,
                headers: key)
            // The ids of samples are new each time.
            let isSame = schema.sample() == schema.sample()
            if isSame, again.body != first.body || again.status != first.status {
                found.append("\(operation.name), repeated: \(again.status) \(again.text)")
            }
            if other.status != 422 || other.json?["field"] != "Idempotency-Key" {
                found.append("\(operation.name), key with another body: \(other.status)")
            }
            let bad = try await send(
                operation, schema.sample().bytes, browser, headers: [("idempotency-key", "a b")])
            if bad.status != 422 || bad.json?["field"] != "Idempotency-Key" {
                found.append("\(operation.name), malformed key: \(bad.status)")
            }
            return found
        }
    }

    /// Without a body, another request is one to another path.
    private func complaintsOfKey(
        ofBodiless operation: DocumentedOperation, _ key: [(String, String)], _ browser: Browser
    ) async throws -> [String] {
        let elsewhere = PathPattern.path(operation.pattern) { name in
            operation.pathValues[name]?.replacing("0000-7000", with: "0001-7000")
        }
        let first = try await browser.send(
            operation.method, Self.path(operation), token: token, headers: key)
        let again = try await browser.send(
            operation.method, Self.path(operation), token: token, headers: key)
        let other = try await browser.send(operation.method, elsewhere, token: token, headers: key)
        var found: [String] = []
        if first.status >= 500 || again.body != first.body {
            found.append("\(operation.name), repeated: \(first.status) \(again.text)")
        }
        if other.status != 422 || other.json?["field"] != "Idempotency-Key" {
            found.append("\(operation.name), key for another path: \(other.status)")
        }
        return found
    }

    /// One broken rule at a time, in every form of a page. The page says no; it may be the page
    /// that the form stood on.
    public func complaintsOfForms() async throws -> [String] {
        let caller = try await RouteCaller(app, token: token)
        var found: [String] = []
        for policy in app.policies {
            guard let schema = InputSchema(formOf: policy) else { continue }
            for fault in schema.faults() where fault.isSayableInForms {
                let path = PathPattern.path(policy.pattern, Self.value)
                let answer = try await caller.submit(
                    path, fault.value, hasFiles: policy.takesFiles)
                let isRefused = (400..<500).contains(answer.status) && answer.status != 403
                if !isRefused, answer.status != 303 || !answer.cookies.contains(where: \.isFlash) {
                    found.append(
                        "\(policy.method) \(policy.pattern), \(fault.kind) \(fault.field): "
                            + "\(answer.status)")
                }
            }
        }
        return found
    }

    private func each(
        _ operations: [DocumentedOperation],
        _ body: @escaping @Sendable (DocumentedOperation, Browser) async throws -> [String]
    ) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            var found: [String] = []
            for (index, operation) in operations.enumerated() {
                if index >= 4 { found += try await group.next() ?? [] }
                group.addTask { try await body(operation, Browser(app)) }
            }
            for try await more in group { found += more }
            return found.sorted()
        }
    }

    private func send(
        _ operation: DocumentedOperation, _ bytes: [UInt8], _ browser: Browser,
        headers: [(String, String)] = [], type: String = "application/json"
    ) async throws -> WebAnswer {
        try await browser.raw(
            operation.method, Self.path(operation),
            headers: [
                ("accept", "application/json"), ("content-type", type),
                ("authorization", "Bearer \(token)"),
            ] + headers, body: bytes)
    }

    private static func path(_ operation: DocumentedOperation) -> String {
        PathPattern.path(operation.pattern) { operation.pathValues[$0] }
    }

    /// Something that a page's name may stand for, though nothing is there.
    static func value(of name: String) -> String? {
        switch name {
        case "job": "7"
        case "kind": "payment"
        case "currency": "EUR"
        case "slug": "nobody"
        default: PathPattern.nobody
        }
    }
}

extension InputFault {
    /// Whether a query can say it: there, everything is text.
    fileprivate var isText: Bool { value.string != nil }
}

extension WebAnswer {
    fileprivate var isProblem: Bool { header("content-type") == "application/problem+json" }
}

extension String {
    /// Whether this cookie carries a warning to the next page.
    fileprivate var isFlash: Bool { contains("_notice=bad.") }
}
