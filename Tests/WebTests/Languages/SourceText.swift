/// A Swift source, searched for the string literals that are handed to a function.
struct SourceText {
    /// A literal with its places numbered, as ``Phrase`` has its key.
    struct Literal {
        let text: String
        let end: String.Index
    }

    let source: String

    /// The literals right after `localized(`, and where there is something else in their place.
    func phrases() -> (phrases: [String], unreadable: [Substring]) {
        var phrases: [String] = []
        var unreadable: [Substring] = []
        for call in source.ranges(of: "localized(") where !isWithinName(call.lowerBound) {
            let rest = source[call.upperBound...].drop(while: \.isWhitespace)
            let before = source[..<call.lowerBound]
            let line = before[(before.lastIndex(of: "\n") ?? before.startIndex)...]
            if line.contains("///") || line.contains("func ") { continue }
            if ["label:", "name:", "sentence:"].contains(where: { rest.hasPrefix($0) }) {
                continue
            }
            guard rest.first == "\"" else {
                unreadable.append(source[call.lowerBound...].prefix(60))
                continue
            }
            phrases.append(literal(at: rest.startIndex).text)
        }
        return (phrases, unreadable)
    }

    /// Every literal, and every text that several of them joined by `+` make.
    func all() -> [String] { whole(and: true) }

    /// Every text, those that are joined by `+` as one.
    func whole(and isInPieces: Bool = false) -> [String] {
        var found: [String] = []
        var joined: [String] = []
        var index = source.startIndex
        while let start = source[index...].firstIndex(where: { $0 == "\"" || $0 == "/" }) {
            guard source[start] == "\"" else {
                let isComment = source[start...].hasPrefix("//")
                index =
                    isComment
                    ? source[start...].firstIndex(of: "\n") ?? source.endIndex
                    : source.index(after: start)
                continue
            }
            let between = source[index..<start].filter { !$0.isWhitespace }
            let literal = literal(at: start)
            if between != "+" {
                found.append(joined.joined())
                joined = []
            }
            joined.append(literal.text)
            if isInPieces { found.append(literal.text) }
            index = literal.end
        }
        return found + [joined.joined()]
    }

    /// The words for one and for several in every `Format.count(…)`.
    func counts() -> [(one: String, many: String)] {
        source.ranges(of: "Format.count(").compactMap { call in
            var literals: [String] = []
            var depth = 1
            var index = call.upperBound
            while depth > 0, index < source.endIndex {
                switch source[index] {
                case "\"":
                    let literal = literal(at: index)
                    literals.append(literal.text)
                    index = literal.end
                    continue
                case "(": depth += 1
                case ")": depth -= 1
                default: break
                }
                index = source.index(after: index)
            }
            return literals.count < 2
                ? nil : (literals[literals.count - 2], literals[literals.count - 1])
        }
    }

    private func isWithinName(_ index: String.Index) -> Bool {
        guard index > source.startIndex else { return false }
        let before = source[source.index(before: index)]
        return before.isLetter || before == "."
    }

    /// - Parameter start: at its first quotation mark.
    func literal(at start: String.Index) -> Literal {
        let isLong = source[start...].hasPrefix("\"\"\"")
        let mark = isLong ? "\"\"\"" : "\""
        var index = source.index(start, offsetBy: mark.count)
        var text = ""
        var places = 0
        while index < source.endIndex, !source[index...].hasPrefix(mark) {
            let character = source[index]
            index = source.index(after: index)
            guard character == "\\", index < source.endIndex else {
                text.append(character)
                continue
            }
            let escaped = source[index]
            index = source.index(after: index)
            switch escaped {
            case "(":
                index = endOfInterpolation(index)
                places += 1
                text += "{\(places)}"
            case "u":
                let close = source[index...].firstIndex(of: "}") ?? source.endIndex
                let digits = source[index..<close].dropFirst()
                text +=
                    UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init).map(String.init) ?? ""
                index = source.index(after: close)
            case "n": text += "\n"
            case "\n": text += "\\\n"
            default: text.append(escaped)
            }
        }
        let end =
            source[index...].hasPrefix(mark) ? source.index(index, offsetBy: mark.count) : index
        return Literal(text: isLong ? Self.unindented(text) : text, end: end)
    }

    private func endOfInterpolation(_ start: String.Index) -> String.Index {
        var depth = 1
        var index = start
        while depth > 0, index < source.endIndex {
            switch source[index] {
            case "\"":
                index = literal(at: index).end
                continue
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            index = source.index(after: index)
        }
        return index
    }

    /// The lines of a long literal without what they are indented by, joined where one ends in `\`.
    private static func unindented(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
        let indent = lines.last?.count ?? 0
        return lines.dropLast().map { String($0.dropFirst(indent)) }.joined(separator: "\n")
            .replacing("\\\n", with: "")
    }
}
