/// The texts of a template. Nothing marks them: whatever stands between tags and holds a letter is
/// a phrase, with `{name}` for `{{name}}` and links as `<a>…</a>`, and so are the attributes that
/// people hear or see. Sections and tags other than those within a line end it.
struct TemplateText {
    private enum Token {
        case text(String)
        case value(name: String, tag: String)
        case inline(name: String, tag: String, isClosing: Bool)
        /// Goes into the page as it is.
        case other(String)

        var source: String {
            switch self {
            case .text(let text), .other(let text): text
            case .value(_, let tag), .inline(_, let tag, _): tag
            }
        }
    }

    /// The phrases of a template, in order.
    static func phrases(in template: String) -> [String] {
        var found: [String] = []
        _ = translated(template) { key in
            found.append(key)
            return nil
        }
        return found
    }

    /// - Parameter find: the text for a phrase; nil leaves it as it is.
    static func translated(_ template: String, _ find: (String) -> String?) -> String {
        translated(Array(template.utf8), inAttribute: false, find)
    }

    private static func translated(
        _ bytes: [UInt8], inAttribute: Bool, _ find: (String) -> String?
    ) -> String {
        var output = ""
        var run: [Token] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let (token, end) = token(bytes, at: index, inAttribute: inAttribute)
            index = end
            if case .other(let tag) = token {
                output += line(run, inAttribute, find)
                output += tag.hasPrefix("<") && !tag.hasPrefix("</") ? attributes(tag, find) : tag
                run = []
            } else {
                run.append(token)
            }
        }
        return output + line(run, inAttribute, find)
    }

    // MARK: Reading

    private static let inlineTags: Set<String> = ["a", "b", "code", "em", "i", "strong"]

    private static func token(
        _ bytes: [UInt8], at start: Int, inAttribute: Bool
    ) -> (Token, end: Int) {
        let rest = bytes[start...]
        if rest.starts(with: "{{".utf8) {
            let isRaw = rest.starts(with: "{{{".utf8)
            let end = self.end(of: isRaw ? "}}}" : "}}", in: rest)
            let tag = String(decoding: bytes[start..<end], as: UTF8.self)
            let name = tag.drop { $0 == "{" || $0 == " " }.prefix { $0 != "}" && $0 != " " }
            let isValue = name.first.map { $0.isLetter || $0 == "." } ?? false
            return (isValue ? .value(name: String(name), tag: tag) : .other(tag), end)
        }
        if !inAttribute, rest.first == UInt8(ascii: "<") { return htmlTag(bytes, at: start) }
        let end = rest.indices.dropFirst().first { index in
            bytes[index] == UInt8(ascii: "<") && !inAttribute
                || bytes[index...].starts(with: "{{".utf8)
        }
        let text = String(decoding: bytes[start..<(end ?? bytes.endIndex)], as: UTF8.self)
        return (.text(text), end ?? bytes.endIndex)
    }

    private static func htmlTag(_ bytes: [UInt8], at start: Int) -> (Token, end: Int) {
        var end = start + 1
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: ">") {
            end =
                bytes[end...].starts(with: "{{".utf8)
                ? self.end(of: "}}", in: bytes[end...]) : end + 1
        }
        end = min(end + 1, bytes.endIndex)
        let tag = String(decoding: bytes[start..<end], as: UTF8.self)
        let isClosing = tag.hasPrefix("</")
        let name = tag.dropFirst(isClosing ? 2 : 1).prefix { $0.isLetter || $0.isNumber }
        if !isClosing, name == "script" || name == "style" {
            let close = self.end(of: "</\(name)>", in: bytes[end...])
            return (.other(String(decoding: bytes[start..<close], as: UTF8.self)), close)
        }
        return inlineTags.contains(String(name))
            ? (.inline(name: String(name), tag: tag, isClosing: isClosing), end)
            : (.other(tag), end)
    }

    /// The index after the next `mark`; the end when there is none.
    private static func end(of mark: String, in bytes: ArraySlice<UInt8>) -> Int {
        let mark = Array(mark.utf8)
        let found = bytes.indices.first { bytes[$0...].starts(with: mark) }
        return found.map { $0 + mark.count } ?? bytes.endIndex
    }

    // MARK: Writing

    private static let spoken = ["alt", "aria-label", "data-label", "placeholder", "title"]

    /// An opening tag with what is said by its attributes.
    private static func attributes(_ tag: String, _ find: (String) -> String?) -> String {
        var tag = tag
        // What scripts say is written into the page by `data-say-…`, for them to take.
        let byScripts = tag.matches(of: /\s(data-say-[a-z-]+)="/).map { String($0.1) }
        for name in spoken + byScripts {
            guard let open = tag.firstRange(of: " \(name)=\"") else { continue }
            let rest = tag[open.upperBound...]
            let end = rest.firstIndex(of: "\"") ?? rest.endIndex
            let value = translated(Array(rest[..<end].utf8), inAttribute: true, find)
            tag.replaceSubrange(open.upperBound..<end, with: value)
        }
        return tag
    }

    /// What stands between two breaks: a phrase, or several between links.
    private static func line(
        _ run: [Token], _ inAttribute: Bool, _ find: (String) -> String?
    ) -> String {
        var depth = 0
        var isSentence = false
        var isBalanced = true
        for token in run {
            switch token {
            case .inline(_, _, let isClosing):
                depth += isClosing ? -1 : 1
                if depth < 0 { isBalanced = false }
            case .text(let text): if depth == 0, hasLetters(text) { isSentence = true }
            default: break
            }
        }
        guard isSentence && isBalanced && depth == 0 else {
            return run.split(omittingEmptySubsequences: false) { token in
                if case .inline = token { true } else { false }
            }.map { part -> String in
                let text = phrase(Array(part), inAttribute, find)
                guard part.endIndex < run.endIndex else { return text }
                return text + attributes(run[part.endIndex].source, find)
            }.joined()
        }
        return phrase(run, inAttribute, find)
    }

    private static func phrase(
        _ run: [Token], _ inAttribute: Bool, _ find: (String) -> String?
    ) -> String {
        let source = run.map(\.source).joined()
        guard
            run.contains(where: { if case .text(let text) = $0 { hasLetters(text) } else { false } }
            )
        else { return source }
        var key = ""
        var values: [String: String] = [:]
        var open: [String] = []
        for token in run {
            switch token {
            case .text(let text): key += text
            case .value(let name, let tag):
                key += "{\(name)}"
                values["{\(name)}"] = tag
            case .inline(let name, let tag, let isClosing):
                var mark = name
                if isClosing {
                    mark = open.popLast() ?? name
                } else {
                    var number = 1
                    while values["<\(mark)>"] != nil {
                        number += 1
                        mark = "\(name)\(number)"
                    }
                    open.append(mark)
                }
                let written = isClosing ? "</\(mark)>" : "<\(mark)>"
                key += written
                values[written] = isClosing ? tag : attributes(tag, find)
            case .other(let text): key += text
            }
        }
        let (before, middle, after) = trimmed(key)
        let plain = middle.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard var text = find(plain) else { return source }
        if inAttribute { text = text.replacing("\"", with: "&quot;") }
        return [before, text[...], after].map { Self.filled($0, values) }.joined()
    }

    /// With the tags that the marks stand for; what a tag holds is not looked at again.
    private static func filled(_ text: Substring, _ values: [String: String]) -> String {
        var filled = ""
        var rest = text
        while let at = rest.firstIndex(where: { $0 == "{" || $0 == "<" }) {
            filled += rest[..<at]
            rest = rest[at...]
            if let (mark, tag) = values.first(where: { rest.hasPrefix($0.key) }) {
                filled += tag
                rest = rest.dropFirst(mark.count)
            } else {
                filled.append(rest.removeFirst())
            }
        }
        return filled + rest
    }

    /// What only sets a phrase off from its neighbours is no part of it.
    private static func trimmed(_ key: String) -> (Substring, Substring, Substring) {
        func isAround(_ character: Character) -> Bool {
            character.isWhitespace || "·›‹×★→←".contains(character)
        }
        let start = key.firstIndex { !isAround($0) } ?? key.endIndex
        let end = key.lastIndex { !isAround($0) }.map { key.index(after: $0) } ?? start
        return (key[..<start], key[start..<end], key[end...])
    }

    private static func hasLetters(_ text: String) -> Bool {
        var isEntity = false
        for character in text {
            if character == "&" { isEntity = true }
            if !isEntity, character.isLetter { return true }
            if character == ";" || character == " " { isEntity = false }
        }
        return false
    }
}
