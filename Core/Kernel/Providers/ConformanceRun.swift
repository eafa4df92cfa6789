public import Conformance
import Foundation
public import ProviderHost
public import ProviderKit
import Vocabulary

/// A conformance run in processes of its own: a module that traps ends one of them, and the next
/// goes on with the case after. They stand in a network of their own where the machine permits that
/// (`NetworkWall`), else the report says so. Blocks its thread.
public struct ConformanceRun: Sendable {
    /// The `guildhall` program.
    public let program: String
    public let file: String
    /// A file with settings in JSON, or nil.
    public let settings: String?
    /// Files of modules that are loaded before it.
    public let beside: [String]
    /// The file of a module whose counterpart is taken instead of its own, or nil.
    public let counterpart: String?
    public let deadline: Duration
    /// Behind which it stands; nil for the one that this machine permits.
    public var wall: NetworkWall?

    public init(
        program: String, file: String, settings: String? = nil, beside: [String] = [],
        counterpart: String? = nil, within: Duration
    ) {
        // `/proc/self/exe` would be another program's by then.
        self.program = URL(fileURLWithPath: program).resolvingSymlinksInPath().path
        self.file = file
        self.settings = settings
        self.beside = beside
        self.counterpart = counterpart
        deadline = within
    }

    /// What a run may write into a file, of which nothing more is read; what it may write to in
    /// memory, and what it may lay claim to. In bytes.
    private static let fileBytes = 16 << 20
    private static let memoryBytes = 1 << 30
    private static let addressBytes = 8 << 30
    /// A module that traps more often than this is past help.
    private static let processesMax = 50

    /// What was found.
    public enum Finding: Sendable {
        case report(ModuleDescriptor, ConformanceReport)
        /// There is none, because it is no module or could not be tried: why, in a sentence.
        case none(String)
    }

    public func run() -> Finding {
        let files = FileManager.default
        let folder = files.temporaryDirectory
            .appendingPathComponent("guildhall-conformance-\(ID<ProviderInstance>())").path
        defer { try? files.removeItem(atPath: folder) }
        do {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return .none("\(folder) cannot be made.")
        }
        return run(in: folder)
    }

    private func run(in folder: String) -> Finding {
        let (output, errors) = (folder + "/output", folder + "/errors")
        let end = ContinuousClock.now + deadline
        let wall = wall ?? .found
        let bounds = [
            "/usr/bin/prlimit", "--as=\(Self.addressBytes)", "--data=\(Self.memoryBytes)",
            "--fsize=\(Self.fileBytes)", "--core=0", program,
        ]
        let command = (wall.command ?? []) + bounds
        var record = ConformanceRecord()
        record.wasWalledOff = wall.stands
        for _ in 0..<Self.processesMax where !record.isWhole {
            var one = ProgramRun(
                command[0], command.dropFirst() + arguments(from: record.next),
                within: max(end - .now, .zero), output: output, errors: errors)
            // Who writes its own backtrace is not over for half a minute.
            one.environment = ["SWIFT_BACKTRACE": "enable=no"]
            let ended = one.run()
            let written = Self.text(of: output)
            record.read(written)
            let how: String
            switch ended {
            // Its own words may have filled the file; the signal that says so may be blocked.
            case _ where !record.isWhole && written.utf8.count >= Self.fileBytes:
                how = "it wrote more than \(Self.fileBytes >> 20) MiB"
            case .exited(0): return finding(record)
            case .exited(let code):
                how = "the process ended with code \(code)"
                let complaint = Self.text(of: errors)
                if record.descriptor == nil, !complaint.isEmpty { return .none(complaint) }
            case .signalled(let signal): how = "the module trapped: signal \(signal)"
            case .late:
                _ = record.died("the run was not over after \(deadline)")
                return finding(record)
            case .notStarted: return .none("\(command[0]) does not start.")
            }
            guard record.died(how) else { return .none("When it is loaded, \(how).") }
        }
        return finding(record)
    }

    private func arguments(from first: Int) -> [String] {
        var arguments = ["module", "check", file, "--inside", "--from", "\(first)"]
        if let settings { arguments += ["--settings", settings] }
        for other in beside { arguments += ["--beside", other] }
        if let counterpart { arguments += ["--counterpart", counterpart] }
        return arguments
    }

    private func finding(_ record: ConformanceRecord) -> Finding {
        guard let descriptor = record.descriptor, let report = record.report else {
            return .none("It said nothing within \(deadline).")
        }
        return .report(descriptor, report)
    }

    /// What is in a file, as far as anybody reads it.
    private static func text(of file: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: file) else { return "" }
        defer { try? handle.close() }
        let data = try? handle.read(upToCount: Self.fileBytes)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
