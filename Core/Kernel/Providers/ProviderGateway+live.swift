import Postgres
import ProviderHost
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

    /// Whether the settings of `version` have been heard of.
    func knows(_ id: ID<ProviderInstance>, version: Int) async throws -> Bool {
        try await tables().instances.contains {
            $0.id == id && $0.configurationVersion >= version
        }
    }

    /// The live object of an instance, made anew when its settings changed or another process runs
    /// its module now.
    func live(_ id: ID<ProviderInstance>) async throws -> ProviderGuard {
        let instance = try await instance(id)
        let made = ProviderDirectory.Made(
            version: instance.configurationVersion, session: runtime.session)
        if let live = directory.live(id, made) { return live }
        guard var configuration = try await database.providers.configuration(of: id) else {
            throw ProviderRefusal.instanceMissing
        }
        try await keepHosts(of: &configuration)
        let guarded = try await runtime.open(configuration)
        return directory.keep(
            guarded, id,
            ProviderDirectory.Made(
                version: configuration.instance.configurationVersion, session: runtime.session))
    }
}
