import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension ProviderGateway {
    /// Instances and rules, from memory while changes are heard of.
    func tables() async throws -> ProviderTables {
        if let known = directory.known { return known }
        let generation = directory.generation
        let tables = try await database.providers.tables()
        directory.remember(tables, generation: generation)
        return tables
    }

    /// The live object of an instance, made anew when its settings changed.
    func live(_ id: ID<ProviderInstance>) async throws -> ProviderGuard {
        let instance = try await instance(id)
        if let live = directory.live(id, version: instance.configurationVersion) { return live }
        guard let configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        let guarded = try make(configuration)
        return directory.keep(guarded, id, version: configuration.instance.configurationVersion)
    }

    /// What serves an instance; a file that has come since the start is looked for.
    func module(of instance: ProviderInstance) -> ModuleExport? {
        let (key, version) = (instance.moduleKey, instance.moduleVersion)
        if let module = catalog.module(key, version: version),
            version == nil || module.descriptor.version == version
        {
            return module
        }
        catalog.rescan()
        return catalog.module(key, version: version)
    }

    /// A live object that nobody else uses yet.
    func make(_ configuration: ProviderConfiguration) throws -> ProviderGuard {
        let instance = configuration.instance
        guard let module = module(of: instance) else {
            throw ProviderRefusal.moduleMissing(key: instance.moduleKey)
        }
        let settings = InstanceSettings(
            instanceID: instance.id.description, mode: instance.mode.inModule,
            version: instance.configurationVersion, values: instance.settings,
            secrets: try key.open(configuration.secrets, of: instance.id),
            previousSecrets: try key.open(configuration.previousSecrets, of: instance.id))
        let logger = logger
        let services = ProviderServices(
            http: client.transport(for: module.descriptor, settings),
            log: { event, fields in
                var metadata = fields.mapValues { Logger.MetadataValue.string($0) }
                metadata["instance"] = "\(instance.id)"
                logger.info("\(event)", metadata: metadata)
            })
        let provider = try module.make(settings, services)
        return ProviderGuard(
            provider, module.descriptor, instanceID: instance.id.description, logger: logger,
            tally: tally)
    }
}
