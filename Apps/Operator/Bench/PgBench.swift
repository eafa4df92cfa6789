import Foundation

/// The fastest client that PostgreSQL comes with, as the ceiling of what the cluster can do.
enum PgBench {
    /// - Parameters:
    ///   - url: the database.
    ///   - planning: a setting that our own connections have too; none for the server's own.
    /// - Returns: transactions per second, and how long they took.
    static func rate(
        _ url: String, planningAs planning: String? = nil, script: String, clients: Int,
        seconds: Int
    ) async throws -> BenchTool.Answer {
        let folder = FileManager.default.temporaryDirectory.path
        let file = folder + "/guildhall-pgbench-\(ProcessInfo.processInfo.processIdentifier).sql"
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        defer { unlink(file) }
        let option = planning.map { "options=-c%20" + $0.replacing("=", with: "%3D") }
        let url = option.map { url + (url.contains("?") ? "&" : "?") + $0 } ?? url
        let text = try await BenchTool.run(
            "pgbench",
            [
                "-n", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-T", "\(seconds)",
                "-f", file, url,
            ], package: "postgresql")
        guard
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = line.split(separator: " ").dropFirst(2).first.flatMap({ Double($0) })
        else { throw OperatorProblem("pgbench said something unexpected: \(text.suffix(300))") }
        return BenchTool.Answer(rate: rate, p50Ms: nil, p95Ms: nil, p99Ms: nil)
    }
}
