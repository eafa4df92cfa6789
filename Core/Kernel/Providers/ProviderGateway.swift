public import Logging
public import Postgres
public import ProviderHost
public import ProviderKit
public import Vocabulary

/// The one way from the kernel to provider modules: finds the instance, keeps its live object
/// for as long as its settings stay, and learns of changes that other processes make.
public final class ProviderGateway: Sendable {
    /// The modules that there are; behind a host, as it listed them when it was asked last.
    public let catalog: ModuleCatalog
    let database: Database
    let runtime: any ProviderRuntime
    let logger: Logger
    let directory = ProviderDirectory()
    let tally = CallTally()

    /// Modules in this process. The client stays the caller's to shut down.
    public init(
        database: Database, catalog: ModuleCatalog, client: HostClient, key: ProviderKey,
        logger: Logger
    ) {
        self.database = database
        self.catalog = catalog
        self.logger = logger
        runtime = LocalRuntime(
            catalog: catalog, client: client, key: key, logger: logger, tally: tally)
    }

    /// Modules in a provider host. The connection stays the caller's to close.
    public init(database: Database, host: HostConnection, logger: Logger) {
        self.database = database
        self.logger = logger
        catalog = ModuleCatalog(folder: nil)
        runtime = HostRuntime(connection: host, logger: logger, tally: tally)
    }

    /// Looks again which modules there are.
    func look() async throws { try await runtime.look(catalog) }

    /// What serves an instance of that version; nil when there is none even after another look.
    /// - Throws: ``ProviderRefusal/hostUnreachable``.
    func module(_ key: String, version: String?) async throws -> ModuleExport? {
        if let module = catalog.module(key, version: version),
            version == nil || module.descriptor.version == version
        {
            return module
        }
        try await look()
        if let module = catalog.module(key, version: version) { return module }
        // Whether there is one, only the host can say.
        if catalog.refused.contains(where: { $0.file == HostRuntime.itself }) {
            throw ProviderRefusal.hostUnreachable
        }
        return nil
    }

    /// Hears of changes to instances and rules, and keeps how calls went, until cancelled. Until
    /// it runs, every question reads the tables anew.
    public func run() async {
        await warnOfOpenPrograms()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.hear() }
            group.addTask { await self.keepHealth() }
        }
    }

    /// Whether modules' programs could open sockets of their own, past the list of hosts: where
    /// they run, no network namespaces are permitted.
    func hasOpenPrograms() async -> Bool {
        guard catalog.hasPrograms else { return false }
        return await catalog.areProgramsApart() == false
    }

    private func warnOfOpenPrograms() async {
        guard runtime is LocalRuntime, await hasOpenPrograms() else { return }
        logger.warning(
            "programs.not-apart",
            metadata: [
                "about": """
                modules' programs could open sockets of their own: this machine permits no \
                network namespaces
                """
            ])
    }

    private func hear() async {
        for await _ in database.listen(to: "providers") {
            if Task.isCancelled { break }
            directory.hear()
        }
        directory.stopHearing()
    }

    /// - Throws: `ProviderRefusal.instanceMissing`.
    public func instance(_ id: ID<ProviderInstance>) async throws -> ProviderInstance {
        try await tables().instance(id)
    }

    /// The payment provider of an instance in whatever state, since what it made it must serve.
    /// - Throws: `ProviderRefusal` when there is none or its module is not loaded,
    ///   `ProviderError.misconfigured` when the module does not take its settings.
    public func payment(_ id: ID<ProviderInstance>) async throws -> GuardedPayment {
        guard let payment = try await live(id).payment else { throw ProviderRefusal.wrongKind }
        return payment
    }

    /// As `payment`, for shipping.
    public func shipping(_ id: ID<ProviderInstance>) async throws -> GuardedShipping {
        guard let shipping = try await live(id).shipping else { throw ProviderRefusal.wrongKind }
        return shipping
    }

    /// Whether calls to it are held back just now, because it does not answer.
    func isHeldBack(_ id: ID<ProviderInstance>) -> Bool { directory.isDown(id) }

    /// As `payment`, for tax.
    public func tax(_ id: ID<ProviderInstance>) async throws -> GuardedTax {
        guard let tax = try await live(id).tax else { throw ProviderRefusal.wrongKind }
        return tax
    }

    /// The active instances that the rules give a checkout, best first, of which the first that
    /// answers serves it; those that are not answering at present come last. Empty when nobody can
    /// serve it.
    public func candidates(
        _ kind: ProviderKind, for facts: RoutingFacts
    ) async throws -> [ProviderInstance] {
        let routed = try await routed(kind, for: facts)
        return answeringFirst(routed.taking + routed.reserve)
    }

    /// The same for what a customer chooses from, where a share is one only when the others are not
    /// shown beside it.
    func routed(
        _ kind: ProviderKind, for facts: RoutingFacts
    ) async throws -> RoutedInstances {
        let tables = try await tables()
        let active = tables.instances.filter { $0.kind == kind && $0.takesNewBusiness }
        let rules = tables.rules.filter { $0.kind == kind }
        let chosen = ProviderRule.choose(among: active, by: rules, for: facts)
        return RoutedInstances(
            taking: answeringFirst(chosen.taking), reserve: answeringFirst(chosen.reserve))
    }

    private func answeringFirst(_ instances: [ProviderInstance]) -> [ProviderInstance] {
        instances.filter { !directory.isDown($0.id) } + instances.filter { directory.isDown($0.id) }
    }

    /// Where a provider may deliver webhooks for an instance.
    public static func webhookURL(
        _ id: ID<ProviderInstance>, storefront: String
    ) -> String { "\(storefront)/webhooks/\(id)" }
}
