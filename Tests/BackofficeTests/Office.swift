import Backoffice
import Foundation
import Hummingbird
import HummingbirdTesting
import Kernel
import ProviderKit
import Redis
import TestSupport
import Vocabulary
import Web

/// The back office of a test's own market, driven through its router by people of every role.
struct Office: Sendable {
    let market: TestMarketplace
    let app: WebApp
    let client: any TestClientProtocol
    private let tokens: [AdminRole: String]
    /// Somebody with an account and without a role.
    let outsider: String
    let accounts: [AdminRole: Account]

    static func run(
        settings: (inout KernelSettings) -> Void = { _ in }, checkingInvariants: Bool = true,
        modules: [ModuleExport] = [],
        _ body: @escaping @Sendable (Office) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(
            settings: settings, checkingInvariants: checkingInvariants, modules: modules
        ) { market in
            let app = try self.app(of: market)
            var tokens: [AdminRole: String] = [:]
            var accounts: [AdminRole: Account] = [:]
            for role in AdminRole.allCases {
                let account = try await market.given.administrator(role)
                accounts[role] = account
                tokens[role] = try await token(of: account, market)
            }
            let outsider = try await token(of: market.given.account(), market)
            let (known, people) = (tokens, accounts)
            try await app.application.test(.router) { client in
                try await body(
                    Office(
                        market: market, app: app, client: client, tokens: known,
                        outsider: outsider, accounts: people))
            }
        }
    }

    static func app(
        of market: TestMarketplace,
        settings: WebSettings = WebSettings(secret: Array(repeating: 7, count: 32))
    ) throws -> WebApp { try app(on: market.marketplace, settings: settings) }

    static func app(on marketplace: Marketplace, settings: WebSettings) throws -> WebApp {
        var settings = settings
        // All tests come from one address.
        settings.limits.read = .init(1_000_000, per: 60)
        settings.limits.write = .init(1_000_000, per: 60)
        settings.limits.accountWrite = .init(1_000_000, per: 60)
        settings.logsRequests = false
        return try Site(
            .admin, title: Backoffice.title, marketplace: marketplace,
            redis: try redis.get(), settings: settings, templates: Backoffice.templates,
            logger: TestServers.logger, chrome: Backoffice.chrome
        ).app(Backoffice.mount)
    }

    /// One client for all tests; never shut down.
    static let redis = Result {
        RedisClient(
            RedisSettings(url: try TestServers.redisURL), reactor: TestServers.reactor,
            logger: TestServers.logger)
    }

    private static func token(of account: Account, _ market: TestMarketplace) async throws -> String
    {
        try await market.marketplace.createAccessToken(
            named: "test", for: .admin, of: account.id
        ).secret
    }

    /// - Parameter language: the one that the browser asks for.
    func get(
        _ path: String, as role: AdminRole? = .administrator, in language: String? = nil
    ) async throws -> OfficeAnswer {
        try await send(.get, path, token: role.flatMap { tokens[$0] }, language: language)
    }

    func post(
        _ path: String, _ json: String, as role: AdminRole? = .administrator, key: String? = nil
    ) async throws -> OfficeAnswer {
        try await send(.post, path, token: role.flatMap { tokens[$0] }, json: json, key: key)
    }

    func delete(_ path: String, as role: AdminRole = .administrator) async throws -> OfficeAnswer {
        try await send(.delete, path, token: tokens[role])
    }

    /// Fills the form of `page` that posts to `action`, as a browser does: with the token that the
    /// page gave out and the cookie that it set.
    func submit(
        _ fields: [(String, String)], to action: String, on page: String,
        as role: AdminRole = .administrator
    ) async throws -> OfficeAnswer {
        let shown = try await get(page, as: role)
        guard
            let form = shown.text.range(of: "action=\"\(action)\""),
            let formToken = shown.hidden("formToken", after: form.upperBound)
        else { throw OfficeError.noForm(action) }
        let cookie = shown.cookies.joined(separator: "; ")
        let body = ([("formToken", formToken)] + fields).map { "\($0)=\(Self.encoded($1))" }
        let response = try await client.executeRequest(
            uri: action, method: .post,
            headers: [
                .contentType: "application/x-www-form-urlencoded", .cookie: cookie,
                .authorization: "Bearer \(tokens[role] ?? "")", .accept: "text/html",
            ], body: ByteBuffer(string: body.joined(separator: "&")))
        return OfficeAnswer(response)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String?, json: String? = nil,
        key: String? = nil, language: String? = nil
    ) async throws -> OfficeAnswer {
        var headers: HTTPFields = [:]
        if let language {
            headers[.acceptLanguage] = language
            if !path.hasPrefix("/api/") { headers[.accept] = "text/html" }
        }
        if let token { headers[.authorization] = "Bearer \(token)" }
        if json != nil { headers[.contentType] = "application/json" }
        if let key { headers[.init("Idempotency-Key") ?? .age] = key }
        return OfficeAnswer(
            try await client.executeRequest(
                uri: path, method: method, headers: headers,
                body: json.map { ByteBuffer(string: $0) }))
    }

    /// What the audit trail says of an object, oldest first.
    func trail(_ kind: String, _ id: String) async throws -> [AuditEntry] {
        try await market.marketplace.auditTrail(.object(kind: kind, id: id), PageRequest())
            .items.reversed()
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

enum OfficeError: Error {
    case noForm(String)
    case notThere(String)
}

/// What came back, with JSON read by its keys.
struct OfficeAnswer: Sendable {
    let status: Int
    let text: String
    let location: String?
    let cookies: [String]
    /// After how many seconds a browser comes again by itself.
    let refresh: String?

    init(_ response: TestResponse) {
        status = response.status.code
        text = String(buffer: response.body)
        location = response.headers[.location]
        refresh = response.headers[.init("Refresh") ?? .age]
        cookies = response.headers[values: .setCookie].map { String($0.prefix { $0 != ";" }) }
    }

    /// The value at the end of `path`: keys of objects, indices of lists.
    func value(_ path: String) -> String? {
        var found = try? JSONDecoder().decode(AnswerValue.self, from: Data(text.utf8))
        for step in path.split(separator: ".") { found = found?[String(step)] }
        return found?.text
    }

    func require(_ path: String) throws -> String {
        guard let value = value(path) else { throw OfficeError.notThere("\(path) in \(text)") }
        return value
    }

    func hidden(_ name: String, after index: String.Index) -> String? {
        let marker = "name=\"\(name)\" value=\""
        guard let start = text.range(of: marker, range: index..<text.endIndex) else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }
}

/// A JSON value of an answer.
private enum AnswerValue: Decodable {
    case nothing
    case text(String)
    case list([AnswerValue])
    case members([String: AnswerValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .nothing
        } else if let flag = try? container.decode(Bool.self) {
            self = .text(String(flag))
        } else if let number = try? container.decode(Int64.self) {
            self = .text(String(number))
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([AnswerValue].self) {
            self = .list(list)
        } else {
            self = .members(try container.decode([String: AnswerValue].self))
        }
    }

    subscript(step: String) -> AnswerValue? {
        switch self {
        case .list(let list): Int(step).flatMap { list.indices.contains($0) ? list[$0] : nil }
        case .members(let members): members[step]
        case .nothing, .text: nil
        }
    }

    /// The value as text; something for an object or a list, so that it can be asked for.
    var text: String? {
        switch self {
        case .nothing: nil
        case .text(let text): text
        case .list, .members: "…"
        }
    }
}
