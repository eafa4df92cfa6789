import Glibc
public import ProviderKit
import Synchronization

/// The modules that this process has loaded from its modules folder.
///
/// Nothing is ever unloaded: code of a module may run at any time.
public final class ModuleCatalog: Sendable {
    /// A file of the modules folder that was not taken, and why, in a sentence.
    public struct Refused: Hashable, Sendable {
        public let file: String
        public let reason: String

        public init(file: String, reason: String) {
            self.file = file
            self.reason = reason
        }
    }

    private struct State {
        var modules: [String: ModuleExport] = [:]
        var files: Set<String> = []
        var refused: [Refused] = []
    }

    public let folder: String?
    private let state = Mutex(State())

    /// Loads what is in `folder`. `builtIn` modules are there without a file, for tests.
    public init(folder: String?, builtIn: [ModuleExport] = []) {
        self.folder = folder
        state.withLock { state in
            for module in builtIn { state.modules[module.descriptor.key] = module }
        }
        rescan()
    }

    /// Every module, by key.
    public var modules: [ModuleExport] {
        state.withLock { state in
            state.modules.values.sorted { $0.descriptor.key < $1.descriptor.key }
        }
    }

    /// What was found and not taken, at the last scan.
    public var refused: [Refused] { state.withLock { $0.refused } }

    /// Nil when there is no module of that key.
    public func module(_ key: String) -> ModuleExport? { state.withLock { $0.modules[key] } }

    /// Looks into the folder again and loads files that are new. A file that was refused is tried
    /// again. Reads files: not for a hot path.
    public func rescan() {
        guard let folder else { return }
        state.withLock { state in
            state.refused = []
            guard let names = Self.libraries(in: folder) else {
                state.refused = [Refused(file: folder, reason: "The folder cannot be read.")]
                return
            }
            for name in names where !state.files.contains(name) {
                switch Self.load(folder + "/" + name) {
                case .failure(let problem):
                    state.refused.append(Refused(file: name, reason: problem.reason))
                case .success(let module):
                    let key = module.descriptor.key
                    if state.modules[key] != nil {
                        let reason = "There is a module \(key) already."
                        state.refused.append(Refused(file: name, reason: reason))
                    } else {
                        state.modules[key] = module
                        state.files.insert(name)
                    }
                }
            }
        }
    }

    private struct Problem: Error { let reason: String }

    private static func load(_ path: String) -> Result<ModuleExport, Problem> {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown"
            return .failure(Problem(reason: "It cannot be loaded: \(reason)"))
        }
        guard let contract = dlsym(handle, contractSymbol), let entry = dlsym(handle, moduleSymbol)
        else { return .failure(Problem(reason: "It is not a provider module.")) }
        typealias Contract = @convention(c) () -> Int64
        typealias Entry = @convention(c) () -> UnsafeMutableRawPointer
        // A plain integer from a plain C function: nothing of the module's Swift is touched
        // before the two agree on the contract.
        let version = unsafeBitCast(contract, to: Contract.self)()
        guard version == providerContractVersion else {
            let ours = providerContractVersion
            let reason = "It speaks contract version \(version), this Guildhall speaks \(ours)."
            return .failure(Problem(reason: reason))
        }
        let pointer = unsafeBitCast(entry, to: Entry.self)()
        return .success(Unmanaged<ModuleExport>.fromOpaque(pointer).takeUnretainedValue())
    }

    private static func libraries(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // The kit itself lies beside the modules where they are built.
            if name.hasSuffix(".so"), name != "libProviderKit.so" { names.append(name) }
        }
        return names.sorted()
    }
}
