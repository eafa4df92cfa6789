import Testing

/// Documents that say what the code says.
@Suite struct `The documents` {
    @Test func `every refusal code is explained in the kernel's README`() throws {
        let readme = try #require(SourceTree.contents("Core/Kernel/README.md"))
        let documented = Set(Self.codes(in: readme.split(separator: "\n").map(String.init), "`"))
        let used = Set(Self.usedCodes())

        let missing = used.subtracting(documented).sorted()
        #expect(
            missing.isEmpty,
            "\(list(missing, "Add a line for each to \"Refusal codes\" in Core/Kernel/README.md."))"
        )
        let stale = Self.codes(in: Self.refusalSection(of: readme), "`").filter {
            !used.contains($0)
        }
        #expect(
            stale.isEmpty,
            "\(list(stale.sorted(), "No code throws these; take them out of \"Refusal codes\"."))")
    }

    @Test func `paths that the README names exist`() throws {
        let readme = try #require(SourceTree.contents("README.md"))
        var faults: [String] = []
        for word in readme.split(whereSeparator: { " \n()`|,;[]".contains($0) }) {
            let path = String(word).trimmingSuffix { ".:".contains($0) }
            guard
                ["Core/", "Apps/", "Plugins/", "Tests/", "Config/"].contains(where: path.hasPrefix),
                !path.contains("*"), !path.contains("<"), !path.contains("…")
            else { continue }
            if !SourceTree.exists(path) { faults.append(path) }
        }

        #expect(faults.isEmpty, "\(list(faults, "Mend the path in README.md."))")
    }

    @Test func `every setting stands in the example file`() throws {
        let example = try #require(SourceTree.contents("Config/settings.env.example"))
        let reader = try #require(SourceTree.contents("Apps/Operator/Settings.swift"))
        var faults: [String] = []
        for literal in reader.split(separator: "\"") {
            let name = String(literal)
            let isSetting =
                name.hasPrefix("GUILDHALL_") || name == "DATABASE_URL" || name == "REDIS_URL"
            guard isSetting, name.allSatisfy({ $0.isUppercase || $0 == "_" }) else { continue }
            if !example.contains(name + "=") { faults.append(name) }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Add each with a comment to Config/settings.env.example."))")
    }

    /// Codes that refusals of the kernel and its lower floors give: `noun.adjective`.
    static func usedCodes() -> [String] {
        SourceTree.files
            .filter { $0.isUnder("Core/Kernel") || $0.isUnder("Core/ProviderKit") }
            .filter { file in
                file.code.contains { $0.contains("Refusal") }
            }
            .flatMap { codes(in: codeBodies(of: $0), "\"") }
    }

    /// The lines of every `var code: String` in a file.
    private static func codeBodies(of file: SourceFile) -> [String] {
        var lines: [String] = []
        var end: String?
        for line in file.code {
            if let close = end {
                if line.hasPrefix(close) { end = nil } else { lines.append(line) }
            } else if line.contains("var code: String") || line.contains("let code =") {
                lines.append(line)
                if !line.hasSuffix("}"), line.hasSuffix("{") {
                    end = String(line.prefix { $0 == " " }) + "}"
                }
            }
        }
        return lines
    }

    private static func refusalSection(of readme: String) -> [String] {
        var inside = false
        return readme.split(separator: "\n").map(String.init).filter { line in
            if line.hasPrefix("## ") { inside = line == "## Refusal codes" }
            // The first cell of a row is the code; the sentence beside it may name others.
            return inside && line.hasPrefix("| `")
        }.map { $0.split(separator: "|").first.map(String.init) ?? "" }
    }

    private static func codes(in lines: [String], _ quote: Character) -> [String] {
        lines.flatMap { line in
            line.split(separator: quote, omittingEmptySubsequences: false).enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        }.filter { text in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 2
                && parts.allSatisfy { part in
                    part.first?.isLowercase == true
                        && part.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }
                }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ drop: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, drop(last) { text.removeLast() }
        return text
    }
}
