import Foundation
import TestSupport

/// The program as SwiftPM built it, run as an operator runs it: with arguments and an environment
/// of its own, for its exit code and what it says.
enum Guildhall {
    struct Outcome: Sendable {
        /// 0, 1, or 64 for what it was called with.
        let code: Int32
        let output: String
        let complaints: String
        /// Both, for sentences that may stand on either.
        var said: String { output + complaints }
    }

    /// - Parameter environment: nothing of the test's own is handed on.
    static func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(all: arguments, environment: environment)
    }

    static func run(
        all arguments: [String], environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(
            program: productsFolder + "/guildhall", arguments,
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new })
    }

    /// Another program, of which the same is told.
    static func run(
        program: String, _ arguments: [String], environment: [String: String]
    ) async throws -> Outcome {
        let (output, complaints) = (FileHandle.temporary(), FileHandle.temporary())
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = complaints
        let code = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Outcome(code: code, output: output.wholeText(), complaints: complaints.wholeText())
    }

    /// What every command that opens the market needs, on a database of its own.
    static func environment(of database: TestDatabase, home: String) throws -> [String: String] {
        [
            "DATABASE_URL": try TestServers.url(ofDatabase: database.name),
            "REDIS_URL": try TestServers.redisURL, "GUILDHALL_HOME": home,
        ]
    }

    /// The program, under way; for tests that end it.
    /// - Parameter log: a file for all that it says.
    static func start(
        _ arguments: [String], environment: [String: String], log: String? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: productsFolder + "/guildhall")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        var output = FileHandle.nullDevice
        if let log {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            output = try FileHandle(forWritingTo: URL(filePath: log))
        }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    /// Runs `body` with an empty market and a home folder.
    static func withMarket(
        _ body: (_ environment: [String: String], _ home: String) async throws -> Void
    ) async throws {
        try await withDatabase { try await body($1, $2) }
    }

    /// The same with the market's database.
    static func withDatabase(
        _ body: (
            _ database: TestDatabase, _ environment: [String: String], _ home: String
        ) async throws -> Void
    ) async throws {
        let database = try await TestDatabase.make()
        let home = FileManager.default.temporaryDirectory.path + "/" + database.name
        do {
            try await body(database, try environment(of: database, home: home), home)
        } catch {
            try await database.drop()
            throw error
        }
        try await database.drop()
        if FileManager.default.fileExists(atPath: home) {
            try FileManager.default.removeItem(atPath: home)
        }
    }

    /// Where the test program and `guildhall` lie.
    static var productsFolder: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().path
    }
}

/// Tries until it holds. The machine may be busy: two minutes.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return false
}

extension FileHandle {
    /// A file without a name, which is gone when it is closed.
    fileprivate static func temporary() -> FileHandle {
        var path = Array("/tmp/guildhall-said-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        unlink(path)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    fileprivate func wholeText() -> String {
        lseek(fileDescriptor, 0, SEEK_SET)
        return String(decoding: readDataToEndOfFile(), as: UTF8.self)
    }
}
