import Testing

/// Things that have one place each.
@Suite struct `Everything in its place` {
    /// Files outside the stores that may hold SQL, each with its reason. This list only shrinks.
    static let sqlElsewhere = [
        "Apps/Operator/Commands/Diagnosis.swift": "asks whether the server answers at all",
        "Apps/Operator/Wiring.swift": "the same, for readiness",
    ]

    @Test func `SQL stands in stores and migrations only`() {
        var faults: [String] = []
        for file in SourceTree.files
        where file.isUnder("Core/Kernel") || file.isUnder("Core/Web") || file.isUnder("Apps") {
            // `OrderStore.swift`, and `OrderStore+lists.swift` where one file was too long.
            guard !file.name.hasSuffix("Store.swift"), !file.name.contains("Store+"),
                Self.sqlElsewhere[file.path] == nil,
                // Benches compare with hand-written statements; that is what they measure.
                !file.path.hasPrefix("Apps/Operator/Bench")
            else { continue }
            for (index, line) in file.code.enumerated() where Self.startsSQL(line) {
                faults.append("\(file.at(index)) \(line.drop(while: { $0 == " " }))")
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Move the statement into the noun's <Noun>Store.swift."))"
        )
    }

    static func startsSQL(_ line: String) -> Bool {
        // The start of a literal, or a line of a multi-line one: both without what precedes.
        var text = line.drop { $0 == " " }
        if let quote = text.firstIndex(of: "\"") {
            text = text[quote...].drop { $0 == "\"" || $0 == " " }
        }
        return ["select ", "insert into ", "delete from "].contains(where: text.hasPrefix)
            || (text.hasPrefix("update ") && text.contains(" set "))
    }

    @Test func `libpq and hiredis are touched by their wrappers only`() {
        var faults: [String] = []
        for file in SourceTree.files where !file.isUnder("Tests") {
            for (index, line) in file.code.enumerated() {
                if !file.isUnder("Core/Postgres"), Self.calls(line, prefix: "PQ") {
                    faults.append("\(file.at(index)) speaks to libpq; use Postgres.Database")
                }
                if !file.isUnder("Core/Redis"),
                    ["redisCommand", "redisAsync", "redisConnect"].contains(where: line.contains)
                {
                    faults.append("\(file.at(index)) speaks to hiredis; use Redis.RedisClient")
                }
            }
        }

        #expect(faults.isEmpty, "\(list(faults, "Each C library has one wrapper."))")
    }

    @Test func `the environment is read in one file`() {
        let readers = ["Apps/Operator/Settings.swift"]
        let reasons: [String: String] = [
            // A child is told by its supervisor's own variable, not by an operator.
            "Apps/Operator/Supervising/Lifeline.swift": "set by the supervisor",
            "Apps/Operator/Supervising/UpCommand.swift": "hands the environment to children",
            "Apps/Operator/Supervising/Preparation.swift": "hands the environment to children",
            "Apps/Operator/Bench/StartBench.swift": "hands the environment to children",
            "Apps/Operator/Bench/BenchHost.swift": "hands the environment to children",
            "Apps/Operator/Commands/Diagnosis.swift": "looks for tools on the PATH",
            // libpq documents that its own PG… variables fill what a connection string leaves out.
            "Core/Postgres/ServerAddress.swift": "libpq's own defaults",
        ]
        var faults: [String] = []
        for file in SourceTree.files
        where !file.isUnder("Tests") && !readers.contains(file.path) && reasons[file.path] == nil {
            for (index, line) in file.code.enumerated()
            where line.contains("getenv(") || line.contains("ProcessInfo.processInfo.environment") {
                faults.append(file.at(index))
            }
        }

        #expect(
            faults.isEmpty,
            "\(list(faults, "Add a field to Apps/Operator/Settings.swift and pass the value."))")
    }

    @Test func `every capability of the kernel is tested where it would be looked for`() {
        func folders(_ root: String) -> Set<String> {
            Set(
                SourceTree.files(under: root).compactMap { file in
                    let parts = file.path.dropFirst(root.count + 1).split(separator: "/")
                    return parts.count > 1 ? String(parts[0]) : nil
                })
        }
        let untested = folders("Core/Kernel").subtracting(folders("Tests/KernelTests")).sorted()

        #expect(
            untested.isEmpty,
            "\(list(untested, "Each folder of Core/Kernel has a twin in Tests/KernelTests."))")
    }

    private static func calls(_ line: String, prefix: String) -> Bool {
        var rest = line[...]
        while let range = rest.range(of: prefix) {
            let before =
                range.lowerBound > line.startIndex
                ? line[line.index(before: range.lowerBound)] : " "
            let after = rest[range.upperBound...].prefix { $0.isLetter }
            let next = rest[range.upperBound...].dropFirst(after.count).first
            if !before.isLetter, !before.isNumber, before != "\"", after.first?.isLowercase == true,
                next == "("
            {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
