import Glibc
public import ProviderKit
import Synchronization

/// The modules that this process has loaded from its modules folder, each by key and version:
/// several versions of one module may be there at once.
///
/// Nothing is ever unloaded: code of a module may run at any time.
public final class ModuleCatalog: Sendable {
    /// A file of the modules folder that was not taken, and why, in a sentence.
    public struct Refused: Hashable, Sendable, Codable {
        public let file: String
        public let reason: String

        public init(file: String, reason: String) {
            self.file = file
            self.reason = reason
        }
    }

    /// A module as another process hears of it.
    public struct Listed: Hashable, Sendable, Codable {
        public let descriptor: ModuleDescriptor
        /// Nil for a built-in one.
        public let file: String?
    }

    private struct Found {
        var module: ModuleExport
        /// Nil for a built-in one.
        var path: String?
    }

    private struct State {
        var modules: [String: [ModuleVersion: Found]] = [:]
        var files: Set<String> = []
        var refused: [Refused] = []
        /// The file that is being loaded just now.
        var loading: String?
        /// Nil for the modules of this process, and of another one that did not say.
        var areProgramsApart: Bool?
        /// Whether the modules are another process's.
        var isMirror = false
    }

    public let folder: String?
    private let notes: LoadingNotes?
    private let programMemory: Int
    private let state = Mutex(State())
    /// Held while files are loaded, which may take as long as a module likes: what is known already
    /// is read without it.
    private let scanning = Mutex(())

    /// How long a look into the folder waits for another one.
    static let patience: Duration = .seconds(2)

    /// Loads what is in `folder`.
    /// - Parameters:
    ///   - builtIn: modules that are there without a file, for tests.
    ///   - notes: a file that outlives the process, so that a module which ends it when it is
    ///     loaded is left alone by the next ones.
    ///   - programMemory: how many bytes a module that is a program of its own may write to.
    public init(
        folder: String?, builtIn: [ModuleExport] = [], notes: String? = nil,
        programMemory: Int? = nil
    ) {
        self.folder = folder
        self.programMemory = programMemory ?? ChildProgram.memoryBytes
        self.notes = notes.map { LoadingNotes(path: $0) }
        state.withLock { state in
            for module in builtIn {
                state.modules[module.descriptor.key, default: [:]][
                    ModuleVersion(module.descriptor.version)] = Found(module: module)
            }
        }
        rescan()
    }

    /// Every module, by key, the oldest version first.
    public var modules: [ModuleExport] {
        state.withLock { state in
            state.modules.sorted { $0.key < $1.key }.flatMap { _, versions in
                versions.sorted { $0.key < $1.key }.map(\.value.module)
            }
        }
    }

    /// The same for another process.
    public var listed: [Listed] {
        state.withLock { state in
            state.modules.values.flatMap(\.values).map {
                Listed(descriptor: $0.module.descriptor, file: $0.path)
            }
        }
    }

    /// Whether one of them is a program of its own.
    public var hasPrograms: Bool { has(ModuleManifest.suffix) }

    /// Whether one of them is a library: its code is the process's own, and can do what that can.
    public var hasLibraries: Bool { has(Self.librarySuffix) }

    private func has(_ suffix: String) -> Bool {
        state.withLock { state in
            state.modules.values.flatMap(\.values).contains {
                $0.path?.hasSuffix(suffix) ?? false
            }
        }
    }

    /// Whether the machine where they run keeps modules' programs off the network; nil where that
    /// is not known.
    public func areProgramsApart() async -> Bool? {
        let (isMirror, told) = state.withLock { ($0.isMirror, $0.areProgramsApart) }
        if isMirror { return told }
        return await NetworkWall.ofThisMachine().stands
    }

    /// Takes the place of what was known: modules of another process. They can be described here,
    /// and made there only.
    /// - Parameter areProgramsApart: nil leaves what was known.
    public func mirror(
        _ listed: [Listed], refused: [Refused], areProgramsApart: Bool? = nil
    ) {
        state.withLock { state in
            state.refused = refused
            state.isMirror = true
            state.areProgramsApart = areProgramsApart ?? state.areProgramsApart
            state.modules = [:]
            for one in listed {
                let module = ModuleExport(one.descriptor) {
                    (_, _) throws(ProviderError) -> any Provider in
                    throw .unsupported(operation: "making an instance outside the provider host")
                }
                state.modules[one.descriptor.key, default: [:]][
                    ModuleVersion(one.descriptor.version)] = Found(
                        module: module, path: one.file)
            }
        }
    }

    /// What was found and not taken, at the last scan, and what is being loaded just now.
    public var refused: [Refused] {
        state.withLock { state in
            guard let loading = state.loading else { return state.refused }
            let hanging = Refused(file: loading, reason: "It is still being loaded.")
            return state.refused.filter { $0.file != loading } + [hanging]
        }
    }

    /// The newest version of a module; nil when there is none of that key.
    public func module(_ key: String) -> ModuleExport? { module(key, version: nil) }

    /// What serves an instance that was made with `version`: that version where it is loaded,
    /// else the newest of the same major number. Nil when there is neither.
    public func module(_ key: String, version: String?) -> ModuleExport? {
        found(key, version: version)?.module
    }

    /// The file of such a module; nil when there is none, or it is built in.
    public func file(of key: String, version: String?) -> String? {
        found(key, version: version)?.path
    }

    private func found(_ key: String, version: String?) -> Found? {
        state.withLock { state in
            guard let versions = state.modules[key] else { return nil }
            guard let wanted = version.map({ ModuleVersion($0) }) else {
                return versions.max { $0.key < $1.key }?.value
            }
            return versions[wanted]
                ?? versions.filter { $0.key.major == wanted.major }.max { $0.key < $1.key }?.value
        }
    }

    /// Looks into the folder again and loads files that are new. A file that was refused is tried
    /// again. Reads files and runs what modules do when they are loaded: not for a hot path.
    ///
    /// One look at a time: another waits for it, but no longer than ``patience``, since a module
    /// may hang while it is loaded.
    public func rescan() {
        guard let folder else { return }
        let end = ContinuousClock.now + Self.patience
        while scanning.withLockIfAvailable({ _ in scan(folder) }) == nil {
            guard ContinuousClock.now < end else { return }
            usleep(10_000)
        }
    }

    private func scan(_ folder: String) {
        guard let names = Self.libraries(in: folder) else {
            let reason = "The folder cannot be read."
            state.withLock { $0.refused = [Refused(file: folder, reason: reason)] }
            return
        }
        let known = state.withLock { $0.files }
        var refused: [Refused] = []
        for name in names where !known.contains(name) {
            state.withLock { $0.loading = name }
            do throws(ModuleFile.Problem) {
                try take(try load(folder + "/" + name), from: name)
            } catch {
                refused.append(Refused(file: name, reason: error.description))
            }
        }
        state.withLock { state in
            state.loading = nil
            state.refused = refused
        }
    }

    private func take(_ file: ModuleFile, from name: String) throws(ModuleFile.Problem) {
        let descriptor = file.module.descriptor
        let version = ModuleVersion(descriptor.version)
        let isNew = state.withLock { state in
            guard state.modules[descriptor.key]?[version] == nil else { return false }
            state.modules[descriptor.key, default: [:]][version] = Found(
                module: file.module, path: file.path)
            state.files.insert(name)
            return true
        }
        guard isNew else {
            throw ModuleFile.Problem(
                description: "There is a module \(descriptor.key) \(descriptor.version) already.")
        }
    }

    private func load(_ path: String) throws(ModuleFile.Problem) -> ModuleFile {
        guard let notes else {
            return try ModuleFile.load(path, programMemory: programMemory)
        }
        return try notes.loading(path) { () throws(ModuleFile.Problem) in
            try ModuleFile.load(path, programMemory: programMemory)
        }
    }

    private static let librarySuffix = ".so"

    private static func libraries(in folder: String) -> [String]? {
        guard let directory = opendir(folder) else { return nil }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // The kit itself lies beside the modules where they are built.
            let isLibrary = name.hasSuffix(librarySuffix) && name != "libProviderKit.so"
            if isLibrary || name.hasSuffix(ModuleManifest.suffix) { names.append(name) }
        }
        return names.sorted()
    }
}
