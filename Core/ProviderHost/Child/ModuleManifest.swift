import FoundationEssentials
import ProviderKit

/// A module that is a program of its own, in whatever language: a file `….module.json` beside it
/// says what it is. README.md one folder up says what the program is asked, and how it answers.
struct ModuleManifest: Codable, Sendable {
    static let suffix = ".module.json"

    /// The version of the contract that the program was written against.
    var contract: Int64
    /// The program's file, beside this one.
    var program: String
    var module: ModuleDescriptor

    /// The module of the manifest at `path`. Its program is started when it is first asked.
    /// - Parameter memory: how many bytes the program may write to.
    static func load(
        _ path: String, memory: Int
    ) throws(ModuleFile.Problem) -> ModuleExport {
        let manifest: ModuleManifest
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            manifest = try JSONDecoder().decode(ModuleManifest.self, from: data)
        } catch {
            throw ModuleFile.Problem(description: "It is no manifest of a module: \(error)")
        }
        guard manifest.contract == providerContractVersion else {
            let (its, ours) = (manifest.contract, providerContractVersion)
            throw ModuleFile.Problem(
                description: "It speaks contract version \(its), this Guildhall speaks \(ours).")
        }
        guard manifest.module.kind != .payment else {
            throw ModuleFile.Problem(
                description: "Payment modules are Swift: only quotes and taxes can be a program.")
        }
        let isPlain = !manifest.program.contains("/") && !manifest.program.hasPrefix(".")
        let program =
            path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
            + "/" + manifest.program
        guard isPlain, FileManager.default.isExecutableFile(atPath: program) else {
            throw ModuleFile.Problem(
                description: "Its program \(manifest.program) is no executable file beside it.")
        }
        let child = ChildModule(
            program: program, name: manifest.module.key, memory: memory)
        let descriptor = manifest.module
        return ModuleExport(descriptor) {
            (settings, services) throws(ProviderError) -> any Provider in
            try ChildProvider(child, descriptor, settings, services)
        }
    }
}
