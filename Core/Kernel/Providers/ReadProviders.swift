import ProviderHost
import ProviderKit
import Vocabulary

/// One step in an instance's life.
public struct ProviderInstanceEvent: Sendable {
    public let id: Int64
    public let from: ProviderInstance.State?
    public let to: ProviderInstance.State
    public let reason: String?
    public let actor: ID<Account>?
    public let actorName: String?
    public let at: Instant
}

extension Marketplace {
    /// The modules that there are, after a look whether new ones have come.
    public func providerModules() async throws -> [ModuleDescriptor] {
        try await providers.look()
        return providers.catalog.modules.map(\.descriptor)
    }

    /// Files of the modules folder that were not taken, and why.
    public func refusedModules() -> [ModuleCatalog.Refused] { providers.catalog.refused }

    /// Whether modules that are programs could open sockets of their own, past the list of hosts:
    /// the machine where they run permits no network namespaces. False where nobody knows.
    public func hasOpenPrograms() async -> Bool { await providers.hasOpenPrograms() }

    /// Whether modules are libraries, which run inside the market's own process: no list of hosts
    /// holds for what they do by themselves.
    public var hasLibraries: Bool { providers.catalog.hasLibraries }

    /// Every instance there ever was, oldest first. A short list by nature.
    public func providerInstances(
        _ kind: ProviderKind? = nil
    ) async throws -> [ProviderInstance] {
        try await database.providers.tables().instances.filter { kind == nil || $0.kind == kind }
    }

    /// - Throws: ``ProviderRefusal/instanceMissing``.
    public func providerInstance(_ id: ID<ProviderInstance>) async throws -> ProviderInstance {
        guard let instance = try await database.providers.find(id) else {
            throw ProviderRefusal.instanceMissing
        }
        return instance
    }

    /// Which secrets are stored, by the keys of their fields; never what they are.
    public func storedSecrets(of id: ID<ProviderInstance>) async throws -> Set<String> {
        guard let configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        guard let sealed = configuration.secrets else { return [] }
        return try await providers.runtime.secretKeys(sealed, of: id)
    }

    /// Which secrets there were before the last change, with which webhooks are still accepted.
    public func previousSecrets(of id: ID<ProviderInstance>) async throws -> Set<String> {
        guard let configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        guard let sealed = configuration.previousSecrets else { return [] }
        return try await providers.runtime.secretKeys(sealed, of: id)
    }

    /// Its life so far, newest first.
    public func providerInstanceEvents(
        _ id: ID<ProviderInstance>, _ page: PageRequest
    ) async throws -> Page<ProviderInstanceEvent> {
        try await database.providers.events(of: id, page)
    }

    /// What it made that is not settled, by kind; empty when it may be retired.
    public func openItemCounts(of id: ID<ProviderInstance>) async throws -> [OpenItems] {
        try await database.openItems.count(id)
    }

    /// The same one by one, oldest first.
    public func openItems(
        of id: ID<ProviderInstance>, _ kind: OpenItems.Kind, _ page: PageRequest
    ) async throws -> Page<OpenItem> {
        try await database.openItems.list(id, kind, page)
    }
}
