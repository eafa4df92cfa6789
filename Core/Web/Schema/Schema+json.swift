/// The named objects of a document. Input schemas carry their limits, because they are enforced;
/// answers carry types only, because stored values may be older than a limit.
struct SchemaCollector {
    enum Side { case input, answer }

    private(set) var objects: [String: JSONValue] = [:]
    private var names: [String: String] = [:]
    var side: Side = .answer

    /// The name under which `object` stands in the document, after writing it there once. Two
    /// types of one name that look different get a number: the document must not mix them up.
    mutating func name(of object: ObjectSchema) -> String {
        let look = object.fields.map { $0.name + ($0.isRequired ? "" : "?") }
        let key = "\(side) \(object.name) \(look.joined(separator: " "))"
        if let known = names[key] { return known }
        let base =
            side == .input && objects[object.name] != nil ? object.name + "Input" : object.name
        var name = base
        var number = 2
        while objects[name] != nil {
            name = "\(base)\(number)"
            number += 1
        }
        names[key] = name
        objects[name] = [:]
        objects[name] = object.json(collecting: &self)
        return name
    }
}

extension Schema {
    /// JSON Schema 2020-12 as OpenAPI 3.1 uses it; objects become references and are collected.
    func json(collecting objects: inout SchemaCollector) -> JSONValue {
        switch self {
        case .anything: return [:]
        case .boolean: return ["type": "boolean"]
        case .number: return ["type": "number"]
        case .integer where objects.side == .answer: return ["type": "integer", "format": "int64"]
        case .integer(let range):
            return [
                "type": "integer", "format": "int64", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .text(let text): return text.json(side: objects.side)
        case .array(let item, _) where objects.side == .answer:
            return ["type": "array", "items": item.json(collecting: &objects)]
        case .array(let item, let count):
            return [
                "type": "array", "items": item.json(collecting: &objects),
                "minItems": .integer(Int64(count.lowerBound)),
                "maxItems": .integer(Int64(count.upperBound)),
            ]
        case .map(let item):
            return ["type": "object", "additionalProperties": item.json(collecting: &objects)]
        case .nullable(let inner):
            let schema = inner.json(collecting: &objects)
            if case .object(var members) = schema, let type = members["type"]?.string,
                members["enum"] == nil
            {
                members["type"] = [.string(type), "null"]
                return .object(members)
            }
            return ["anyOf": [schema, ["type": "null"]]]
        case .reference(let name):
            guard let object = Self.named(name) else { return [:] }
            return ["$ref": .string("#/components/schemas/\(objects.name(of: object))")]
        case .object(let object):
            return ["$ref": .string("#/components/schemas/\(objects.name(of: object))")]
        }
    }
}

extension Schema {
    /// The schema of an input with all that it refers to, in the form of an OpenAPI document.
    var standalone: JSONValue {
        var objects = SchemaCollector()
        objects.side = .input
        let schema = json(collecting: &objects)
        return ["schema": schema, "components": ["schemas": .object(objects.objects)]]
    }
}

extension ObjectSchema {
    func json(collecting objects: inout SchemaCollector) -> JSONValue {
        var properties: [String: JSONValue] = [:]
        for field in fields {
            var schema = field.schema.json(collecting: &objects)
            if let about = field.about, case .object(var members) = schema {
                members["description"] = .string(about)
                schema = .object(members)
            }
            properties[field.name] = schema
        }
        return [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}

extension TextSchema {
    func json(side: SchemaCollector.Side) -> JSONValue {
        var members: [String: JSONValue] = ["type": "string"]
        if let choices {
            members["enum"] = .array(choices.map { .string($0) })
            return .object(members)
        }
        if let format { members["format"] = .string(format) }
        guard side == .input else { return .object(members) }
        members["minLength"] = .integer(Int64(length.lowerBound))
        members["maxLength"] = .integer(Int64(length.upperBound))
        if let pattern { members["pattern"] = .string(pattern.text) }
        return .object(members)
    }
}
