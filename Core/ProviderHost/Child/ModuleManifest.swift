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
    /// What it can be asked, by the names of `ProviderRole`; nil is what its kind alone says.
    var roles: [String]?
    /// The file of a module in Swift beside this one, whose scripted counterpart speaks what the
    /// program speaks: the conformance run borrows it.
    var counterpart: String?
    var module: ModuleDescriptor

    /// The module of the manifest at `path`. Its program is started when it is first asked.
    /// - Parameter memory: how many bytes the program may write to.
    static func load(_ path: String, memory: Int) throws(ModuleFile.Problem) -> ModuleFile {
        let manifest: ModuleManifest
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            manifest = try JSONDecoder().decode(ModuleManifest.self, from: data)
        } catch {
            throw ModuleFile.Problem(description: "It is no manifest of a module: \(error)")
        }
        guard Hello.contracts.contains(manifest.contract) else {
            let (its, ours) = (manifest.contract, providerContractVersion)
            throw ModuleFile.Problem(
                description: "It speaks contract version \(its), this Guildhall speaks \(ours).")
        }
        let roles = try ProgramRoles.read(manifest.roles, of: manifest.module.kind)
        let folder = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/"
        let program = folder + manifest.program
        guard isPlain(manifest.program), FileManager.default.isExecutableFile(atPath: program)
        else {
            throw ModuleFile.Problem(
                description: "Its program \(manifest.program) is no executable file beside it.")
        }
        if let counterpart = manifest.counterpart, !isPlain(counterpart) {
            throw ModuleFile.Problem(
                description: "Its counterpart \(counterpart) is no file beside it.")
        }
        let child = ChildModule(
            program: program, name: manifest.module.key, kind: manifest.module.kind, roles: roles,
            memory: memory)
        let descriptor = manifest.module
        let module = ModuleExport(descriptor, of: ChildProvider.self) {
            (settings, services) throws(ProviderError) -> any Provider in
            try ChildProvider(child, descriptor, settings, services)
        }
        return ModuleFile(
            path: path, module: module, counterpart: nil,
            counterpartFile: manifest.counterpart.map { folder + $0 })
    }

    /// Whether it names a file of the same folder.
    private static func isPlain(_ name: String) -> Bool {
        !name.contains("/") && !name.hasPrefix(".")
    }
}
