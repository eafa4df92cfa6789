import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization

/// One person at one app, through its public HTTP API, with the cookies that its answers set: a
/// guest is known by one, and who signed in by another.
final class WalkClient: Sendable {
    let app: String
    let base: String
    private let cookies = Mutex<[String: String]>([:])

    /// Everybody's connections: a drill's customers do not queue for one, as those of the shared
    /// client do, which has eight.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// How long a person would look at a page that does not come.
    static let patience = TimeAmount.seconds(20)
    static let answerBytesMax = 16 * 1024 * 1024

    init(_ app: String, _ base: String) {
        self.app = app
        self.base = base
    }

    /// What came back, with the request that asked for it, so that a failing step can show both.
    struct Answer: Sendable {
        let request: String
        let status: Int
        let fact: Fact
        let text: String
        let headers: [(name: String, value: String)]

        subscript(name: String) -> Fact { fact[name] }
        subscript(index: Int) -> Fact { fact[index] }

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    func get(_ path: String, expecting statuses: [Int] = [200]) async throws -> Answer {
        try await send(.GET, path, body: nil, type: nil, key: nil, expecting: statuses)
    }

    func post(
        _ path: String, _ body: Fact? = nil, key: String? = nil,
        expecting statuses: [Int] = [200, 201, 202, 204]
    ) async throws -> Answer {
        try await send(.POST, path, body, key: key, expecting: statuses)
    }

    func put(
        _ path: String, _ body: Fact, expecting statuses: [Int] = [200, 201, 204]
    ) async throws -> Answer {
        try await send(.PUT, path, body, key: nil, expecting: statuses)
    }

    func patch(_ path: String, _ body: Fact) async throws -> Answer {
        try await send(.PATCH, path, body, key: nil, expecting: [200, 204])
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: Fact?, key: String?, expecting: [Int]
    ) async throws -> Answer {
        // Sorted, so that the same request sent twice is the same bytes.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = try body.map { try [UInt8](encoder.encode($0)) }
        return try await send(
            method, path, body: bytes, type: bytes == nil ? nil : "application/json", key: key,
            expecting: expecting)
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, type: String?, key: String?,
        expecting: [Int]
    ) async throws -> Answer {
        let url = path.hasPrefix("http") ? path : base + path
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "accept", value: "application/json")
        if let key { request.headers.add(name: "idempotency-key", value: key) }
        let kept = cookies.withLock { $0.map { "\($0.key)=\($0.value)" } }
        if !kept.isEmpty {
            request.headers.add(name: "cookie", value: kept.joined(separator: "; "))
        }
        if let body {
            request.body = .bytes(ByteBuffer(bytes: body))
            request.headers.add(name: "content-type", value: type ?? "application/octet-stream")
        }
        let asked = Self.described(method, url, body, type)
        let response: HTTPClientResponse
        let text: String
        do {
            response = try await Self.http.execute(request, timeout: Self.patience)
            let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
            text = String(buffer: buffer)
        } catch {
            throw WalkProblem(
                expected: "an answer from the \(app)", request: asked, answer: "\(error)")
        }
        keep(response.headers["set-cookie"])
        let answer = Answer(
            request: asked, status: Int(response.status.code),
            fact: (try? JSONDecoder().decode(Fact.self, from: Data(text.utf8))) ?? .absent,
            text: text, headers: response.headers.map { ($0.name, $0.value) })
        guard expecting.contains(answer.status) else {
            let wanted = expecting.map(String.init).joined(separator: " or ")
            throw WalkProblem(expected: "status \(wanted)", answer)
        }
        return answer
    }

    private func keep(_ headers: [String]) {
        for header in headers {
            let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            cookies.withLock { $0[String(pair[0])] = String(pair[1]) }
        }
    }

    private static func described(
        _ method: HTTPMethod, _ url: String, _ body: [UInt8]?, _ type: String?
    ) -> String {
        var line = "\(method.rawValue) \(url)"
        guard let body else { return line }
        if type == "application/json" {
            line += "\n" + hidingPasswords(String(decoding: body.prefix(2000), as: UTF8.self))
        }
        return line
    }

    private static func hidingPasswords(_ text: String) -> String {
        guard let start = text.range(of: #""password":""#),
            let end = text[start.upperBound...].firstIndex(of: "\"")
        else { return text }
        return text.replacingCharacters(in: start.upperBound..<end, with: "…")
    }
}

/// The first thing that was off: what was asked, what came back, and what was expected instead.
struct WalkProblem: Error, CustomStringConvertible {
    let expected: String
    let request: String
    let answer: String

    init(expected: String, request: String, answer: String) {
        self.expected = expected
        self.request = request
        self.answer = answer
    }

    init(expected: String, _ answer: WalkClient.Answer) {
        let shown = answer.text.count > 3000 ? answer.text.prefix(3000) + "…" : answer.text[...]
        self.init(
            expected: expected, request: answer.request, answer: "\(answer.status)\n\(shown)")
    }

    var description: String {
        """
        The walk stops here.
        Expected: \(expected)
        Request:  \(request)
        Answer:   \(answer)
        """
    }
}

extension WalkClient.Answer {
    /// The text at the end of `path`, or the walk stops.
    func text(_ path: String...) throws -> String {
        let found = path.reduce(fact) { $0[$1] }
        guard let text = found.text else {
            throw WalkProblem(expected: "a text in \(path.joined(separator: "."))", self)
        }
        return text
    }

    func integer(_ path: String...) throws -> Int64 {
        let found = path.reduce(fact) { $0[$1] }
        guard let value = found.integer else {
            throw WalkProblem(expected: "a whole number in \(path.joined(separator: "."))", self)
        }
        return value
    }

    func expect(_ holds: Bool, _ what: String) throws {
        guard holds else { throw WalkProblem(expected: what, self) }
    }
}
