public import Conformance
import Foundation
import Vocabulary

/// A conformance run in processes of its own: a module that traps ends one of them, and the next
/// goes on with the case after. Blocks its thread.
public struct ConformanceRun: Sendable {
    /// The `guildhall` program.
    public let program: String
    public let file: String
    /// A file with settings in JSON, or nil.
    public let settings: String?
    /// Files of modules that are loaded before it.
    public let beside: [String]
    public let deadline: Duration

    public init(
        program: String, file: String, settings: String? = nil, beside: [String] = [],
        within: Duration
    ) {
        self.program = program
        self.file = file
        self.settings = settings
        self.beside = beside
        deadline = within
    }

    /// A module that traps more often than this is past help.
    private static let processesMax = 50

    /// What was found; nil when the file is no module, or nothing could be started.
    public func report() -> ConformanceReport? {
        let files = FileManager.default
        let output = files.temporaryDirectory
            .appendingPathComponent("guildhall-conformance-\(ID<ProviderInstance>())").path
        defer { try? files.removeItem(atPath: output) }
        let end = ContinuousClock.now + deadline
        var record = ConformanceRecord()
        for _ in 0..<Self.processesMax where !record.isWhole {
            var arguments = ["module", "check", file, "--inside", "--from", "\(record.next)"]
            if let settings { arguments += ["--settings", settings] }
            for other in beside { arguments += ["--beside", other] }
            let left = max(end - .now, .zero)
            let ended = ProgramRun(program, arguments, within: left, output: output).run()
            let lines = files.contents(atPath: output) ?? Data()
            record.read(String(decoding: lines, as: UTF8.self))
            switch ended {
            case .exited(0): return record.report
            case .exited(let code):
                guard record.died("the process ended with code \(code)") else { return nil }
            case .signalled(let signal):
                guard record.died("the module trapped: signal \(signal)") else { return nil }
            case .late:
                _ = record.died("the run was not over after \(deadline)")
                return record.report
            case .notStarted: return nil
            }
        }
        return record.report
    }
}
