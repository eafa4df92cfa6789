import Web

/// An input that breaks one rule.
public struct InputFault: Sendable {
    /// The path of the field at fault: `address.country`; empty for the whole input.
    public let field: String
    public let kind: Kind
    /// Whether the field may be left out, and whether it is a list.
    public let isOptional: Bool
    public let isList: Bool
    public let value: JSONValue

    /// Whether a form can say it, in which everything is text: a field that may be left out may be
    /// left blank, and a list without items is not there.
    public var isSayableInForms: Bool {
        switch kind {
        case .missing: !isList
        case .tooShort: !isOptional
        case .tooLong, .controlCharacters, .noSuchChoice, .notOfThePattern, .tooSmall, .tooLarge,
            .overflow:
            true
        case .unknown, .null, .wrongType, .fraction, .tooFew, .tooMany: false
        }
    }

    public enum Kind: String, Sendable, CaseIterable {
        case missing, unknown, null, wrongType, fraction
        case tooShort, tooLong, controlCharacters, noSuchChoice, notOfThePattern
        case tooSmall, tooLarge, overflow, tooFew, tooMany
    }
}

extension InputSchema {
    /// Inputs that each break one rule, for every field and every rule that it has.
    public func faults() -> [InputFault] {
        faults(schema, sample(.everything), at: "") { $0 }
    }

    private func faults(
        _ schema: JSONValue, _ value: JSONValue, at path: String,
        rebuild: (JSONValue) -> JSONValue
    ) -> [InputFault] {
        let inner = resolved(schema)
        func fault(_ kind: InputFault.Kind, _ value: JSONValue) -> InputFault {
            InputFault(
                field: path, kind: kind, isOptional: isNullable(schema),
                isList: type(of: inner) == "array", value: rebuild(value))
        }
        var found = broken(inner).map { fault($0.0, $0.1) }
        if !isNullable(schema), !path.isEmpty { found.append(fault(.null, .null)) }
        switch value {
        case .object(let members):
            found += ofMembers(inner, members, at: path, rebuild: rebuild)
        case .array(let items):
            guard let first = items.first, let item = inner["items"] else { break }
            found += faults(item, first, at: Self.join(path, "0")) { changed in
                rebuild(.array([changed] + items.dropFirst()))
            }
        default: break
        }
        return found
    }

    private func ofMembers(
        _ schema: JSONValue, _ members: [String: JSONValue], at path: String,
        rebuild: (JSONValue) -> JSONValue
    ) -> [InputFault] {
        var found: [InputFault] = []
        let required = schema["required"]?.items.compactMap(\.string) ?? []
        for (name, property) in schema["properties"]?.members ?? [:] {
            guard let value = members[name] else { continue }
            let place = Self.join(path, name)
            found += faults(property, value, at: place) { changed in
                var all = members
                all[name] = changed
                return rebuild(.object(all))
            }
            guard required.contains(name) else { continue }
            var rest = members
            rest[name] = nil
            found.append(
                InputFault(
                    field: place, kind: .missing, isOptional: false,
                    isList: type(of: resolved(property)) == "array",
                    value: rebuild(.object(rest))))
        }
        if schema["additionalProperties"] == false {
            var more = members
            more["nobodyAskedForThis"] = 1
            found.append(
                InputFault(
                    field: Self.join(path, "nobodyAskedForThis"), kind: .unknown,
                    isOptional: true, isList: false, value: rebuild(.object(more))))
        }
        return found
    }

    /// Values that this one field may not have.
    private func broken(_ schema: JSONValue) -> [(InputFault.Kind, JSONValue)] {
        if schema["enum"] != nil { return [(.noSuchChoice, "nonsense"), (.wrongType, 17)] }
        switch type(of: schema) {
        case "string": return brokenText(schema)
        case "integer": return brokenNumber(schema)
        case "boolean": return [(.wrongType, "perhaps")]
        case "array":
            var found: [(InputFault.Kind, JSONValue)] = [(.wrongType, "no list")]
            if let least = schema["minItems"]?.integer, least > 0 { found.append((.tooFew, [])) }
            if let most = schema["maxItems"]?.integer, most <= 1000 {
                let item = InputSchema(schema["items"] ?? [:], in: document).sample()
                found.append(
                    (.tooMany, .array(Array(repeating: item, count: Int(most) + 1))))
            }
            return found
        case "object": return [(.wrongType, "no object"), (.wrongType, [])]
        default: return []
        }
    }

    private func brokenText(_ schema: JSONValue) -> [(InputFault.Kind, JSONValue)] {
        var found: [(InputFault.Kind, JSONValue)] = [
            (.wrongType, 17), (.wrongType, ["text": "text"]),
        ]
        if let least = schema["minLength"]?.integer, least > 0 { found.append((.tooShort, "")) }
        let most = schema["maxLength"]?.integer ?? 2000
        if most < 100_000 {
            found.append((.tooLong, .string(String(repeating: "e", count: Int(most) + 1))))
        }
        let least = max(2, Int(schema["minLength"]?.integer ?? 2))
        found.append(
            (.controlCharacters, .string("a\u{0}" + String(repeating: "b", count: least - 2))))
        let isPlain = TextPattern.plain.text == schema["pattern"]?.string
        if schema["pattern"] != nil, !isPlain {
            found.append((.notOfThePattern, .string(String(repeating: "!", count: least))))
        }
        return found
    }

    private func brokenNumber(_ schema: JSONValue) -> [(InputFault.Kind, JSONValue)] {
        var found: [(InputFault.Kind, JSONValue)] = [
            (.wrongType, "many"), (.fraction, .number(1.5)), (.overflow, .number(1e300)),
        ]
        if let least = schema["minimum"]?.integer, least > .min {
            found.append((.tooSmall, .integer(least - 1)))
        }
        if let most = schema["maximum"]?.integer, most < .max {
            found.append((.tooLarge, .integer(most + 1)))
        }
        return found
    }
}
