import HTTPTypes
import Hummingbird
import Kernel

/// Writes the OpenAPI 3.1 document of an app from what was mounted.
struct OpenAPI {
    let site: Site
    let operations: [Operation]

    private var about: String {
        let all = """
            Money is in minor units. Errors are RFC 9457 problems. Lists carry `next`, which is \
            handed back as `after`. Unknown fields are refused.
            """
        guard site.app == .seller else { return all }
        return all + """
             A token with scopes opens what lists one of them in `x-scopes`, within its \
            person's role (`x-needs`), and nothing else: 403 and `web.not-in-scope`.
            """
    }

    var document: JSONValue {
        var objects = SchemaCollector()
        var paths: [String: [String: JSONValue]] = [:]
        // Answers first: where a name is both, the input is the one that gets another name.
        let answers = operations.map { $0.answerJSON(collecting: &objects) }
        objects.side = .input
        for (operation, answer) in zip(operations, answers) {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] =
                operation.json(answer, app: site.app.rawValue, collecting: &objects)
        }
        var schemas = objects.objects
        schemas["Problem"] = Problem.schema
        return [
            "openapi": "3.1.0",
            "info": [
                "title": .string(site.title), "version": "1",
                "description": .string(about),
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths.mapValues { .object($0) }),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": [
                    "token": ["type": "http", "scheme": "bearer"],
                    "session": [
                        "type": "apiKey", "in": "cookie",
                        "name": .string("guildhall_\(site.app.rawValue)"),
                    ],
                ],
            ],
        ]
    }
}

extension Operation {
    func answerJSON(collecting objects: inout SchemaCollector) -> JSONValue? {
        switch answer {
        case .json(let schema):
            ["application/json": ["schema": schema.json(collecting: &objects)]]
        case .bytes: ["*/*": ["schema": ["type": "string", "format": "binary"]]]
        case nil: nil
        }
    }

    func json(
        _ answer: JSONValue?, app: String, collecting objects: inout SchemaCollector
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "summary": .string(summary), "tags": [.string(tag)],
            "operationId": .string(operationID), "responses": responses(answer),
            "parameters": .array(parameters(collecting: &objects)),
        ]
        if let about { members["description"] = .string(about) }
        if access != .everyone { members["security"] = [["token": []], ["session": []]] }
        if !needs.isEmpty { members["x-needs"] = .array(needs.map { .string($0) }) }
        if app == AccessToken.Audience.seller.rawValue, access != .everyone {
            members["x-scopes"] = .array(scopes.map { .string($0.rawValue) })
        }
        switch body {
        case .none: break
        case .json(let schema, _):
            members["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": schema.json(collecting: &objects)]],
            ]
        case .bytes(let types, let limit):
            let content: JSONValue = [
                "schema": [
                    "type": "string", "format": "binary", "maxLength": .integer(Int64(limit)),
                ]
            ]
            members["requestBody"] = [
                "required": true,
                "content": .object(
                    Dictionary(types.map { ($0, content) }, uniquingKeysWith: { one, _ in one })),
            ]
        }
        return .object(members)
    }

    private var operationID: String {
        let words = path.dropFirst("/api/v1/".count).split { !$0.isLetter && !$0.isNumber }
        return method.rawValue.lowercased()
            + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private func parameters(collecting objects: inout SchemaCollector) -> [JSONValue] {
        var list: [JSONValue] = []
        for field in pathFields {
            list.append([
                "name": .string(field.name), "in": "path", "required": true,
                "schema": field.schema.json(collecting: &objects),
            ])
        }
        for field in queryFields {
            var schema = field.schema
            if case .nullable(let inner) = schema { schema = inner }
            var members: [String: JSONValue] = [
                "name": .string(field.name), "in": "query", "required": .bool(field.isRequired),
                "schema": schema.json(collecting: &objects),
            ]
            if let about = field.about { members["description"] = .string(about) }
            list.append(.object(members))
        }
        if isOnce {
            list.append([
                "name": "Idempotency-Key", "in": "header", "required": false,
                "schema": [
                    "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$",
                ],
                "description": """
                The same key with the same body gets the first answer again; 409 with the type \
                /problems/idempotency.key-interrupted where the first request changed something \
                and was broken off before it was answered.
                """,
            ])
        }
        return list
    }

    private func responses(_ answer: JSONValue?) -> JSONValue {
        var members: [String: JSONValue] = [:]
        var good: [String: JSONValue] = ["description": .string(success.reasonPhrase)]
        if let answer { good["content"] = answer }
        members[String(success.code)] = .object(good)
        for status in problemStatuses {
            members[String(status.code)] = [
                "description": .string(status.reasonPhrase),
                "content": [
                    "application/problem+json": [
                        "schema": ["$ref": "#/components/schemas/Problem"]
                    ]
                ],
            ]
        }
        return .object(members)
    }
}

/// The model of `docs.mustache`: the same operations, for people.
struct DocsPage {
    struct Section {
        let tag: String
        let operations: [Row]
    }
    /// A part of a text: words, or what stood between backticks.
    struct Piece {
        let text: String
        let isCode: Bool
    }
    struct Row {
        let method: String
        let path: String
        let summary: String
        let caller: String
        let hasAbout: Bool
        let about: [Piece]
        let answers: String
        let isOnce: Bool
        /// What opens it to a token of the seller app that has scopes; nil for nothing.
        let scopes: String?
    }

    let sections: [Section]

    init(_ operations: [Operation], in app: AccessToken.Audience) {
        var tags: [String] = []
        for operation in operations where !tags.contains(operation.tag) {
            tags.append(operation.tag)
        }
        sections = tags.map { tag in
            Section(
                tag: tag,
                operations: operations.filter { $0.tag == tag }.map { operation in
                    Row(
                        method: operation.method.rawValue, path: operation.path,
                        summary: operation.summary,
                        caller: Self.caller(operation), hasAbout: operation.about != nil,
                        about: Self.pieces(operation.about ?? ""),
                        answers: ([operation.success] + operation.problemStatuses)
                            .map { String($0.code) }.joined(separator: ", "),
                        isOnce: operation.isOnce,
                        scopes: app == .seller ? Self.scopes(operation) : nil)
                })
        }
    }

    /// The OpenAPI document's texts are CommonMark, of which we write nothing but code.
    static func pieces(_ text: String) -> [Piece] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { Piece(text: String($0.element), isCode: $0.offset % 2 == 1) }
            .filter { !$0.text.isEmpty }
    }

    private static func scopes(_ operation: Operation) -> String? {
        let scopes = operation.scopes
        return scopes.isEmpty ? nil : scopes.map(\.rawValue).joined(separator: ", ")
    }

    private static func caller(_ operation: Operation) -> String {
        let who =
            switch operation.access {
            case .everyone: localized("everyone")
            case .signedIn: localized("whoever is signed in")
            case .member: localized("members of a seller")
            case .administrator: localized("administrators")
            }
        return operation.needs.isEmpty ? who : "\(who): \(operation.needs.joined(separator: ", "))"
    }
}
