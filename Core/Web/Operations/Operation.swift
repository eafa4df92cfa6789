import Kernel
import HTTPTypes
import Hummingbird
import JSONText
import NIOCore
import Vocabulary

/// What one JSON operation is, for the router and for the document.
struct Operation: Sendable {
    enum Body: Sendable {
        case none
        case json(Schema, limit: Int)
        case bytes([String], limit: Int)
    }
    enum Answer: Sendable {
        case json(Schema)
        case bytes
    }

    let method: HTTPRequest.Method
    let path: String
    let summary: String
    let tag: String
    var about: String?
    var pathFields: [FieldSchema] = []
    var queryFields: [FieldSchema] = []
    var body = Body.none
    var answer: Answer?
    var success = HTTPResponse.Status.ok
    var refusals: Set<RefusalReason> = []
    var isOnce = false
    var onceEffect = OnceEffect.marked
    var limit = RateClass.read
    var access = Access.everyone
    var needs: [String] = []
    /// Whether a token with scopes may ask for it, of what is no shop's.
    var isOpenToScopes = false
    /// Whether it may be asked for in another person's place.
    var isOpenOnBehalf: Bool

    init(method: HTTPRequest.Method, path: String, summary: String, tag: String) {
        isOpenOnBehalf = method == .get
        self.method = method
        self.path = path
        self.summary = summary
        self.tag = tag
    }

    /// The scopes of which each by itself opens it to a token; none where it is not a shop's.
    var scopes: [TokenScope] {
        guard access == .member || isOpenToScopes else { return [] }
        let wanted = needs.compactMap { SellerPermission(rawValue: $0) }
        return TokenScope.allCases.filter { $0.permissions.isSuperset(of: wanted) }
    }

    func with<Value>(_ key: WritableKeyPath<Operation, Value>, _ value: Value) -> Operation {
        var copy = self
        copy[keyPath: key] = value
        return copy
    }

    /// Every status that this operation can answer with, beside its success.
    var problemStatuses: [HTTPResponse.Status] {
        var statuses: Set<Int> = [400, 406, 429, 500, 503]
        if !pathFields.isEmpty || access.isSellerScoped { statuses.insert(404) }
        if !queryFields.isEmpty { statuses.insert(422) }
        if access != .everyone { statuses.formUnion([401, 403]) } else { statuses.insert(401) }
        if access.isSellerScoped { statuses.insert(422) }
        if method != .get { statuses.insert(403) }
        if case .none = body {} else { statuses.formUnion([413, 415, 422]) }
        if isOnce { statuses.formUnion([409, 413, 422]) }
        statuses.formUnion(refusals.map(\.status.code))
        return statuses.sorted().map { HTTPResponse.Status(code: $0) }
    }

    /// Reads the input, runs `handler`, at most once per key where that was asked for.
    func answer(
        _ request: WebRequest, _ caller: some Caller,
        _ handler: @Sendable (OperationInput, ClaimedKey?) async throws -> Response
    ) async throws -> Response {
        let path = try OperationInput.path(pathFields, request)
        let query = try OperationInput.fields(queryFields, request.query)
        switch body {
        case .none:
            let input = OperationInput(path, query, body: .object([:]))
            return try await once(request, caller, bytes: []) { try await handler(input, $0) }
        case .json(let schema, let limit):
            guard request.bodyType == "application/json" else {
                throw WebRefusal.unsupportedType("application/json")
            }
            let bytes = try await request.body(upTo: limit)
            let value = try JSONParser.parse(bytes)
            try schema.check(value)
            let input = OperationInput(path, query, body: value)
            return try await once(request, caller, bytes: bytes) { try await handler(input, $0) }
        case .bytes(let types, let limit):
            guard let type = request.bodyType, types.contains(type) else {
                throw WebRefusal.unsupportedType(types.joined(separator: " or "))
            }
            let bytes = try await request.body(upTo: limit)
            let input = OperationInput(
                path, query, body: .object([:]), upload: Upload(bytes: bytes, type: type))
            return try await once(request, caller, bytes: bytes) { try await handler(input, $0) }
        }
    }

    private func once(
        _ request: WebRequest, _ caller: some Caller, bytes: [UInt8],
        _ handler: @Sendable (ClaimedKey?) async throws -> Response
    ) async throws -> Response {
        guard isOnce, let key = try request.idempotencyKey() else {
            return try await handler(nil)
        }
        return try await request.once(
            key, actor: caller.actor, body: bytes, effect: onceEffect
        ) { try await handler($0) }
    }

    /// - Parameter claim: when it holds an answer already, that one is sent.
    func respond(
        with answer: some Codable & Sendable, _ claim: ClaimedKey? = nil
    ) throws -> Response {
        if let kept = claim?.kept { return Self.json(kept.body, success) }
        switch answer {
        case is Nothing: return Response(status: .noContent)
        case let file as Download: return file.response
        case let raw as any RawBytes: return Self.json(raw.bytes, success)
        default: return Self.json(try JSONBytesEncoder.bytes(of: answer), success)
        }
    }

    private static func json(
        _ bytes: [UInt8], _ status: HTTPResponse.Status
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

/// What came in, checked against the operation's schemas.
struct OperationInput: Sendable {
    private let pathValue: JSONValue
    private let queryValue: JSONValue
    private let bodyValue: JSONValue
    private let upload: Upload?

    init(_ path: JSONValue, _ query: JSONValue, body: JSONValue, upload: Upload? = nil) {
        pathValue = path
        queryValue = query
        bodyValue = body
        self.upload = upload
    }

    func path<Path: Described>(_ type: Path.Type) throws -> Path {
        try Path(from: JSONValueDecoder(pathValue))
    }
    func query<Query: Described>(_ type: Query.Type) throws -> Query {
        try Query(from: JSONValueDecoder(queryValue))
    }
    func body<Body: Described>(_ type: Body.Type) throws -> Body {
        if let upload = upload as? Body { return upload }
        return try Body(from: JSONValueDecoder(bodyValue))
    }

    /// A path that no row can have is a path that is not there.
    static func path(_ fields: [FieldSchema], _ request: WebRequest) throws -> JSONValue {
        let items = request.parameters.map { (name: $0.key, value: $0.value) }
        do { return try self.fields(fields, items) } catch { throw WebRefusal.notFound }
    }

    /// The items as an object of the types that `fields` ask for.
    static func fields(
        _ fields: [FieldSchema], _ items: [(name: String, value: String)]
    ) throws(InvalidInput) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for field in fields {
            let values = items.filter { $0.name == field.name }.map(\.value)
            if let value = field.schema.value(of: values) { members[field.name] = value }
        }
        try ObjectSchema(name: "parameters", fields: fields).check(members, at: "")
        return .object(members)
    }
}

extension Schema {
    /// Parameter texts as this schema's type; what does not convert stays text and is then refused.
    func value(of texts: [String]) -> JSONValue? {
        switch self {
        case .nullable(let inner): return inner.value(of: texts)
        case .array(let item, _):
            return texts.isEmpty ? nil : .array(texts.compactMap { item.value(of: [$0]) })
        case .integer:
            guard let text = texts.first else { return nil }
            return Int64(text).map { .integer($0) } ?? .string(text)
        case .boolean:
            guard let text = texts.first else { return nil }
            return ["true": true, "on": true, "1": true, "false": false, "0": false][text]
                .map { .bool($0) } ?? .string(text)
        case .number:
            guard let text = texts.first else { return nil }
            return Double(text).map { .number($0) } ?? .string(text)
        default: return texts.first.map { .string($0) }
        }
    }
}
