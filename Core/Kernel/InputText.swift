import Vocabulary

/// Text from outside, cleaned and bounded before it meets a column.
public enum InputText {
    /// One line: outer blanks go, inner line breaks and tabs become spaces.
    /// - Throws: ``InputRefusal`` for control characters or a length outside `lengths`, counted
    ///   in Unicode scalars as PostgreSQL's `length` counts.
    public static func line(
        _ text: String, field: String, lengths: ClosedRange<Int>
    ) throws(InputRefusal) -> String {
        let flat = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 }))
        return try checked(flat, field: field, lengths: lengths)
    }

    /// Text of several lines: CRLF becomes LF, outer blanks go.
    /// - Throws: ``InputRefusal`` as ``line(_:field:lengths:)`` does.
    public static func paragraphs(
        _ text: String, field: String, lengths: ClosedRange<Int>
    ) throws(InputRefusal) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != "\r" { scalars.append(scalar) }
        return try checked(String(scalars), field: field, lengths: lengths)
    }

    /// The same, or nil when nothing but blanks is left.
    public static func optionalLine(
        _ text: String?, field: String, lengthMax: Int
    ) throws(InputRefusal) -> String? {
        guard let text else { return nil }
        let line = try line(text, field: field, lengths: 0...lengthMax)
        return line.isEmpty ? nil : line
    }

    private static func checked(
        _ text: String, field: String, lengths: ClosedRange<Int>
    ) throws(InputRefusal) -> String {
        let trimmed = trimmed(text)
        let readable = trimmed.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t"
        }
        guard readable else { throw InputRefusal(.unreadable, field: field) }
        let length = trimmed.unicodeScalars.count
        guard length >= lengths.lowerBound else {
            throw InputRefusal(length == 0 ? .missing : .tooShort(lengths.lowerBound), field: field)
        }
        guard length <= lengths.upperBound else {
            throw InputRefusal(.tooLong(lengths.upperBound), field: field)
        }
        return trimmed
    }

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}

/// What is wrong with one field of an input.
public struct InputRefusal: Refusal, Hashable {
    public enum Problem: Hashable, Sendable {
        case missing, unreadable
        case tooShort(Int), tooLong(Int)
        /// Anything else, as a sentence.
        case wrong(String)
    }

    public let problem: Problem
    public let field: String?

    public init(_ problem: Problem, field: String) {
        self.problem = problem
        self.field = field
    }

    public var reason: RefusalReason { .invalid }

    public var code: String {
        switch problem {
        case .missing: "input.missing"
        case .unreadable: "input.unreadable"
        case .tooShort: "input.too-short"
        case .tooLong: "input.too-long"
        case .wrong: "input.invalid"
        }
    }

    public var explanation: String {
        switch problem {
        case .missing: "This has to be filled in."
        case .unreadable: "This contains characters that cannot be shown."
        case .tooShort(let least): "This needs at least \(least) characters."
        case .tooLong(let most): "This may have at most \(most) characters."
        case .wrong(let sentence): sentence
        }
    }
}
