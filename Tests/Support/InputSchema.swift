import Vocabulary
import Web

/// What an input has to look like, read from an OpenAPI document, so that tests can make inputs
/// that fit and inputs that do not.
public struct InputSchema: Sendable {
    let schema: JSONValue
    let document: JSONValue

    /// - Parameter document: where its `$ref`s lead.
    public init(_ schema: JSONValue, in document: JSONValue) {
        self.schema = schema
        self.document = document
    }

    /// The form of a page; nil for a route that takes none.
    public init?(formOf policy: RoutePolicy) {
        guard let form = policy.form else { return nil }
        self.init(form["schema"] ?? [:], in: form)
    }

    /// What goes into a sample.
    public enum Extent: Sendable {
        /// Only what must be there.
        case required
        /// Everything that may be there.
        case everything
        /// What must be there, and this field with what is around it.
        case with(String)
    }

    /// A value that fits.
    /// - Parameter fill: what to put into a field instead, by its path: `lines.0.variantId`.
    public func sample(
        _ extent: Extent = .required, fill: (String) -> JSONValue? = { _ in nil }
    ) -> JSONValue {
        sample(schema, at: "", extent, fill)
    }

    /// The paths of all fields that hold the id of something, lists of ids included.
    public var idFields: [String] { idFields(schema, at: "") }

    /// `schema` without the detour over its name, and without its "or null".
    func resolved(_ schema: JSONValue) -> JSONValue {
        if let name = schema["$ref"]?.string?.split(separator: "/").last {
            return resolved(document["components"]?["schemas"]?[String(name)] ?? [:])
        }
        if let first = schema["anyOf"]?.items.first { return resolved(first) }
        return schema
    }

    /// The type of a resolved schema, without "or null".
    func type(of schema: JSONValue) -> String {
        schema["type"]?.string ?? schema["type"]?.items.first?.string ?? ""
    }

    func isNullable(_ schema: JSONValue) -> Bool {
        schema["anyOf"] != nil || schema["type"]?.items.contains("null") == true
    }

    static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private func sample(
        _ schema: JSONValue, at path: String, _ extent: Extent, _ fill: (String) -> JSONValue?
    ) -> JSONValue {
        if !path.isEmpty, let given = fill(path) { return given }
        let schema = resolved(schema)
        if let choices = schema["enum"]?.items {
            return choices.contains("EUR") ? "EUR" : choices.first ?? .null
        }
        switch type(of: schema) {
        case "string": return .string(Self.text(schema))
        case "integer":
            let range = (schema["minimum"]?.integer ?? 0)...(schema["maximum"]?.integer ?? .max)
            return .integer(min(max(1, range.lowerBound), range.upperBound))
        case "number": return .number(1)
        case "boolean": return false
        case "array":
            let item = sample(schema["items"] ?? [:], at: Self.join(path, "0"), extent, fill)
            let least = schema["minItems"]?.integer ?? 0
            let wanted = extent.isOfItems(path) ? max(1, least) : least
            return .array(Array(repeating: item, count: Int(wanted)))
        case "object":
            let required = schema["required"]?.items.compactMap(\.string) ?? []
            var members: [String: JSONValue] = [:]
            for (name, property) in schema["properties"]?.members ?? [:] {
                let place = Self.join(path, name)
                guard required.contains(name) || extent.includes(place) else { continue }
                members[name] = sample(property, at: place, extent, fill)
            }
            return .object(members)
        default: return .null
        }
    }

    /// A text that fits pattern and length.
    private static func text(_ schema: JSONValue) -> String {
        switch schema["format"]?.string {
        case "uuid": return ID<InputSchema>().description
        case "date-time": return "2026-11-21T10:00:00Z"
        default: break
        }
        switch schema["pattern"]?.string {
        case TextPattern.country.text: return "DE"
        case TextPattern.email.text: return "sample@example.test"
        case "^[0-9a-f]{64}$": return String(repeating: "0", count: 64)
        case "^[0-9a-f-]{36} .+$": return ID<InputSchema>().description + " card"
        default: break
        }
        let least = Int(schema["minLength"]?.integer ?? 0)
        let most = Int(schema["maxLength"]?.integer ?? 2000)
        let text = "sample" + String(repeating: "e", count: max(0, least - 6))
        return String(text.prefix(most))
    }

    private func idFields(_ schema: JSONValue, at path: String) -> [String] {
        let schema = resolved(schema)
        if schema["format"] == "uuid" { return [path] }
        if let items = schema["items"] { return idFields(items, at: Self.join(path, "0")) }
        return (schema["properties"]?.members ?? [:]).sorted { $0.key < $1.key }.flatMap {
            idFields($0.value, at: Self.join(path, $0.key))
        }
    }
}

extension InputSchema.Extent {
    fileprivate func includes(_ place: String) -> Bool {
        switch self {
        case .required: false
        case .everything: true
        case .with(let field): field == place || field.hasPrefix(place + ".")
        }
    }

    /// Whether the list at `path` gets an item though it need not have one.
    fileprivate func isOfItems(_ path: String) -> Bool { includes(InputSchema.join(path, "0")) }
}
