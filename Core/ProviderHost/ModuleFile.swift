import Glibc
public import ProviderKit

/// A module's file, loaded: the code in it stays for as long as the process lives.
public struct ModuleFile: Sendable {
    public let path: String
    public let module: ModuleExport
    /// What the conformance run speaks to; nil when the module brings none.
    public let counterpart: CounterpartExport?
    /// Another module's file, whose counterpart a program's manifest names; it is not loaded.
    public let counterpartFile: String?

    /// Why a file is no module that could be taken.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// Loads the file. Nothing of its Swift is touched before it and this host agree on the
    /// contract's version.
    /// - Parameter programMemory: how many bytes a module that is a program of its own may write
    ///   to.
    public static func load(
        _ path: String, programMemory: Int? = nil
    ) throws(Problem) -> ModuleFile {
        if path.hasSuffix(ModuleManifest.suffix) {
            return try ModuleManifest.load(
                path, memory: programMemory ?? ChildProgram.memoryBytes)
        }
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown"
            throw Problem(description: "It cannot be loaded: \(reason)")
        }
        guard let contract = dlsym(handle, contractSymbol), let entry = dlsym(handle, moduleSymbol)
        else { throw Problem(description: "It is not a provider module.") }
        typealias Contract = @convention(c) () -> Int64
        typealias Entry = @convention(c) () -> UnsafeMutableRawPointer
        let version = unsafeBitCast(contract, to: Contract.self)()
        guard version == providerContractVersion else {
            let ours = providerContractVersion
            throw Problem(
                description:
                    "It speaks contract version \(version), this Guildhall speaks \(ours).")
        }
        let module = unsafeBitCast(entry, to: Entry.self)()
        let counterpart = dlsym(handle, counterpartSymbol)
            .map { unsafeBitCast($0, to: Entry.self)() }
            .map { Unmanaged<CounterpartExport>.fromOpaque($0).takeUnretainedValue() }
        return ModuleFile(
            path: path,
            module: Unmanaged<ModuleExport>.fromOpaque(module).takeUnretainedValue(),
            counterpart: counterpart, counterpartFile: nil)
    }
}
