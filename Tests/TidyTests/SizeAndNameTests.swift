import Testing

/// What a newcomer meets first: names that say something, and pages that end.
@Suite struct `Sizes and names` {
    static let linesMax = 400
    static let columnsMax = 100
    static let functionLinesMax = 70

    static let sayNothing = [
        "Manager", "Helper", "Util", "Utils", "Utility", "Utilities", "Service", "Impl", "Common",
        "Misc", "Base", "Abstract",
    ]

    @Test func `a file fits into a reader's head`() {
        let faults = SourceTree.files.filter { $0.lines.count > Self.linesMax + 1 }
            .map { "\($0.path) has \($0.lines.count - 1) lines" }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Cut it by idea into files of at most \(Self.linesMax) lines."))")
    }

    @Test func `a line fits onto a screen`() {
        var faults: [String] = []
        for file in SourceTree.files {
            for (index, line) in file.lines.enumerated()
            where line.utf8.count > Self.columnsMax && line.count > Self.columnsMax {
                // A literal that a test compares with cannot always be broken.
                let isLiteral = line.drop { " +#".contains($0) }.hasPrefix("\"")
                if isLiteral, file.isUnder("Tests") { continue }
                faults.append("\(file.at(index)) has \(line.count) columns")
            }
        }

        #expect(faults.isEmpty, "\(list(faults, "Break it at \(Self.columnsMax) columns."))")
    }

    @Test func `a function fits onto a page`() {
        var faults: [String] = []
        for file in SourceTree.files {
            for (index, line) in file.code.enumerated() {
                let text = line.drop { $0 == " " }
                let isFunction =
                    (text.contains("func ") || text.hasPrefix("init") || text.contains(" init("))
                    && !text.hasPrefix("@Test") && !text.hasPrefix("\"")
                guard isFunction else { continue }
                let indent = line.count - text.count
                let length = Self.length(of: file.code, from: index, indent: indent)
                if length > Self.functionLinesMax {
                    faults.append("\(file.at(index)) is \(length) lines long")
                }
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Name its parts: at most \(Self.functionLinesMax) lines a function."))")
    }

    /// swift-format sees to it that a declaration's last line stands under its first.
    private static func length(of code: [String], from start: Int, indent: Int) -> Int {
        let close = String(repeating: " ", count: indent) + "}"
        for index in start..<code.count {
            let line = code[index]
            if line.hasSuffix("}"), index == start { return 1 }
            if index > start, line.hasPrefix(close) { return index - start + 1 }
            // A requirement of a protocol has no body: it ends with the next line of its height.
            if index > start, !line.isEmpty,
                line.prefix(while: { $0 == " " }).count == indent,
                !line.drop(while: { $0 == " " }).hasPrefix(")")
            {
                return 1
            }
        }
        return 1
    }

    @Test func `a file's name says what it does`() {
        var faults: [String] = []
        for file in SourceTree.files {
            let name = String(file.name.dropLast(".swift".count))
            for word in Self.words(name) where Self.sayNothing.contains(word) {
                faults.append("\(file.path): \"\(word)\"")
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Use the noun, or the verb and noun, of the business."))")
    }

    static func words(_ name: String) -> [String] {
        var words: [String] = []
        for character in name {
            if character.isUppercase || words.isEmpty {
                words.append(String(character))
            } else {
                words[words.count - 1].append(character)
            }
        }
        return words
    }
}
