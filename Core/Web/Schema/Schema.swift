/// What a JSON value looks like. The same value checks input and writes the OpenAPI document, so
/// the document cannot lie.
public indirect enum Schema: Sendable {
    case text(TextSchema)
    case integer(ClosedRange<Int64>)
    case number
    case boolean
    case array(Schema, count: ClosedRange<Int>)
    case map(Schema)
    case object(ObjectSchema)
    /// An object that is being described further up; looked up by name.
    case reference(String)
    case nullable(Schema)
    case anything
}

public struct TextSchema: Sendable {
    public var length: ClosedRange<Int>
    public var pattern: TextPattern?
    public var choices: [String]?
    public var format: String?

    /// What a text may hold when nothing else is said; the bound keeps a field from being a blob.
    public static let lengthMax = 2000

    public init(
        length: ClosedRange<Int> = 0...TextSchema.lengthMax, pattern: TextPattern? = nil,
        choices: [String]? = nil, format: String? = nil
    ) {
        self.length = length
        self.pattern = pattern
        self.choices = choices
        self.format = format
    }
}

public struct ObjectSchema: Sendable {
    public let name: String
    public var fields: [FieldSchema]
}

public struct FieldSchema: Sendable {
    public let name: String
    public var schema: Schema
    public let isRequired: Bool
    public var about: String?
}

/// A pattern with its text for the document and the same thing as code, which is what runs.
public struct TextPattern: Sendable {
    public let text: String
    public let explanation: String
    public let matches: @Sendable (String) -> Bool

    public init(
        _ text: String, _ explanation: String, matches: @escaping @Sendable (String) -> Bool
    ) {
        self.text = text
        self.explanation = explanation
        self.matches = matches
    }

    /// ISO 3166-1 alpha-2, upper case.
    public static let country = TextPattern("^[A-Z]{2}$", "two capital letters, like DE") {
        $0.utf8.count == 2 && $0.utf8.allSatisfy { (65...90).contains($0) }
    }
    /// Lower-case letters, digits and single hyphens.
    public static let slug = TextPattern(
        "^[a-z0-9](-?[a-z0-9])*$", "small letters, digits and single hyphens"
    ) { text in
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, first != 45, last != 45 else {
            return false
        }
        return bytes.indices.allSatisfy { index in
            let byte = bytes[index]
            return (97...122).contains(byte) || (48...57).contains(byte)
                || byte == 45 && bytes[index - 1] != 45
        }
    }
    /// One @ with something on both sides and no spaces; the letter that arrives is the real test.
    public static let email = TextPattern(
        "^[^@\\s\\u0000-\\u001f]+@[^@\\s\\u0000-\\u001f]+$", "an e-mail address"
    ) { text in
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && !$0.properties.isWhitespace && $0.value != 0x7F
                    && $0.value != 0xFEFF
            }
    }
    /// Any text, but no control characters except tab and line ends.
    public static let plain = TextPattern(
        "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$",
        "text without control characters"
    ) { text in
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 9 || $0 == 10 || $0 == 13 }
    }
    /// At least one character that is not a space.
    public static let notBlank = TextPattern(
        "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$", "not blank"
    ) { text in
        plain.matches(text) && text.contains { !$0.isWhitespace }
    }
}

/// A rule on one field, beside what its type already says.
public enum Rule: Sendable {
    /// Characters (Unicode scalars, as JSON Schema counts) of a text.
    case length(ClosedRange<Int>)
    case pattern(TextPattern)
    /// One of these texts.
    case choice([String])
    case range(ClosedRange<Int64>)
    /// How many items of an array.
    case count(ClosedRange<Int>)
    /// Rules on every item of an array.
    indirect case each([Rule])
    /// A sentence for the document.
    case about(String)
}

extension Schema {
    /// The schema with `rules` added; a rule that does not fit the type is a mistake of ours.
    func adding(_ rules: [Rule], to name: String) -> Schema {
        rules.reduce(self) { schema, rule in schema.adding(rule, to: name) }
    }

    private func adding(_ rule: Rule, to name: String) -> Schema {
        if case .about = rule { return self }
        switch (self, rule) {
        case (.nullable(let inner), _): return .nullable(inner.adding(rule, to: name))
        case (.text(var text), .length(let length)):
            text.length = length
            return .text(text)
        case (.text(var text), .pattern(let pattern)):
            text.pattern = pattern
            return .text(text)
        case (.text(var text), .choice(let choices)):
            text.choices = choices
            return .text(text)
        case (.integer, .range(let range)): return .integer(range)
        case (.array(let item, _), .count(let count)): return .array(item, count: count)
        case (.array(let item, let count), .each(let rules)):
            return .array(item.adding(rules, to: name), count: count)
        default: preconditionFailure("rule \(rule) does not fit the type of \(name)")
        }
    }
}
