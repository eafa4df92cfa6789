/// Between the HTML of a product file and the plain text that we keep. Pure.
enum PlainText {
    /// Text of HTML: blocks become paragraphs, `<br>` a line, everything else in angle brackets
    /// goes, and so do scripts and styles with their content.
    static func of(html: String) -> String {
        let hasMarkup = html.contains("<") && html.contains(">")
        var text = ""
        var rest = Substring(html)
        // Once there is no `>` ahead there is none further on, and nobody looks for it again.
        var isUnclosed = !hasMarkup
        while let character = rest.first {
            if character == "<", !isUnclosed, let tag = tag(at: rest, &isUnclosed) {
                rest = rest[tag.end...]
                if tag.name == "script" || tag.name == "style", !tag.closes {
                    skip(tag.name, in: &rest)
                } else {
                    apply(tag, to: &text)
                }
            } else if character == "&", let (decoded, end) = entity(at: rest) {
                text += decoded
                rest = rest[end...]
            } else {
                rest.removeFirst()
                let blank = character.isWhitespace && character != "\u{A0}"
                if !hasMarkup || !blank {
                    text.append(character)
                } else if let last = text.last, last != " ", last != "\n" {
                    text.append(" ")
                }
            }
        }
        return tidied(text)
    }

    /// HTML whose text is `text`, exactly.
    static func html(of text: String) -> String {
        var html = ""
        var last: Character = "\n"
        for character in text {
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\n": html += "<br>"
            case "\t": html += "&#9;"
            case " " where last == " " || last == "\n": html += "&nbsp;"
            default: html.append(character)
            }
            last = character
        }
        return html
    }

    private struct Tag {
        let name: String
        let closes: Bool
        let end: String.Index
    }

    /// A tag begins with a letter, a slash or an exclamation mark; `a < b` is text.
    private static func tag(at text: Substring, _ isUnclosed: inout Bool) -> Tag? {
        var inside = text.dropFirst()
        guard let first = inside.first, first.isLetter || first == "/" || first == "!" else {
            return nil
        }
        guard let end = inside.firstIndex(of: ">") else {
            isUnclosed = true
            return nil
        }
        inside = inside[..<end]
        let closes = first == "/"
        if closes { inside.removeFirst() }
        let name = inside.prefix { $0.isLetter || $0.isNumber }.lowercased()
        return Tag(name: name, closes: closes, end: text.index(after: end))
    }

    private static let blocks: Set<String> = [
        "p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote",
        "section", "article", "pre",
    ]

    private static func apply(_ tag: Tag, to text: inout String) {
        if tag.name == "br" {
            text += "\n"
        } else if tag.name == "li" {
            if !tag.closes { startLine(&text, blank: false) }
            if !tag.closes { text += "• " }
        } else if tag.name == "tr" {
            startLine(&text, blank: false)
        } else if blocks.contains(tag.name) {
            startLine(&text, blank: true)
        }
    }

    private static func startLine(_ text: inout String, blank: Bool) {
        while text.last == " " { text.removeLast() }
        guard !text.isEmpty else { return }
        let wanted = blank ? 2 : 1
        let present = text.suffix(2).reversed().prefix { $0 == "\n" }.count
        if present < wanted { text += String(repeating: "\n", count: wanted - present) }
    }

    private static func skip(_ name: String, in text: inout Substring) {
        while let open = text.firstIndex(of: "<") {
            text = text[text.index(after: open)...]
            let word = text.prefix(name.count + 1)
            guard word.first == "/", word.dropFirst().lowercased() == name else { continue }
            let end = text.firstIndex(of: ">").map { text.index(after: $0) }
            text = text[(end ?? text.endIndex)...]
            return
        }
        text = ""
    }

    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–",
        "mdash": "—", "hellip": "…", "rsquo": "’", "lsquo": "‘", "rdquo": "”", "ldquo": "“",
        "eacute": "é", "auml": "ä", "ouml": "ö", "uuml": "ü", "szlig": "ß", "deg": "°",
        "times": "×", "euro": "€", "pound": "£", "copy": "©", "reg": "®", "trade": "™",
        "bull": "•", "middot": "·", "frac12": "½",
    ]

    private static func entity(at text: Substring) -> (String, String.Index)? {
        guard let end = text.prefix(12).firstIndex(of: ";") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let after = text.index(after: end)
        if let known = entities[String(name)] { return (known, after) }
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let number =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let number, let scalar = Unicode.Scalar(number), number == 9 || number >= 32 else {
            return nil
        }
        return (String(Character(scalar)), after)
    }

    private static func tidied(_ text: String) -> String {
        InputText.trimmed(text)
    }
}
