import Web

/// One JSON operation as an app's OpenAPI document tells it.
public struct DocumentedOperation: Sendable {
    public let method: String
    public let pattern: String
    /// The JSON body; nil where there is none, or bytes.
    public let body: InputSchema?
    /// The media types of a body of bytes.
    public let uploads: [String]
    public let query: [(name: String, schema: InputSchema, isRequired: Bool)]
    /// What may stand for the names in the path, though nothing is there.
    public let pathValues: [String: String]
    /// Whether `Idempotency-Key` is honoured.
    public let isOnce: Bool
    /// Every status that it may answer with.
    public let statuses: Set<String>

    public var name: String { "\(method) \(pattern)" }

    /// All of a document's, sorted by path.
    public static func all(in document: JSONValue) -> [DocumentedOperation] {
        guard case .object(let paths)? = document["paths"] else { return [] }
        return paths.sorted { $0.key < $1.key }.flatMap { pattern, operations in
            operations.members.sorted { $0.key < $1.key }.map { method, operation in
                DocumentedOperation(method.uppercased(), pattern, operation, document)
            }
        }
    }

    private init(
        _ method: String, _ pattern: String, _ operation: JSONValue, _ document: JSONValue
    ) {
        self.method = method
        self.pattern = pattern
        let content = operation["requestBody"]?["content"]?.members ?? [:]
        body = content["application/json"].map {
            InputSchema($0["schema"] ?? [:], in: document)
        }
        uploads = content.keys.filter { $0 != "application/json" }.sorted()
        let parameters = operation["parameters"]?.items ?? []
        query = parameters.filter { $0["in"] == "query" }.map {
            (
                $0["name"]?.string ?? "", InputSchema($0["schema"] ?? [:], in: document),
                $0["required"] == true
            )
        }
        pathValues = Dictionary(
            parameters.filter { $0["in"] == "path" }.map { parameter in
                let schema = InputSchema(parameter["schema"] ?? [:], in: document)
                let isID = schema.resolved(schema.schema)["format"] == "uuid"
                let text = HTMLForm.fields(for: schema.sample(), at: "").first?.1
                return (
                    parameter["name"]?.string ?? "", isID ? PathPattern.nobody : text ?? "nothing"
                )
            }, uniquingKeysWith: { one, _ in one })
        isOnce = parameters.contains { $0["name"] == "Idempotency-Key" }
        statuses = Set((operation["responses"]?.members ?? [:]).keys)
    }
}

extension JSONValue {
    /// The members of an object; none for everything else.
    public var members: [String: JSONValue] {
        if case .object(let members) = self { members } else { [:] }
    }

    /// The items of an array; none for everything else.
    public var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }

    /// A whole number; nil for everything else.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}

/// The names of a pattern's `{…}`, and the path with values in their place.
public enum PathPattern {
    /// An id that nothing has.
    public static let nobody = "01939e2c-0000-7000-8000-000000000000"

    public static func names(_ pattern: String) -> [String] {
        pattern.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
    }

    public static func path(_ pattern: String, _ value: (String) -> String?) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("{") else { return String(segment) }
            return value(String(segment.dropFirst().dropLast())) ?? "nothing"
        }.joined(separator: "/")
    }
}
