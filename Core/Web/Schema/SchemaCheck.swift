extension Schema {
    /// - Throws: ``InvalidInput`` that names the first field at fault.
    func check(_ value: JSONValue, at path: String = "") throws(InvalidInput) {
        switch (self, value) {
        case (.anything, _), (.boolean, .bool), (.number, .integer), (.number, .number): return
        case (.nullable, .null): return
        case (.nullable(let inner), _): try inner.check(value, at: path)
        case (.text(let text), .string(let string)): try text.check(string, at: path)
        case (.integer(let range), .integer(let integer)):
            guard range.contains(integer) else {
                throw Self.outside(range, at: path)
            }
        case (.integer(let range), .number(let number)) where number.rounded() == number:
            throw Self.outside(range, at: path)
        case (.array(let item, let count), .array(let items)):
            try Self.check(items.count, in: count, at: path)
            for (index, value) in items.enumerated() {
                try item.check(value, at: Self.join(path, String(index)))
            }
        case (.map(let item), .object(let members)):
            for (key, value) in members { try item.check(value, at: Self.join(path, key)) }
        case (.object(let object), .object(let members)):
            try object.check(members, at: path)
        case (.reference(let name), _):
            guard let object = Self.named(name) else { return }
            try Schema.object(object).check(value, at: path)
        default:
            throw InvalidInput(
                .wrongType, field: path.isEmpty ? nil : path,
                "\(Self.said(path)) must be \(expectation).")
        }
    }

    private static func outside(_ range: ClosedRange<Int64>, at path: String) -> InvalidInput {
        InvalidInput(
            .outOfRange, field: path,
            "\(said(path)) must lie between \(range.lowerBound) and \(range.upperBound).")
    }

    private static func check(
        _ count: Int, in range: ClosedRange<Int>, at path: String
    ) throws(InvalidInput) {
        if count > range.upperBound {
            throw InvalidInput(
                .tooMany, field: path, "\(said(path)) may have at most \(range.upperBound) items.")
        }
        if count < range.lowerBound {
            throw InvalidInput(
                .tooFew, field: path, "\(said(path)) must have at least \(range.lowerBound).")
        }
    }

    private var expectation: String {
        switch self {
        case .text: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        case .array: "a list"
        case .map, .object, .reference: "an object"
        case .nullable(let inner): inner.expectation + ", or null"
        case .anything: "anything"
        }
    }

    static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// The field as a person would call it: `address.postalCode` is "Postal code". Programs get
    /// the whole path beside the sentence.
    static func said(_ path: String) -> String {
        let name = path.split(separator: ".").last { Int($0) == nil }
        guard let name, let first = name.first else { return "The body" }
        var words = first.uppercased()
        for character in name.dropFirst() {
            words += character.isUppercase ? " " + character.lowercased() : String(character)
        }
        return words
    }
}

extension TextSchema {
    func check(_ text: String, at path: String) throws(InvalidInput) {
        let count = text.unicodeScalars.count
        if count > length.upperBound {
            throw InvalidInput(
                .tooLong, field: path,
                "\(Schema.said(path)) may have at most \(length.upperBound) characters.")
        }
        if let choices, !choices.contains(text) {
            throw InvalidInput(
                .choice, field: path,
                "\(Schema.said(path)) must be one of \(choices.prefix(12).joined(separator: ", "))."
            )
        }
        if count < length.lowerBound {
            throw InvalidInput(
                .tooShort, field: path,
                count == 0
                    ? "\(Schema.said(path)) must be filled in."
                    : "\(Schema.said(path)) needs at least \(length.lowerBound) characters.")
        }
        guard TextPattern.plain.matches(text) else {
            throw InvalidInput(
                .characters, field: path, "\(Schema.said(path)) holds control characters.")
        }
        if let pattern, !pattern.matches(text) {
            throw InvalidInput(
                .pattern, field: path, "\(Schema.said(path)) must be \(pattern.explanation).")
        }
    }
}

extension ObjectSchema {
    func check(_ members: [String: JSONValue], at path: String) throws(InvalidInput) {
        for field in fields {
            let fieldPath = Schema.join(path, field.name)
            if let value = members[field.name] {
                try field.schema.check(value, at: fieldPath)
            } else if field.isRequired {
                throw InvalidInput(
                    .missing, field: fieldPath, "\(Schema.said(fieldPath)) is missing.")
            }
        }
        // A field nobody asked for is refused: else a typing error passes in silence, and a field
        // added later could be set by those who guessed it.
        for name in members.keys.sorted() where !fields.contains(where: { $0.name == name }) {
            let shown = String(name.prefix(80))
            throw InvalidInput(
                .unknown, field: Schema.join(path, shown), "“\(shown)” is not a field here.")
        }
    }
}
