import ArgumentParser
import Conformance
import Foundation
import Kernel
import ProviderHost
import ProviderKit

/// `guildhall module check FILE`
struct ModuleCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Loads a module as the market would, and tries it against the contract's rules.",
        discussion: """
            The module speaks to the scripted counterpart that its file brings, over a wire that \
            loses, delays, doubles and spoils. It has no other network where this machine permits \
            network namespaces; else the report says so. A module that is a program borrows the \
            counterpart of a lib….so which speaks the same: its manifest names one beside it, or \
            --counterpart does. It ends with 1 when a case fails.
            """)

    @Argument(help: "The module's file: lib….so, or the ….module.json of a program.")
    var file: String

    @Option(help: "A file of settings in JSON, {\"field\": \"value\"}; over the counterpart's.")
    var settings: String?

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(help: "Another module, or another version, to have loaded in the same process.")
    var beside: [String] = []

    @Option(help: "A module, lib….so, whose scripted counterpart is taken instead of its own.")
    var counterpart: String?

    @Flag(help: .private)
    var inside = false

    @Option(help: .private)
    var from = 0

    /// A run takes seconds; one that hangs is ended.
    private static let deadline: Duration = .seconds(300)

    func run() async throws {
        let path = URL(fileURLWithPath: file).path
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw OperatorProblem("\(path) cannot be read.")
        }
        if inside { return try await runInside(path) }
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
        let run = ConformanceRun(
            program: program, file: path, settings: settings, beside: beside,
            counterpart: counterpart, within: Self.deadline)
        let threads = WorkThreads(count: 1, waitingMax: 1)
        // Nothing of the module is loaded here: it may end the process that does.
        let (module, report): (ModuleDescriptor, ConformanceReport)
        switch try await threads.run({ [run] in run.run() }) {
        case .report(let found, let made): (module, report) = (found, made)
        case .none(let reason): throw OperatorProblem(Self.plain(reason))
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            say(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            describe(module)
            for line in report.table { say(line) }
        }
        if !report.passes { throw ExitCode(1) }
    }

    /// The run itself, in the process that a trap may end.
    private func runInside(_ path: String) async throws {
        for other in beside { _ = try load(URL(fileURLWithPath: other).path) }
        let loaded = try load(path)
        let suite = ConformanceSuite(
            loaded.module, counterpart: try lent(to: loaded), settings: try given())
        let titles = suite.names.map { ConformanceProgress.Title(group: $0.group, name: $0.name) }
        say(
            ConformanceProgress.module(descriptor: loaded.module.descriptor, cases: titles).line)
        _ = await suite.run(
            from: from, began: { say(ConformanceProgress.began(index: $0).line) },
            heard: { say(ConformanceProgress.heard(findings: $0).line) },
            ended: { say(ConformanceProgress.ended(index: $0, outcome: $1).line) })
    }

    /// What the run's process complained of, without the word that it began with.
    private static func plain(_ complaint: String) -> String {
        let text = complaint.split(separator: "\n").joined(separator: "\n")
        return text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text
    }

    private func load(_ path: String) throws -> ModuleFile {
        do throws(ModuleFile.Problem) {
            return try ModuleFile.load(path)
        } catch {
            throw OperatorProblem(error.description)
        }
    }

    /// What the module speaks to: the counterpart that is asked for, its own, or another module's.
    private func lent(to module: ModuleFile) throws -> CounterpartExport? {
        if let counterpart {
            let path = URL(fileURLWithPath: counterpart).path
            guard let lent = try load(path).counterpart else {
                throw OperatorProblem("\(path) brings no counterpart.")
            }
            return lent
        }
        guard let file = module.counterpartFile else { return module.counterpart }
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw OperatorProblem(
                "The module whose counterpart it borrows is not there: \(file). Another place of "
                    + "it can be given with --counterpart.")
        }
        return try load(file).counterpart
    }

    private func given() throws -> [String: String] {
        guard let settings else { return [:] }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: settings))
            return try JSONDecoder().decode([String: String].self, from: data)
        } catch {
            throw OperatorProblem("\(settings) is not a JSON object of texts.")
        }
    }

    private func describe(_ module: ModuleDescriptor) {
        say("\(module.name) \(module.version) (\(module.key)), \(module.kind.rawValue)")
        if !module.summary.isEmpty { say("  \(module.summary)") }
        for field in module.fields {
            let marks = [field.required ? "required" : nil, field.isSecret ? "secret" : nil]
                .compactMap { $0 }.joined(separator: ", ")
            say("  \(field.key): \(field.label)\(marks.isEmpty ? "" : " (\(marks))")")
        }
        let capabilities = module.capabilities.map(\.rawValue).sorted()
        if !capabilities.isEmpty { say("  can: \(capabilities.joined(separator: ", "))") }
        say("It loads and speaks contract version \(providerContractVersion).")
    }
}
