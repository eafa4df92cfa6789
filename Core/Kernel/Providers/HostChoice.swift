import ProviderHost
public import ProviderKit
import Vocabulary

extension ProviderInstance {
    /// A host that a module declares, and what was decided about it.
    public struct Host: Hashable, Sendable {
        /// In lower case, without a port.
        public let name: String
        public let isAllowed: Bool
        /// Whether nobody was asked about it yet, because an earlier version of the module did
        /// not declare it. It is not reached.
        public let isNew: Bool
    }

    /// What a module asks for before there is an instance of it. Without a word against it, all of
    /// that is allowed.
    public static func hosts(askedBy module: ModuleDescriptor) -> [Host] {
        module.declaredHosts.map { Host(name: $0, isAllowed: true, isNew: false) }
    }

    /// What a version of its module asks for, and what was decided about that.
    public func hosts(askedBy module: ModuleDescriptor) -> [Host] {
        module.declaredHosts.map { name in
            let isAllowed = allowedHosts?.contains(name) ?? true
            return Host(
                name: name, isAllowed: isAllowed,
                isNew: !isAllowed && !refusedHosts.contains(name))
        }
    }

    /// - Parameter hosts: the allowed ones; nil leaves them as they are.
    func choice(
        _ hosts: Set<String>?, of module: ModuleDescriptor
    ) throws(ProviderRefusal) -> HostChoice {
        guard hosts == nil, let allowedHosts else { return try HostChoice(hosts, of: module) }
        return HostChoice(allowed: allowedHosts, refused: refusedHosts)
    }

    /// What it may reach once another version of its module serves it.
    /// - Parameter old: the version that served it; nil where there is none any more.
    func allowedHosts(
        leaving old: ModuleDescriptor?, for new: ModuleDescriptor, allowingNew: Bool
    ) -> [String]? {
        guard var allowed = (allowedHosts ?? old?.declaredHosts).map({ Set($0) }) else {
            return nil
        }
        if allowingNew { allowed.formUnion(Set(new.declaredHosts).subtracting(refusedHosts)) }
        return allowed.sorted()
    }
}

/// What an administrator said to the hosts that a module declares.
struct HostChoice: Sendable {
    let allowed: [String]
    let refused: [String]

    init(allowed: [String], refused: [String]) {
        self.allowed = allowed
        self.refused = refused
    }

    /// - Parameter hosts: the allowed ones; nil allows all that are declared.
    /// - Throws: ``ProviderRefusal/hostUnknown(_:)``.
    init(_ hosts: Set<String>?, of module: ModuleDescriptor) throws(ProviderRefusal) {
        let declared = module.declaredHosts
        let wanted = hosts.map { Set($0.map(\.hostName)) } ?? Set(declared)
        if let other = wanted.subtracting(declared).min() { throw .hostUnknown(other) }
        allowed = declared.filter { wanted.contains($0) }
        refused = declared.filter { !wanted.contains($0) }
    }
}

extension ProviderGateway {
    /// What an instance reached before anybody was asked it goes on reaching; what a later version
    /// of its module declares besides is asked about.
    func keepHosts(of configuration: inout ProviderConfiguration) async throws {
        let instance = configuration.instance
        // Where the module does not run, another process does this.
        guard runtime is LocalRuntime, instance.allowedHosts == nil,
            let module = try await module(instance.moduleKey, version: instance.moduleVersion)
        else { return }
        let hosts = module.descriptor.declaredHosts
        configuration.instance.allowedHosts = hosts
        do {
            // A process with another file of the module may have come first.
            let kept = try await database.providers.keepHosts(instance.id, hosts)
            configuration.instance.allowedHosts = kept ?? hosts
        } catch {
            logger.warning(
                "provider.hosts-not-kept",
                metadata: ["instance": "\(instance.id)", "error": "\(error)"])
        }
    }
}

extension Marketplace {
    /// The version of its module that serves an instance, after a look whether new ones have come;
    /// nil when there is none.
    public func moduleServing(_ instance: ProviderInstance) async throws -> ModuleDescriptor? {
        try await providers.look()
        return providers.catalog.module(instance.moduleKey, version: instance.moduleVersion)?
            .descriptor
    }
}
