import Foundation

/// Load generators that Debian packages: `wrk`, `pgbench`.
enum BenchTool {
    /// Runs a tool to its end.
    /// - Returns: what it wrote to standard output.
    /// - Throws: ``OperatorProblem`` that names a tool that is missing, or repeats its complaint.
    static func run(_ name: String, _ arguments: [String], package: String) async throws -> String {
        guard let path = name.contains("/") ? name : path(of: name) else {
            throw OperatorProblem(
                "\(name) is not installed; it measures: apt-get install \(package)")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (output, complaints) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaints
        let text = try await withCheckedThrowingContinuation { continuation in
            // Reading to the end blocks, so it has a thread of its own.
            let reader = Thread {
                do {
                    // Swift's threads block signals and children inherit that: pgbench would
                    // never hear the alarm that ends it.
                    var none = sigset_t()
                    sigemptyset(&none)
                    pthread_sigmask(SIG_SETMASK, &none, nil)
                    try process.run()
                    let bytes = output.fileHandleForReading.readDataToEndOfFile()
                    let errors = complaints.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    guard process.terminationStatus == 0 else {
                        let text = String(decoding: errors.suffix(600), as: UTF8.self)
                        throw OperatorProblem("\(name) failed: \(text)")
                    }
                    continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            reader.start()
        }
        return text
    }

    private static func path(of name: String) -> String? {
        let folders = ["/usr/bin", "/usr/local/bin", "/bin"] + postgresFolders
        return folders.map { $0 + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static var postgresFolders: [String] {
        let root = "/usr/lib/postgresql"
        let found = FileManager.default.subpaths(atPath: root, depth: 1)
        return found.sorted().reversed().map { "\(root)/\($0)/bin" }
    }

    /// What `wrk --latency` measured.
    struct Answer: Sendable {
        let rate: Double
        let p50Ms: Double?
        /// As ``ReadsScript`` has it say, which every script of ours does.
        let p95Ms: Double?
        let p99Ms: Double?
    }

    /// Asks `url` with `connections` at once, as fast as it answers.
    /// - Throws: ``OperatorProblem`` also when an answer was not a success, or never came.
    static func wrk(_ url: String, connections: Int, seconds: Int, script: String? = nil)
        async throws -> Answer
    {
        let scripted = script.map { ["-s", $0] } ?? []
        let text = try await run(
            "wrk",
            ["-t1", "-c\(connections)", "-d\(seconds)s", "--latency", "--timeout", "10s"]
                + scripted + [url], package: "wrk")
        return try answer(in: text, from: url)
    }

    /// What wrk's report says.
    /// - Throws: ``OperatorProblem`` when it is none, or not every request was answered well.
    static func answer(in text: String, from url: String) throws -> Answer {
        try requireAnswers(in: text, from: url)
        let lines = text.split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
        func milliseconds(_ label: String) -> Double? {
            lines.first { $0.count == 2 && $0[0] == label }.flatMap { Self.milliseconds($0[1]) }
        }
        guard
            let rate = lines.first(where: { $0.first == "Requests/sec:" })
                .flatMap({ Double($0[1]) })
        else { throw OperatorProblem("wrk said something unexpected: \(text.suffix(300))") }
        return Answer(
            rate: rate, p50Ms: milliseconds("50%"), p95Ms: milliseconds("p95"),
            p99Ms: milliseconds("99%"))
    }

    /// A request that was lost or refused is in none of wrk's figures, which look better for it.
    /// - Throws: ``OperatorProblem`` with wrk's own line about such requests.
    static func requireAnswers(in text: String, from url: String) throws {
        let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        for line in lines where line.hasPrefix("Socket errors:") || line.hasPrefix("Non-2xx") {
            throw OperatorProblem("\(url): requests without a good answer. \(line)")
        }
    }

    private static func milliseconds(_ text: String) -> Double? {
        for (suffix, factor) in [("us", 0.001), ("ms", 1), ("s", 1000)]
        where text.hasSuffix(suffix) {
            return Double(text.dropLast(suffix.count)).map { $0 * factor }
        }
        return nil
    }
}

extension FileManager {
    /// The names in a folder; none when it cannot be read.
    fileprivate func subpaths(atPath path: String, depth: Int) -> [String] {
        do { return try contentsOfDirectory(atPath: path) } catch { return [] }
    }
}
