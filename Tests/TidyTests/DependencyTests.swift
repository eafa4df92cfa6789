import Testing

/// What the README says of dependencies is what there is.
@Suite struct `The table of dependencies` {
    private static let heading = "## Dependencies, each with its reason"

    /// The table's rows, of which each has a reason.
    private static func rows() throws -> [Substring] {
        let readme = try #require(SourceTree.contents("README.md"))
        let start = try #require(readme.range(of: heading))
        return readme[start.upperBound...].split(separator: "\n").filter {
            $0.hasPrefix("| ") && $0.split(separator: "|").count == 2
        }
    }

    @Test func `has every package of Swift that is linked`() throws {
        var packages: [String] = []
        for manifest in ["Package.swift", "Core/ProviderKit/Package.swift"] {
            let text = try #require(SourceTree.contents(manifest))
            packages += text.split(separator: "\"").map(String.init)
                .filter { $0.hasPrefix("https://") }
        }
        #expect(packages.contains("https://github.com/apple/swift-nio"))

        let table = try Self.rows().joined(separator: "\n")
        let missing = packages.filter { !table.contains("(\($0))") }
        #expect(missing.isEmpty, "\(list(missing, "Add a row with its reason to README.md."))")
    }

    @Test func `has every package of Debian that the scripts install`() throws {
        var packages: Set<String> = []
        for script in ["Config/run", "Config/test", "Config/machine.sh"] {
            let text = try #require(SourceTree.contents(script))
            packages.formUnion(Self.packages(in: text))
        }
        // As a script, a list over several lines, and a list that is added to have them.
        for known in ["shellcheck", "tzdata", "redis-tools", "zlib1g-dev", "util-linux"] {
            #expect(packages.contains(known), "\(known) is not found in the scripts any more")
        }

        let words = Set(
            try Self.rows().flatMap { $0.split(separator: "`").map(String.init) })
        let missing = packages.subtracting(words).sorted()
        #expect(missing.isEmpty, "\(list(missing, "Add a row with its reason to README.md."))")
    }

    /// What stands after `need_packages`, and in the lists that are handed to it.
    static func packages(in script: String) -> [String] {
        let lines = script.replacing("\\\n", with: " ").split(separator: "\n")
            .filter { $0.drop { $0 == " " }.first != "#" }.joined(separator: "\n")
        let starts: [(String, Character)] = [
            ("wanted=(", ")"), ("wanted+=(", ")"), ("_packages=(", ")"), ("need_packages ", "\n"),
        ]
        return starts.flatMap { start, end in
            lines.ranges(of: start).flatMap { range in
                lines[range.upperBound...].prefix { $0 != end }
                    .split { " \n".contains($0) }.map(String.init)
            }
        }.filter { $0.first?.isLetter == true }
    }
}
