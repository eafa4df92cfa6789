import ArgumentParser
import Foundation
import ProviderHost
import ProviderKit

/// `guildhall module check FILE`
struct ModuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Provider modules.", subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Loads a module as the market would, and says what it is.")

        @Argument(help: "The module's file, lib….so.")
        var file: String

        func run() async throws {
            let path = URL(fileURLWithPath: file).path
            guard FileManager.default.isReadableFile(atPath: path) else {
                throw OperatorProblem("\(path) cannot be read.")
            }
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("guildhall-module-" + hexadecimal(randomBytes(8)))
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let name = path.hasSuffix(".so") ? URL(fileURLWithPath: path).lastPathComponent : "m.so"
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/" + name, withDestinationPath: path)
            let catalog = ModuleCatalog(folder: folder.path)
            if let refused = catalog.refused.first { throw OperatorProblem(refused.reason) }
            guard let module = catalog.modules.first?.descriptor else {
                throw OperatorProblem("The file's name has to end in .so.")
            }
            describe(module)
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
}
