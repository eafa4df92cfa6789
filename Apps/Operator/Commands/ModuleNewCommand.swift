import ArgumentParser
import Foundation
import ProviderKit

/// `guildhall module new KIND NAME`
struct ModuleNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Writes a package for a module of your own: it builds, its test passes.")

    @Argument(
        help: "What it provides: \(ProviderKind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var kind: ProviderKind

    @Argument(help: "Its name, letters and digits with a capital first: FlatShipping.")
    var name: String

    @Option(help: "The folder for the package; a folder of its name is made in it.")
    var into = "."

    @Option(
        help: """
            The checkout of Guildhall whose provider kit it is built with; where this program was \
            built, unless it is given.
            """)
    var kit: String?

    func run() async throws {
        guard let template = ModuleTemplate(kind, name) else {
            throw ValidationError(
                "\(name) is no name for a module: 2 to 60 letters and digits, a capital first.")
        }
        let files = FileManager.default
        let kit = try kitFolder()
        let folder = URL(fileURLWithPath: into).appendingPathComponent(name)
        guard !files.fileExists(atPath: folder.path) else {
            throw OperatorProblem("\(folder.path) is there already.")
        }
        for (path, text) in template.files(kit: kit) {
            let file = folder.appendingPathComponent(path)
            try files.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        say("\(folder.path) holds a module that works. In it:")
        say("  swift build && swift test")
        say("  guildhall module check .build/debug/lib\(name).so")
    }

    /// The kit's own package in the checkout that was given or that this program lies in.
    private func kitFolder() throws -> String {
        let files = FileManager.default
        var folders: [URL] = []
        if let kit {
            folders = [URL(fileURLWithPath: kit)]
        } else {
            var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            for _ in 0..<8 {
                folder.deleteLastPathComponent()
                folders.append(folder)
            }
        }
        for folder in folders {
            for path in ["", "Core/ProviderKit"] {
                let candidate = folder.appendingPathComponent(path)
                    .standardizedFileURL.resolvingSymlinksInPath()
                let source = candidate.appendingPathComponent("Sources/ProviderKit/Module.swift")
                if files.fileExists(atPath: source.path) { return candidate.path }
            }
        }
        throw OperatorProblem(
            "The provider kit was not found; name a checkout of Guildhall with --kit.")
    }
}

extension ProviderKind: @retroactive ExpressibleByArgument {}
